"""A course that was given and reviewed, as the earlier stations leave it: real plan, orders, visits and scores; the sessions themselves as rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.content.queries import library_file
from afterglow.pathway.aftercare.actions.decide_booster import Elsewhere, decide_booster
from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare
from afterglow.pathway.aftercare.models import AftercarePlan, Check, Task
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.series import note_review
from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.plan.models import BoosterAllowance, TreatmentPlan
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.session.models import Session
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.schedule.actions.book import book
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_plan, an_order, ready

DAYS = (0, 3, 7, 10, 14, 17)
"""On which days of the course the six doses lie."""
DOSE = timedelta(minutes=40)


@dataclass(frozen=True)
class Given:
    """A whole course of one person.  `ended_at`: the end of its last dose."""

    person_id: UUID
    plan_id: UUID
    started_at: datetime
    ended_at: datetime


def a_dose(cast: Cast, person_id: UUID, plan_id: UUID, dose_no: int, at: datetime, appointment_id: UUID | None = None) -> UUID:
    """Ordered, booked and given at `at`; the session's own story is left out."""
    record_weight(person_id=person_id, value="70", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    order_id = an_order(cast, at, plan_id, dose_no, key=f"order {plan_id} {dose_no}")
    room_id = cast.room_id if person_id == cast.dan_id else cast.room_2_id
    visit_id = appointment_id or book(
        person_id=person_id, site_id=cast.site_id, room_id=room_id, staff_user_id=None, kind="dosing", starts_at=at,
        ends_at=at + timedelta(minutes=160), purpose_kind="plan", purpose_id=str(plan_id), dose_no=dose_no, key=f"book {plan_id} {dose_no}",
        by=cast.faye, at=at,
    )  # fmt: skip
    use_order(order_id=order_id, by=cast.ben, at=at)
    row = Session.objects.create(
        id=ids.new_id(at), person_id=person_id, site_id=cast.site_id, room_id=room_id, plan_id=plan_id, order_id=order_id,
        appointment_id=visit_id, dose_no=dose_no, state="discharged", scheduled_at=at, started_at=at, started_by="Ben Okoye",
        dosing_ended_at=at + DOSE, ended_at=at + 3 * DOSE,
    )  # fmt: skip
    return row.id


def a_course(cast: Cast, at: datetime, person_id: UUID | None = None) -> Given:
    """Six doses from `at`, with a review signed in their middle."""
    who = ready(cast, at, person_id)
    plan_id = a_plan(cast, at, person_id=who, key=f"plan {who}")
    for number, day in enumerate(DAYS, 1):
        then = at + timedelta(days=day)
        if number == 4:
            allow_doses(plan_id=plan_id, up_to=6, reason="Sleeps and eats again.", reviewed=True, by=cast.ana, at=then)
        a_dose(cast, who, plan_id, number, then)
    return Given(who, plan_id, at, at + timedelta(days=DAYS[-1]) + DOSE)


def reviewed(cast: Cast, course: Given, at: datetime, decision: str = "aftercare", after: int = 6) -> UUID:
    """A signed review.  A row, not the action: what may be signed is the response station's own test."""
    row = ResponseReview.objects.create(
        id=ids.new_id(at), person_id=course.person_id, plan_id=course.plan_id, after_dose=after, decision=decision,
        reason="Well, and stays with the therapy group.", saw_text="{}", signed_at=at, signed_by_id=cast.ana.user_id, made_by="Ana Ruiz",
    )  # fmt: skip
    note_review(course.plan_id, decision)
    return row.id


def scored(cast: Cast, person_id: UUID, total: int, at: datetime) -> None:
    """PHQ-9 asked by Ben and answered with this total (at most 24; nothing of self-harm)."""
    items = {f"q{number}": max(0, min(3, total - 3 * (number - 1))) for number in range(1, 9)} | {"q9": 0, "q10": 0 if total == 0 else 1}
    paper = assign(person_id=person_id, instrument="phq9", occasion="course", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    answer(assignment_id=paper, answers=items, taken_at=at, key=f"phq9 {person_id} {at}", by=cast.ben, at=at)


def begun(cast: Cast, at: datetime, person_id: UUID | None = None, *, bladder: bool = True) -> tuple[Given, UUID, datetime]:
    """A course from `at`, reviewed the day after its end, aftercare begun then, the bladder looked at: course, aftercare and that moment."""
    course = a_course(cast, at, person_id)
    then = course.ended_at + timedelta(days=1)
    reviewed(cast, course, then)
    if bladder:
        looked_at(course.person_id, cast.site_id, then)
    return course, start_aftercare(person_id=course.person_id, by=cast.ana, at=then), then


def looked_at(person_id: UUID, site_id: UUID, when: datetime, *, over: bool | None = False) -> None:
    """The bladder, by an OABSS as it is kept, by whichever door it came."""
    paper = library_file("instruments", "oabss").pk
    asked = Assignment.objects.create(
        id=ids.new_id(when), person_id=person_id, instrument_id=paper, occasion=f"{when:%j %H}", channel="staff", site_id=site_id,
        assigned_at=when, assigned_by="test", state="answered",
    )  # fmt: skip
    Response.objects.create(
        id=ids.new_id(when), person_id=person_id, assignment=asked, instrument_id=paper, instrument_name="oabss", answers_text="{}",
        taken_at=when, recorded_at=when, recorded_by="test", asked_by="staff", total=4, complete=True, score_text=json.dumps({"oab": over}),
    )  # fmt: skip


def a_booster(cast: Cast, aftercare_id: UUID, at: datetime, by: Actor | None = None, **other: Any) -> int:
    """Decided by Ana for today, with nothing from elsewhere."""
    who = by or cast.ana
    told: dict[str, Any] = {
        "earliest_on": at.date(), "reason": "Relapse after ten good weeks.", "elsewhere": Elsewhere(False), "key": f"booster {at}",
    } | other  # fmt: skip
    return decide_booster(aftercare_id=aftercare_id, signed=signature(who, at), by=who, at=at, **told)


def aftercare_at_the_door(cast: Cast, plan_id: UUID, at: datetime) -> dict[str, object]:
    """Address parameters for Dan's aftercare, written directly while his first dose still runs: at a door it makes no difference how it came."""
    review = ResponseReview.objects.create(
        id=ids.new_id(at), person_id=cast.dan_id, plan_id=plan_id, after_dose=60, decision="aftercare", reason="For the doors only.", saw_text="{}",
        signed_at=at, signed_by_id=cast.ana.user_id, made_by="Ana Ruiz",
    )  # fmt: skip
    row = AftercarePlan.objects.create(
        id=ids.new_id(at), person_id=cast.dan_id, plan_id=plan_id, review=review, follow_up_id=library_file("follow_up", "iv_course").pk,
        first_dose_at=at, last_dose_on=at.date(), made_at=at, made_by="Ana Ruiz",
    )  # fmt: skip
    check = Check.objects.create(id=ids.new_id(at), aftercare=row, rule_id="month_1", kind="check", title="One month", due_on=at.date())
    task = Task.objects.create(id=ids.new_id(at), aftercare=row, text="Walk", per_week=3, starts_on=at.date(), made_at=at, made_by="Ana Ruiz")
    BoosterAllowance.objects.create(
        id=ids.new_id(at), plan_id=plan_id, dose_no=7, number=1, earliest_on=at.date(), reason="For the doors only.", saw_text="{}", at=at,
        by="Ana Ruiz", signed_by_id=cast.ana.user_id,
    )  # fmt: skip
    TreatmentPlan.objects.filter(id=plan_id).update(boosters=1)
    return {"aftercare_id": row.id, "check_id": check.id, "task_id": task.id, "aftercare.dose_no": 7}
