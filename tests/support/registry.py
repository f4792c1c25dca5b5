"""Many courses at once, written directly: what the registry counts makes no difference by which door it came in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.session.models import Session
from afterglow.records.chart.models import Person
from afterglow.records.measures.models import Assignment, Response
from afterglow.records.schedule.models import Appointment
from tests.support.cast import Cast

SIX = (0, 3, 7, 10, 14, 17)
WELL: Mapping[float, int] = {-1: 20, 2: 18, 24: 4, 45: 4, 101: 9}
SILENT: Mapping[float, int] = {-1: 20}


Rows = tuple[list[Any], ...]
"""People, plans, visits, sessions, questionnaires and answers."""


def courses(cast: Cast, first_at: datetime, number: int, *, elsewhere: bool = False, **more: Any) -> list[UUID]:
    """People whose first infusion was begun at `first_at`, written; their ids.  As `course_rows`."""
    clinic = cast.other_clinic_id if elsewhere else cast.clinic_id
    rows = course_rows(cast, first_at, number, elsewhere=elsewhere, known=Person.objects.filter(clinic_id=clinic).count(), **more)
    written(rows)
    return [person.id for person in rows[0]]


def course_rows(
    cast: Cast,
    first_at: datetime,
    number: int,
    *,
    scores: Mapping[float, int] = WELL,
    doses: Sequence[float] = SIX,
    state: str = "in_force",
    elsewhere: bool = False,
    protocol: str = "iv_mdd_standard",
    translation: UUID | None = None,
    validated: bool = False,
    scale: str = "phq9",
    thoughts: Mapping[float, int | None] | None = None,
    known: int = 0,
) -> Rows:
    """People with totals of PHQ-9 or another scale by day.  `translation`: the Spanish wording of every answer after the first infusion; `thoughts`:
    what question 9 was answered with, by day, None where it was left open; `known`: how many there are already."""
    clinic, site = (cast.other_clinic_id, cast.other_site_id) if elsewhere else (cast.clinic_id, cast.site_id)
    user = cast.ana.user_id
    people = [
        Person(
            id=ids.new_id(first_at), clinic_id=clinic, record_no=f"R{known + place}", given_name="Counted", family_name=f"Person {place}",
            search_name="counted person", registered_at=first_at, registered_by="test",
        )
        for place in range(number)
    ]  # fmt: skip
    protocol_pk = library_file("protocols", protocol).pk
    plans = [
        TreatmentPlan(
            id=ids.new_id(first_at), person=person, site_id=site, protocol_id=protocol_pk, allowed_doses=6, state=state, made_at=first_at,
            made_by="test", signed_at=first_at, signed_by_id=user,
        )
        for person in people
    ]  # fmt: skip
    visits = _visits(plans, doses, first_at)
    sessions = _sessions(visits, {plan.person_id: plan for plan in plans})
    asked, given = _answers(people, scores, first_at, site, scale, thoughts)
    for each in given if translation is not None else ():
        if each.taken_at > first_at:
            each.translation_id, each.language, each.worded = translation, "es", "validated" if validated else "not_validated"
    return people, plans, visits, sessions, asked, given


def written(rows: Rows) -> None:
    """All of them, in the order in which they name each other."""
    for model, held in zip((Person, TreatmentPlan, Appointment, Session, Assignment, Response), rows, strict=True):
        model.objects.bulk_create(held)


def _visits(plans: Sequence[TreatmentPlan], doses: Sequence[float], first_at: datetime) -> list[Appointment]:
    return [
        Appointment(
            id=ids.new_id(first_at), person=plan.person, site_id=plan.site_id, kind="dosing", purpose_kind="plan", purpose_id=str(plan.id),
            dose_no=dose_no, starts_at=first_at + timedelta(days=day), ends_at=first_at + timedelta(days=day, hours=2), state="done",
            booked_at=first_at, booked_by="test",
        )
        for plan in plans
        for dose_no, day in enumerate(doses, start=1)
    ]  # fmt: skip


def _sessions(visits: Sequence[Appointment], plans: Mapping[UUID, TreatmentPlan]) -> list[Session]:
    return [
        Session(
            id=ids.new_id(visit.starts_at), person=visit.person, site_id=visit.site_id, plan=plans[visit.person_id], appointment=visit,
            dose_no=visit.dose_no, state="discharged", scheduled_at=visit.starts_at, started_at=visit.starts_at, ended_at=visit.ends_at,
        )
        for visit in visits
    ]  # fmt: skip


def _answers(
    people: Sequence[Person], scores: Mapping[float, int], first_at: datetime, site: UUID, scale: str, thoughts: Mapping[float, int | None] | None
) -> tuple[list[Assignment], list[Response]]:
    scale_pk, each = library_file("instruments", scale).pk, [(person, day) for person in people for day in scores]
    asked = [
        Assignment(
            id=ids.new_id(first_at), person=person, instrument_id=scale_pk, occasion=f"day {day}", channel="staff", site_id=site,
            assigned_at=first_at + timedelta(days=day), assigned_by="test", state="answered",
        )
        for person, day in each
    ]  # fmt: skip
    given = [
        Response(
            id=ids.new_id(first_at), person=row.person, assignment=row, instrument_id=scale_pk, instrument_name=scale, taken_at=row.assigned_at,
            answers_text="{}" if thoughts is None else json.dumps({"q9": thoughts.get(day)}), recorded_at=row.assigned_at, recorded_by="test",
            asked_by="staff", total=scores[day], complete=True, score_text="{}",
        )
        for row, (_, day) in zip(asked, each, strict=True)
    ]  # fmt: skip
    return asked, given
