"""The pump's deeds follow one another: none may be said to have happened before the one before it."""

from __future__ import annotations

from datetime import datetime

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.given import PUMP, Infusion, infusion
from afterglow.science.dosing.pump import TOLERANCE_PERCENT, plain_strength
from afterglow.science.vitals.marks import Mark

HIGHEST_RATE_UL_PER_H = 1_200_000
"""1200 mL/h, where syringe and volumetric pumps of the usual makes end: above it is a slip of the pen (J)."""


def last_pump_deed_at(session: Session) -> datetime | None:
    """When the pump was last touched; the check-in where it was not."""
    found = deeds.last(deeds.deeds(session.id), *PUMP)
    return found.taken_at if found else session.checked_in_at


def held_infusion(session: Session) -> Infusion:
    """The infusion of a started session.  Raises Refusal `session.not_started`."""
    found = infusion(session.id)
    if found is None:
        raise Refusal("session.not_started", "No dose was started in this session.", "Look at the room as it is now.")
    return found


def rate_marks(held: Infusion, rate_ul_per_h: int) -> list[dict[str, str]]:
    """A rate that gives the drug faster than the order is written down as it runs, and marked until somebody answers it."""
    if rate_ul_per_h * 100 <= held.ordered_rate_ul_per_h * (100 + TOLERANCE_PERCENT):
        return []
    sentence = f"The pump runs at {plain_strength(rate_ul_per_h)} mL/h; the order is {plain_strength(held.ordered_rate_ul_per_h)} mL/h."
    mark = Mark(
        code="rate_above_order",
        level="act",
        channel="",
        sentence=sentence,
        says="Set the pump back, or stop and call the prescriber.",
        urgency="high",
    )
    return [deeds.mark_text(mark)]


def possible_rate(rate_ul_per_h: int) -> int:
    """A rate that a pump can run at.  Raises Refusal `session.rate`."""
    if not 0 < rate_ul_per_h <= HIGHEST_RATE_UL_PER_H:
        raise Refusal("session.rate", "This is not a rate that a pump runs at.", "Read the rate from the pump, in mL/h.", field="rate")
    return rate_ul_per_h
