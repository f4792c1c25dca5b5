"""An order to be used as needed, or before the dose: which dose of a drug it covers, and what stands against the next one (S74).

Every amount, the most in one session and the least time between two doses are the prescriber's own; nothing here has a number of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from afterglow.science.quantities import Quantity
from afterglow.science.verdict import Finding, Verdict

Use = Literal["as_needed", "before"]
SOURCE = "the prescriber's signed order"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """One signed order.  `dose_ug`: the most at once; `most_ug`: in one session; `least_min`: between two doses, by whichever route."""

    id: UUID
    drug: str
    use: Use
    dose_ug: int
    route: str
    what_for: str
    most_ug: int
    least_min: int
    signed_at: datetime
    signed_by: str
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """One dose that is charted, or is about to be.  `ug` None: charted by volume, so its mass is not known."""

    ug: int | None
    route: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The order that covers a dose; None with the findings of the order that comes nearest."""

    order: AsNeeded | None
    verdict: Verdict


def covered(orders: Sequence[AsNeeded], dose: GivenDose, before: Sequence[GivenDose], *, started_at: datetime | None) -> Covered:
    """`orders`: all for this drug, ended ones too; `before`: every other dose of the same drug in this session, whoever ordered it."""
    if not orders:
        return Covered(order=None, verdict=Verdict.of(Finding.unmet("order", "No order for this drug is signed for this session.", source=SOURCE)))
    verdicts = [(order, covers(order, dose, before, started_at=started_at)) for order in orders]
    for order, verdict in verdicts:
        if verdict.met:
            return Covered(order=order, verdict=verdict)
    return Covered(order=None, verdict=min((verdict for _, verdict in verdicts), key=lambda verdict: len(verdict.open)))


def covers(order: AsNeeded, dose: GivenDose, before: Sequence[GivenDose], *, started_at: datetime | None) -> Verdict:
    """May this dose be given under this order?  Every item, met or not; what cannot be counted is unknown and does not pass."""
    return Verdict.of(_in_force(order, dose.at), _moment(order, dose.at, started_at), _route(order, dose), *_amounts(order, dose, before))


def left_ug(order: AsNeeded, before: Sequence[GivenDose]) -> int | None:
    """What may still be given in this session, in micrograms; None when a dose was charted by volume."""
    given = total_ug(before)
    return None if given is None else max(order.most_ug - given, 0)


def next_at(order: AsNeeded, before: Sequence[GivenDose]) -> datetime | None:
    """From when the time between two doses has passed; None when nothing was given."""
    last = max((dose.at for dose in before), default=None)
    return None if last is None else last + timedelta(minutes=order.least_min)


def total_ug(doses: Sequence[GivenDose]) -> int | None:
    """All of it together; None when one of them has no mass."""
    known = [dose.ug for dose in doses if dose.ug is not None]
    return sum(known) if len(known) == len(doses) else None


def _in_force(order: AsNeeded, at: datetime) -> Finding:
    if at < order.signed_at:
        return Finding.unmet("signed", f"The order by {order.signed_by} was signed only afterwards.", source=SOURCE)
    if order.ended_at is not None and at >= order.ended_at:
        return Finding.unmet("ended", f"The order by {order.signed_by} was ended before.", source=SOURCE)
    if at >= order.expires_at:
        return Finding.unmet("expired", f"The order by {order.signed_by} has expired.", source=SOURCE)
    return Finding.met("signed")


def _moment(order: AsNeeded, at: datetime, started_at: datetime | None) -> Finding:
    if order.use == "before" and started_at is not None and at > started_at:
        return Finding.unmet("moment", "The order is for before the dose, and the dose has begun.", source=SOURCE)
    return Finding.met("moment")


def _route(order: AsNeeded, dose: GivenDose) -> Finding:
    if dose.route != order.route:
        return Finding.unmet("route", f"The order is for another route: {route_words(order.route)}.", source=SOURCE)
    return Finding.met("route")


def _amounts(order: AsNeeded, dose: GivenDose, before: Sequence[GivenDose]) -> tuple[Finding, ...]:
    return _one_dose(order, dose), _together(order, dose, before), _apart(order, dose, before)


def _one_dose(order: AsNeeded, dose: GivenDose) -> Finding:
    if dose.ug is None:
        return Finding.unknown("amount", "An amount by volume cannot be held against an order in mg.", source=SOURCE)
    if dose.ug > order.dose_ug:
        return Finding.unmet("amount", f"The order says {mg_words(order.dose_ug)} at once.", source=SOURCE)
    return Finding.met("amount")


def _together(order: AsNeeded, dose: GivenDose, before: Sequence[GivenDose]) -> Finding:
    earlier = total_ug(before)
    if earlier is None:
        return Finding.unknown(
            "most", f"A dose was charted by volume, so what was given cannot be held against {mg_words(order.most_ug)}.", source=SOURCE
        )
    if dose.ug is not None and earlier + dose.ug > order.most_ug:
        sentence = f"{mg_words(earlier)} was given already, and the order says at most {mg_words(order.most_ug)} in this session."
        return Finding.unmet("most", sentence, source=SOURCE)
    return Finding.met("most")


def _apart(order: AsNeeded, dose: GivenDose, before: Sequence[GivenDose]) -> Finding:
    """A dose that is charted later but was given in between counts from both sides."""
    nearest = min((abs(dose.at - other.at) for other in before), default=None)
    if nearest is not None and nearest < timedelta(minutes=order.least_min):
        minutes = int(nearest.total_seconds() // 60)
        return Finding.unmet(
            "apart", f"Another dose was given {minutes} min apart, and the order says at least {order.least_min} min.", source=SOURCE
        )
    return Finding.met("apart")


def mg_words(ug: int) -> str:
    """Micrograms as they are read: 4 mg."""
    return str(Quantity(ug, "ug").to("mg"))


def route_words(route: str) -> str:
    """A route as it is read: IV, swallowed."""
    return {"iv": "IV", "im": "IM", "sc": "SC", "oral": "swallowed", "sl": "under the tongue"}.get(route, route)
