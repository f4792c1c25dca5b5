"""Chart a set of vital signs by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions import vital_set
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, trace
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.own_values import own_values
from afterglow.science.vitals.marks import Mark, mark_reading
from afterglow.science.vitals.marks import Reading as Values

VITALS = "vitals"


@transaction.atomic
def chart_vitals(
    *,
    session_id: UUID,
    values: Mapping[str, Mapping[str, Any]],
    words: Mapping[str, str] | None = None,
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """`values`: {channel: {"value", "unit"}}; `words`: closed words (orientation, contact, IV site, oxygen, distress).

    Impossible numbers are refused; worrying ones are kept and marked against the session's limits, which the answer repeats.
    Raises Refusal `session.nothing_charted`, `session.unit`, `session.impossible`, `session.zero`, `session.ended`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    words = {name: word for name, word in (words or {}).items() if word}
    if done := earlier(by, key, ["vitals", session_id, values, words, taken_at], at=at):
        return done
    still_open(session)
    if not values and not words:
        raise Refusal("session.nothing_charted", "No value was entered, so nothing was charted.", "Enter what was read.", field="sbp")
    true = happened(session, taken_at, at)
    payload = vital_payload(session, values, words, true)
    says = " ".join(f"{mark['sentence']} {mark['says']}".strip() for mark in payload["marks"] if mark["level"] != "none")
    return put(session, VITALS, payload, event=events.vitals_charted, key=key, taken_at=true, at=at, by=by, says=says)


def vital_payload(
    session: Session, values: Mapping[str, Mapping[str, Any]], words: Mapping[str, str], true: datetime, *, but_not: int | None = None
) -> dict[str, Any]:
    """What is stored: the channels, the words, and the marks that the session's limits give them."""
    channels = vital_set.channels(values)
    reading = Values(taken_at=true, values=vital_set.as_numbers(channels))
    found = _marks(session, reading, but_not=but_not)
    chosen = vital_set.choices(dict(words))
    if chosen.get("iv_site") == "not_sound":
        found = (
            *found,
            Mark(
                code="iv_site",
                level="act",
                channel="",
                sentence="The IV site is not sound.",
                says="Pause the pump and look at the line.",
                urgency="medium",
            ),
        )
    return {"channels": channels, "words": chosen, "marks": [deeds.mark_text(mark) for mark in found]}


def _marks(session: Session, reading: Values, *, but_not: int | None) -> tuple[Mark, ...]:
    if not reading.values:
        return ()
    limits = limits_of(session)
    own = own_values({session.id: session.started_at})[session.id] if session.started_at else {}
    return mark_reading(reading, limits, previous=_previous_cuff(session, reading.taken_at, but_not), baseline=own)


def _previous_cuff(session: Session, before: datetime, but_not: int | None) -> Values | None:
    """The person's latest earlier reading with a cuff pressure, by hand or by device."""
    found = [deeds.values(deed.payload, deed.taken_at) for deed in deeds.standing(deeds.deeds(session.id), VITALS) if deed.seq != but_not]
    found += [message.values for message in trace.trace(session.id).cuffs]
    cuffs = [each for each in found if each.taken_at < before and "sbp" in each.values]
    return max(cuffs, key=lambda each: each.taken_at, default=None)
