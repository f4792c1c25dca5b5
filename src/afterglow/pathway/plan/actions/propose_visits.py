"""Propose every visit of a course in free time: preparation, infusions, integration visits, reviews.  Books nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.pathway.plan.actions.standing import local_day
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.course import (
    EVEN_WITHIN_DAYS,
    LOOK_AHEAD_DAYS,
    CoursePattern,
    ProposedVisit,
    VisitKind,
    course_dates,
    integration_window,
    pattern_from,
)
from afterglow.pathway.plan.rules.slots import Busy, Hours, Placed, Wanted, first_free
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.science.verdict import Finding, Verdict

DAY = timedelta(days=1)
APPOINTMENT_KIND = {"preparation": "preparation", "infusion": "dosing", "integration": "integration", "review": "review"}
VISIT_KIND: dict[str, VisitKind] = {"preparation": "preparation", "dosing": "infusion", "integration": "integration", "review": "review"}
KEPT = ("booked", "arrived", "done")  # an appointment in one of these states is the visit; a cancelled or missed one leaves it to be placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`visits` in order of time; `verdict` says what found no day or hour.  `first_on`: the wished day."""

    first_on: date
    visits: tuple[Placed, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What the search for hours shares: the site, what its calendar holds, and who and where a visit is."""

    plan: PlanRow
    site: SiteRow
    hours: Hours
    busy: list[Busy]
    dosing_rooms: tuple[UUID, ...]
    talk_rooms: tuple[UUID, ...]
    therapist: UUID | None
    reviewer: UUID | None
    at: datetime


def minutes_of(content: dict[str, Any], kind: VisitKind) -> int:
    """How long a visit of this kind is booked for; an infusion with the time before it and for recovery."""
    if kind == "infusion":
        block = content["block_min"]
        return int(block["before"] + block["infusion"] + block["recovery"])
    return int(content["visits"][kind]["minutes"])


def placed_visits(plan_id: UUID) -> list[Placed]:
    """The visits of the course that stand in the calendar; those of a booster are not of the course."""
    plan = queries.plan(plan_id)
    boosters = range(plan.infusions + 1, plan.infusions + plan.boosters + 1)
    return [
        Placed(
            kind=VISIT_KIND[row.kind],
            number=row.dose_no or 1,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            room_id=row.room_id,
            staff_user_id=row.staff_user_id,
        )
        for row in queries.visits(plan_id)
        if row.state in KEPT and row.kind in VISIT_KIND and row.dose_no not in boosters
    ]


def missing_visits(plan: PlanRow) -> list[tuple[VisitKind, int]]:
    """The visits of the course that are not in the calendar, in the order of the walk."""
    held = {(visit.kind, visit.number) for visit in placed_visits(plan.id)}
    pattern = pattern_from(plan.effective, plan.carried)
    wanted: list[tuple[VisitKind, int]] = [("preparation", 1)]
    for number in range(1, pattern.infusions + 1):
        wanted.append(("infusion", number))
        if number % pattern.integration_every == 0:
            wanted.append(("integration", number))
        if number in pattern.reviews_after:
            wanted.append(("review", number))
    return [visit for visit in wanted if visit not in held]


def propose_visits(*, plan_id: UUID, first_on: date, by: Actor, at: datetime) -> Proposal:
    """A whole course from about `first_on`, each visit at a free hour of the site's calendar as it stands."""
    plan = queries.plan(plan_id)
    site = accounts.site(plan.site_id, clinic_id=by.clinic_id)
    today, pattern = local_day(at, site), pattern_from(plan.effective, plan.carried)
    search = _search(plan, site, max(first_on, today), pattern, by=by, at=at)
    full = {
        day
        for day in _days(max(first_on, today), _last_day(max(first_on, today), pattern), search.hours)
        if _hour_for(search, "infusion", 1, [day]) is None
    }
    course = course_dates(first_on, pattern, today=today, blocked=full, open_weekdays=search.hours.weekdays)
    findings, placed = list(course.verdict), list[Placed]()
    infusion_days = {visit.on for visit in course.visits if visit.kind == "infusion"}
    for visit in sorted(course.visits, key=lambda visit: (visit.kind != "infusion", visit.on)):
        found = _place(search, visit, placed, infusion_days, pattern)
        if found is None:
            sentence = f"No free hour for the {visit.kind} visit of infusion {visit.number}. Place it by hand."
            findings.append(Finding.unmet(f"course.{visit.kind}.{visit.number}", sentence))
            continue
        placed.append(found)
        search.busy.append(
            Busy(starts_at=found.starts_at, ends_at=found.ends_at, room_id=found.room_id, staff_user_id=found.staff_user_id, person_id=plan.person_id)
        )
    return Proposal(first_on=first_on, visits=tuple(sorted(placed, key=lambda visit: visit.starts_at)), verdict=Verdict(tuple(findings)))


def _place(search: _Search, visit: ProposedVisit, placed: list[Placed], infusion_days: Collection[date], pattern: CoursePattern) -> Placed | None:
    """On the proposed day, else on another of its window; an integration visit counts its hours from the planned end of the infusion."""
    window = [visit.earliest + ahead * DAY for ahead in range((visit.latest - visit.earliest).days + 1)]
    others = [
        day for day in window if day != visit.on and day.weekday() in search.hours.weekdays and (visit.kind == "review" or day not in infusion_days)
    ]
    opens_at = closes_at = None
    if visit.kind == "integration":
        infusion = next(row for row in placed if row.kind == "infusion" and row.number == visit.number)
        block = search.plan.effective["block_min"]
        bounds = integration_window(infusion.starts_at + timedelta(minutes=block["before"] + block["infusion"]), pattern)
        opens_at, closes_at = bounds.opens_at, bounds.closes_at
    return _hour_for(search, visit.kind, visit.number, [visit.on, *others], opens_at=opens_at, closes_at=closes_at)


def _hour_for(
    search: _Search, kind: VisitKind, number: int, days: list[date], *, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> Placed | None:
    wanted = Wanted(
        kind=kind,
        number=number,
        minutes=minutes_of(search.plan.effective, kind),
        person_id=search.plan.person_id,
        rooms=search.dosing_rooms if kind == "infusion" else search.talk_rooms,
        staff_user_id=None if kind == "infusion" else search.reviewer if kind == "review" else search.therapist,
        opens_at=max(opens_at, search.at) if opens_at else search.at,
        closes_at=closes_at,
    )
    if kind == "infusion" and not wanted.rooms:
        return None
    return first_free(wanted, days, search.busy, search.site.zone, search.hours)


def _search(plan: PlanRow, site: SiteRow, first_on: date, pattern: CoursePattern, *, by: Actor, at: datetime) -> _Search:
    here = {row.user_id for row in accounts.staff_of(by.clinic_id)}
    team = [row for row in chart.care_team(plan.person_id) if row.user_id in here]
    signer = TreatmentPlan.objects.filter(id=plan.id).values_list("signed_by_id", flat=True).first()
    hours = Hours(weekdays=site.open_weekdays, opens=site.opens, closes=site.closes)
    starts_on = max(local_day(at, site), first_on - pattern.preparation_days_before[1] * DAY)
    rows = [row for day in _days(starts_on, _last_day(first_on, pattern), hours) for row in schedule.day(site.id, day, site.zone)]
    rows += schedule.of_person(plan.person_id)
    return _Search(
        plan=plan,
        site=site,
        hours=hours,
        busy=[
            Busy(starts_at=row.starts_at, ends_at=row.ends_at, room_id=row.room_id, staff_user_id=row.staff_user_id, person_id=row.person_id)
            for row in {row.id: row for row in rows}.values()
            if row.state in schedule.HOLDS
        ],
        dosing_rooms=tuple(room.id for room in schedule.rooms_of(site.id, "dosing")),
        talk_rooms=tuple(room.id for room in schedule.rooms_of(site.id, "talk")),
        therapist=next((row.user_id for row in team if row.duty == "therapist"), None),
        reviewer=signer if signer in here else None,
        at=at,
    )


def _last_day(first_on: date, pattern: CoursePattern) -> date:
    """The last day on which any visit of a proposal can lie."""
    return first_on + (max(LOOK_AHEAD_DAYS, EVEN_WITHIN_DAYS) + pattern.preparation_days_before[0] + pattern.within_days[1] + 7) * DAY


def _days(first: date, last: date, hours: Hours) -> list[date]:
    return [first + ahead * DAY for ahead in range((last - first).days + 1) if (first + ahead * DAY).weekday() in hours.weekdays]
