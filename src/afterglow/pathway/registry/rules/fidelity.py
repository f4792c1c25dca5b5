"""Did a course keep to the protocol version it began under?  Pure; each part is kept, departed from, not known, or not due yet.

What nobody wrote down is not known and never counts as kept.  One departure makes the part a departure, whatever else is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from afterglow.science.dosing.limits import DoseLimits, limits_from
from afterglow.science.outcomes.course import BASELINE_WITHIN

State = Literal["not due", "departed", "not known", "kept"]

PARTS: Final = ("dose", "interval", "integration", "measures", "reviews")
REVIEW_MEASURED_WITHIN: Final = timedelta(days=14)
"""A questionnaire for the review of an infusion is on time before the next one; without a next one, so long after it.  J"""
RACEMIC: Final = "ketamine_racemic"
"""The bounds of a protocol file are written for the racemate; of another drug nothing is said here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One infusion.  `drug`, `ug_per_kg`, `ug`, `minutes`: of the order it was begun on, None: no order on record.  `explained`: the order
    carries a reason and a second signature.  `day`: on the clinic's calendar.  `planned_apart`: days apart that the signed plan asks for."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    day: date
    drug: str | None
    ug_per_kg: int | None
    ug: int | None
    minutes: int | None
    explained: bool
    planned_apart: tuple[int, int]


class Visit(NamedTuple):
    """An integration visit: when, what became of it ("held", "missed", "not said"), and the dose it was booked for."""

    at: datetime
    state: str
    dose_no: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is on record of one course.  `measured`: instrument -> when each standing score was taken; `signed`: after which infusion a review was
    signed, and when; `bridged`: after which infusions the next was let go on without a review, with a reason."""

    doses: tuple[Given, ...]
    visits: tuple[Visit, ...]
    measured: Mapping[str, Sequence[datetime]]
    signed: Mapping[int, datetime]
    bridged: frozenset[int]


class Part(NamedTuple):
    """How one part stands, and why it was departed from or is not known: ids of `WHY`."""

    state: State
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protocol:
    """The numbers of one protocol version that a course is held against."""

    limits: DoseLimits
    apart_days: tuple[int, int]
    every: int
    opens: timedelta
    closes: timedelta
    reviews: tuple[int, ...]
    at_baseline: tuple[str, ...]
    at_review: tuple[str, ...]


def protocol_from(content: Mapping[str, Any]) -> Protocol:
    """Raises KeyError where the file leaves a number out."""
    low, high = content["course"]["apart_days"]
    talk = content["visits"]["integration"]
    return Protocol(
        limits_from(content),
        (low, high),
        talk["after_every"],
        timedelta(hours=talk["from_h"]),
        timedelta(hours=talk["to_h"]),
        tuple(sorted(row["after"] for row in content["reviews"])),
        tuple(row["instrument"] for row in content["measures"] if "baseline" in row["when"]),
        tuple(row["instrument"] for row in content["measures"] if "review" in row["when"]),
    )


def judged(protocol: Protocol, course: Course, at: datetime) -> tuple[Part, ...]:
    """Each of `PARTS`, in order, as it stands at `at`."""
    return (
        _part(_dose(protocol.limits, dose) for dose in course.doses),
        _part(_interval(protocol, before, dose) for before, dose in zip(course.doses, course.doses[1:], strict=False)),
        _part(_integration(protocol, dose, course.visits, at) for dose in course.doses if dose.number % protocol.every == 0),
        _part(_measures(protocol, course, at)),
        _part(_reviews(protocol, course)),
    )


def whole(parts: Iterable[Part]) -> State:
    """The course as one: kept only where every part that is due is known and kept."""
    return _part(("" if part.state == "kept" else part.state) for part in parts if part.state != "not due").state


def _part(found: Iterable[str | None]) -> Part:
    """Of single findings: "" is kept, None is not due, everything else says why not."""
    said = {one for one in found if one is not None}
    why = said - {""}
    if departed := tuple(sorted(one for one in why if not _unknown(one))):
        return Part("departed", (*departed, *sorted(why - set(departed))))
    if why:
        return Part("not known", tuple(sorted(why)))
    return Part("kept") if said else Part("not due")


def _unknown(said: str) -> bool:
    return said == "not known" or said.endswith(".unknown")


def _dose(limits: DoseLimits, dose: Given) -> str:
    if dose.drug != RACEMIC or dose.ug_per_kg is None or dose.ug is None or dose.minutes is None:
        return "dose.unknown"
    if dose.ug_per_kg > limits.hard_ug_per_kg or dose.ug > limits.hard_total_ug or dose.minutes < limits.hard_under_min:
        return "dose.hard_stop"
    low, high = limits.say_why_ug_per_kg
    if low <= dose.ug_per_kg <= high and dose.ug <= limits.say_why_total_ug:
        return ""
    return "dose.explained" if dose.explained else "dose.no_reason"


def _interval(protocol: Protocol, before: Given, dose: Given) -> str:
    if dose.number != before.number + 1:
        return "interval.unknown"
    days = (dose.day - before.day).days
    low, high = protocol.apart_days
    if low <= days <= high:
        return ""
    if dose.planned_apart[0] <= days <= dose.planned_apart[1]:
        return "interval.planned"
    return "interval.shorter" if days < low else "interval.longer"


def _integration(protocol: Protocol, dose: Given, visits: Sequence[Visit], at: datetime) -> str | None:
    """A visit inside the window counts for the dose whichever it was booked for; outside it, only the one booked for this dose."""
    if dose.ended_at is None:
        return "integration.unknown" if at > dose.began_at + protocol.closes else None
    opens, closes = dose.ended_at + protocol.opens, dose.ended_at + protocol.closes
    inside = {visit.state for visit in visits if opens <= visit.at <= closes}
    if "held" in inside:
        return ""
    if closes >= at:
        return None
    mine = inside | {visit.state for visit in visits if visit.dose_no == dose.number and visit.at >= dose.began_at}
    if "held" in mine:
        return "integration.outside"
    if "not said" in mine:
        return "integration.not_said.unknown"
    return "integration.missed" if "missed" in mine else "integration.none"


def _measures(protocol: Protocol, course: Course, at: datetime) -> Iterable[str | None]:
    first = course.doses[0].began_at
    for name in protocol.at_baseline:
        yield _taken(course.measured.get(name, ()), first - BASELINE_WITHIN, first, "measures.baseline")
    begun = {dose.number: dose.began_at for dose in course.doses}
    for after in protocol.reviews:
        following = _following(course, after)
        if after not in begun:
            yield "measures.unknown" if following else None
            continue
        until = following or begun[after] + REVIEW_MEASURED_WITHIN
        for name in protocol.at_review:
            found = _taken(course.measured.get(name, ()), begun[after], until, "measures.review")
            yield found if not found or until < at else None


def _taken(times: Sequence[datetime], since: datetime, until: datetime, otherwise: str) -> str:
    return "" if any(since <= taken <= until for taken in times) else otherwise


def _reviews(protocol: Protocol, course: Course) -> Iterable[str | None]:
    for after in protocol.reviews:
        following = _following(course, after)
        if following is None:
            continue
        signed = course.signed.get(after)
        if signed is not None and signed <= following:
            yield ""
        elif after in course.bridged:
            yield "reviews.bridging"
        else:
            yield "reviews.none" if signed is None else "reviews.late"


def _following(course: Course, after: int) -> datetime | None:
    """When the first infusion past this number was begun."""
    return next((dose.began_at for dose in course.doses if dose.number > after), None)
