"""Put the check-ins that are coming up on the clock: those after a dose as soon as it is over, those on days of a course one day ahead.

Running it twice, late or after an outage plans nothing twice: the database holds one check-in for each rule of each dose and each anchor of a course.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, released
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.response import events
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.response.rules import clock
from afterglow.pathway.response.rules.clock import Course, Slot
from afterglow.pathway.screening.queries.known import indication_planned_by
from afterglow.pathway.session.queries.courses import DoseOver, doses_over
from afterglow.records.chart import access as chart

LOOK_BACK: Final = timedelta(days=7)  # longer than any check-in after a dose stays open: an outage of days loses none unseen
LOOK_AHEAD: Final = timedelta(days=1)
LONGEST_RUN: Final = timedelta(days=120)  # J: a course without a dose for so long is over, whatever its plan says
LONGEST_COURSE: Final = timedelta(days=500)  # from the first dose of a course to the last check-in after it, with room to spare


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One person's course: the versions of its plan as one, and its doses, the first one first."""

    start_id: UUID
    in_force: bool
    doses: tuple[DoseOver, ...]


def plan_check_ins(*, by: Actor, at: datetime) -> int:
    """How many were planned now in the actor's clinic, after doses and on days of courses."""
    return plan_after_doses(by=by, at=at) + plan_on_days(by=by, at=at)


def plan_after_doses(*, by: Actor, at: datetime) -> int:
    """The check-ins after each dose of the last days that is over.  Light enough for every tick: a dose that has them is not looked at again."""
    over = doses_over(by.clinic_id, at - LOOK_BACK, at)
    held = set(CheckIn.objects.filter(session_id__in=[dose.session_id for dose in over]).values_list("session_id", flat=True))
    fresh = [dose for dose in over if dose.session_id not in held]
    return sum(_after_dose(dose, by, at) for dose in fresh)


def plan_on_days(*, by: Actor, at: datetime) -> int:
    """Weekly ones while a course runs, and those after it, that open within a day."""
    return sum(_on_days(walk, by, at) for walk in _walks(by.clinic_id, at))


def _after_dose(dose: DoseOver, by: Actor, at: datetime) -> int:
    plan = plans.plan(dose.plan_id)
    file = _follow_up(plan)
    if file is None:
        return 0
    slots = clock.after_dose(file.content, dose_no=dose.dose_no, ended_at=dose.ended_at, indication=_indication(plan))
    return _store(slots, file, dose=dose, start_id=_start(dose.plan_id), session_id=dose.session_id, by=by, at=at)


def _on_days(walk: _Walk, by: Actor, at: datetime) -> int:
    plan = plans.plan(walk.doses[-1].plan_id)
    file = _follow_up(plan)
    ours = [dose for dose in walk.doses if dose.dose_no <= plan.infusions]
    if file is None or not ours:
        return 0
    over = not walk.in_force or clock.doses_of_course([dose.dose_no for dose in ours], plan.infusions) >= plan.infusions
    course = Course(
        first_dose_at=ours[0].started_at,
        over_at=ours[-1].started_at if over else None,
        zone=ours[-1].zone,
        indication=_indication(plan),
    )
    slots = clock.on_days(file.content, course, since=at - LOOK_BACK, until=at + LOOK_AHEAD)
    return _store(slots, file, dose=ours[-1], start_id=walk.start_id, session_id=None, by=by, at=at)


@transaction.atomic
def _store(slots: Iterable[Slot], file: LibraryRecord, *, dose: DoseOver, start_id: UUID, session_id: UUID | None, by: Actor, at: datetime) -> int:
    slots = list(slots)
    if not slots:
        return 0
    chart.lock_person(dose.person_id)
    known = set(CheckIn.objects.filter(plan_id=start_id).values_list("session_id", "anchor"))
    rows = [_row(slot, file, dose, start_id, session_id, at) for slot in slots if (session_id, slot.anchor) not in known]
    CheckIn.objects.bulk_create(rows)
    if rows:
        trail.record(
            events.check_ins_planned, by=by, at=at, person_id=dose.person_id, objects={"plan": start_id} | ({"session": session_id} if session_id else {}),
            new={row.anchor: row.opens_at for row in rows}, library=file.label,
        )  # fmt: skip
    return len(rows)


def _row(slot: Slot, file: LibraryRecord, dose: DoseOver, start_id: UUID, session_id: UUID | None, at: datetime) -> CheckIn:
    return CheckIn(
        id=ids.new_id(at),
        person_id=dose.person_id,
        plan_id=start_id,
        session_id=session_id,
        site_id=dose.site_id,
        follow_up_id=file.pk,
        rule_id=slot.rule_id,
        anchor=slot.anchor,
        title=slot.title,
        instrument=slot.instrument,
        dose_no=dose.dose_no,
        opens_at=slot.window.opens_at,
        due_at=slot.window.due_at,
        closes_at=slot.window.closes_at,
        call_if_silent=slot.call_if_silent,
        asked_by=slot.asked_by,
        planned_at=at,
    )


def _follow_up(plan: PlanRow) -> LibraryRecord | None:
    """The newest follow-up file for this plan's protocol; None where there is none."""
    found: list[Any] = [file for file in released("follow_up") if plan.protocol.id in file.content["protocols"]]
    return found[0] if found else None


def _indication(plan: PlanRow) -> str:
    treated = indication_planned_by(plan.protocol.id)
    return treated.id if treated else ""


def _start(plan_id: UUID) -> UUID:
    """The first version of this plan's course: ids grow with time, and a version is made after the one it replaces."""
    return min(plans.course_of(plan_id))


def _walks(clinic_id: UUID, at: datetime) -> list[_Walk]:
    """Courses of the clinic with a dose that is over and a check-in that may open about now; two queries for each of them, and one for all."""
    doses: dict[UUID, list[DoseOver]] = {}
    for dose in doses_over(clinic_id, at - LONGEST_COURSE, at):
        doses.setdefault(dose.plan_id, []).append(dose)
    walks, seen = [], set[UUID]()
    for plan_id in doses:
        if plan_id in seen:
            continue
        course = plans.course_of(plan_id)
        seen |= course
        ours = sorted((dose for version in course for dose in doses.get(version, [])), key=lambda dose: dose.started_at)
        running = at - ours[-1].started_at <= LONGEST_RUN and plans.version_in_force(plan_id) is not None
        walks.append(_Walk(start_id=min(course), in_force=running, doses=tuple(ours)))
    return walks
