"""At what hour, and is the calendar still the protocol's?  Pure: proposals in free time, and every deviation of what was chosen.

Days come from `course`; here they get an hour and a room that nobody else holds.  What a person then writes by hand is held against the
same pattern: too close together is a hard stop, anything else outside it asks for a reason (S36).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.pathway.plan.rules.course import CoursePattern, VisitKind, integration_window, is_inside
from afterglow.science.dosing.interval import hours_text
from afterglow.science.verdict import Finding, Verdict

STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a site proposes visits: weekdays (0 is Monday) and times in its own zone.  What lies outside is typed in by hand.

    The values here are where a site begins (judgement); its owner sets its own.
    """

    weekdays: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Time that a room, a member of staff or a person is already booked."""

    starts_at: datetime
    ends_at: datetime
    room_id: UUID | None
    staff_user_id: UUID | None
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A visit looking for its time.  `rooms` empty: it needs none.  `opens_at`, `closes_at`: it starts between them (None: no bound)."""

    kind: VisitKind
    number: int
    minutes: int
    person_id: UUID
    rooms: tuple[UUID, ...]
    staff_user_id: UUID | None
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A visit with its time, aware; `number`: which infusion it is or belongs to."""

    kind: VisitKind
    number: int
    starts_at: datetime
    ends_at: datetime
    room_id: UUID | None
    staff_user_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedInfusion:
    """When an infusion runs inside its block: `ends_at` is the planned end of the drug, not of the block."""

    number: int
    starts_at: datetime
    ends_at: datetime


def first_free(wanted: Wanted, days: Sequence[date], busy: Sequence[Busy], zone: str, hours: Hours = Hours()) -> Placed | None:
    """The earliest free time on the first of these days that has one; None when none has."""
    place = ZoneInfo(zone)
    for day in days:
        starts_at = datetime.combine(day, hours.opens, place)
        closing = datetime.combine(day, hours.closes, place)
        that_day = [row for row in busy if row.starts_at < closing and row.ends_at > starts_at]
        while starts_at + timedelta(minutes=wanted.minutes) <= closing:
            if placed := _at(wanted, starts_at, that_day):
                return placed
            starts_at += STEP
    return None


def _at(wanted: Wanted, starts_at: datetime, busy: Sequence[Busy]) -> Placed | None:
    if (wanted.opens_at and starts_at < wanted.opens_at) or (wanted.closes_at and starts_at > wanted.closes_at):
        return None
    ends_at = starts_at + timedelta(minutes=wanted.minutes)
    then = [row for row in busy if row.starts_at < ends_at and row.ends_at > starts_at]
    if any(row.person_id == wanted.person_id or (row.staff_user_id and row.staff_user_id == wanted.staff_user_id) for row in then):
        return None
    taken = {row.room_id for row in then}
    free = [room for room in wanted.rooms if room not in taken]
    if wanted.rooms and not free:
        return None
    return Placed(
        kind=wanted.kind,
        number=wanted.number,
        starts_at=starts_at,
        ends_at=ends_at,
        room_id=free[0] if free else None,
        staff_user_id=wanted.staff_user_id,
    )


def may_place(visits: Sequence[Placed], pattern: CoursePattern, *, hard_under: timedelta, before_min: int, infusion_min: int, zone: str) -> Verdict:
    """Every deviation of a calendar from the pattern; `visits` are all of the course, those placed earlier included."""
    infusions = [
        PlacedInfusion(
            number=visit.number,
            starts_at=visit.starts_at + timedelta(minutes=before_min),
            ends_at=visit.starts_at + timedelta(minutes=before_min + infusion_min),
        )
        for visit in sorted(visits, key=lambda visit: visit.number)
        if visit.kind == "infusion"
    ]
    place = ZoneInfo(zone)
    return Verdict.of(
        _each_once(visits),
        *(_apart(earlier, later, pattern, hard_under, place) for earlier, later in pairwise(infusions)),
        *_length(infusions, pattern, place),
        *(_prepared(visit, infusions, pattern, place) for visit in visits if visit.kind == "preparation"),
        *(_integrated(visit, infusions, pattern) for visit in visits if visit.kind == "integration"),
    )


def explained(verdict: Verdict, reason: str) -> Verdict:
    """With a reason, what merely deviates is met and says why; a hard stop stays."""
    if not reason.strip():
        return verdict
    return Verdict(
        tuple(
            finding
            if finding.is_met or finding.lifted_by == "nobody"
            else replace(finding, state="met", sentence=f"{finding.sentence} Because: {reason.strip()}")
            for finding in verdict
        )
    )


def _each_once(visits: Sequence[Placed]) -> Finding:
    named = [(visit.kind, visit.number) for visit in visits]
    twice = sorted({f"{kind} {number}" for kind, number in named if named.count((kind, number)) > 1})
    if twice:
        return Finding.unmet("visits.once", f"Placed twice: {', '.join(twice)}. Leave one out.", lifted_by="nobody")
    return Finding.met("visits.once")


def _apart(earlier: PlacedInfusion, later: PlacedInfusion, pattern: CoursePattern, hard_under: timedelta, place: ZoneInfo) -> Finding:
    item = f"visits.infusion.{later.number}"
    gap = later.starts_at - earlier.ends_at
    said = f"Infusion {later.number} starts {hours_text(gap)} after infusion {earlier.number}" if gap > timedelta(0) else ""
    if gap < hard_under:
        sentence = said or f"Infusion {later.number} lies before infusion {earlier.number}"
        return Finding.unmet(item, f"{sentence}; at least {hours_text(hard_under)} are needed.", mark="J", lifted_by="nobody")
    days = (later.starts_at.astimezone(place).date() - earlier.starts_at.astimezone(place).date()).days
    low, high = pattern.apart_days
    if later.number == earlier.number + 1 and not low <= days <= high:
        return Finding.unmet(item, f"Infusion {later.number} is {days} days after infusion {earlier.number}; the plan says {low} to {high}. Say why.")
    return Finding.met(item, f"{days} days after the one before.")


def _length(infusions: Sequence[PlacedInfusion], pattern: CoursePattern, place: ZoneInfo) -> tuple[Finding, ...]:
    """Asked only of a whole course: a part of one has no length yet."""
    if len(infusions) < pattern.infusions:
        return ()
    days = (infusions[-1].starts_at.astimezone(place).date() - infusions[0].starts_at.astimezone(place).date()).days + 1
    low, high = pattern.within_days
    if not low <= days <= high:
        return (Finding.unmet("visits.length", f"The course takes {days} days; the plan says {low} to {high}. Say why."),)
    return (Finding.met("visits.length", f"The course takes {days} days."),)


def _prepared(visit: Placed, infusions: Sequence[PlacedInfusion], pattern: CoursePattern, place: ZoneInfo) -> Finding:
    item = "visits.preparation"
    if not infusions:
        return Finding.unknown(item, "No infusion is placed yet, so nothing can be said about its preparation. Place them together.")
    low, high = pattern.preparation_days_before
    days = (infusions[0].starts_at.astimezone(place).date() - visit.starts_at.astimezone(place).date()).days
    if not low <= days <= high:
        return Finding.unmet(item, f"The preparation is {days} days before the first infusion; the plan says {low} to {high}. Say why.")
    return Finding.met(item, f"{days} days before the first infusion.")


def _integrated(visit: Placed, infusions: Sequence[PlacedInfusion], pattern: CoursePattern) -> Finding:
    item = f"visits.integration.{visit.number}"
    infusion = next((row for row in infusions if row.number == visit.number), None)
    if infusion is None:
        return Finding.unknown(item, f"Infusion {visit.number} is not placed yet, so the window of its visit is not known.")
    finding = is_inside(integration_window(infusion.ends_at, pattern), visit.starts_at)
    return replace(finding, item=item, sentence=finding.sentence if finding.is_met else f"Infusion {visit.number}: {finding.sentence} Say why.")
