"""Many courses at once, written directly: what the registry counts makes no difference by which door it came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
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


def courses(
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
) -> list[UUID]:
    """People whose first infusion was begun at `first_at`, with PHQ-9 totals by day; their ids.  `translation`: the Spanish wording of every answer
    after that."""
    clinic, site = (cast.other_clinic_id, cast.other_site_id) if elsewhere else (cast.clinic_id, cast.site_id)
    user = cast.ana.user_id
    known = Person.objects.filter(clinic_id=clinic).count()
    people = [
        Person(
            id=ids.new_id(first_at), clinic_id=clinic, record_no=f"R{known + place}", given_name="Counted", family_name=f"Person {place}",
            search_name="counted person", registered_at=first_at, registered_by="test",
        )
        for place in range(number)
    ]  # fmt: skip
    protocol_pk, phq9 = library_file("protocols", protocol).pk, library_file("instruments", "phq9").pk
    plans = [
        TreatmentPlan(
            id=ids.new_id(first_at), person=person, site_id=site, protocol_id=protocol_pk, allowed_doses=6, state=state, made_at=first_at,
            made_by="test", signed_at=first_at, signed_by_id=user,
        )
        for person in people
    ]  # fmt: skip
    visits = [
        Appointment(
            id=ids.new_id(first_at), person=plan.person, site_id=site, kind="dosing", purpose_kind="plan", purpose_id=str(plan.id), dose_no=dose_no,
            starts_at=first_at + timedelta(days=day), ends_at=first_at + timedelta(days=day, hours=2), state="done", booked_at=first_at, booked_by="test",
        )
        for plan in plans
        for dose_no, day in enumerate(doses, start=1)
    ]  # fmt: skip
    sessions = _sessions(visits, {plan.person_id: plan for plan in plans})
    asked, given = _answers(people, scores, first_at, site, phq9)
    for each in given if translation is not None else ():
        if each.taken_at > first_at:
            each.translation_id, each.language, each.worded = translation, "es", "validated" if validated else "not_validated"
    for model, rows in ((Person, people), (TreatmentPlan, plans), (Appointment, visits), (Session, sessions), (Assignment, asked), (Response, given)):
        model.objects.bulk_create(rows)
    return [person.id for person in people]


def _sessions(visits: Sequence[Appointment], plans: Mapping[UUID, TreatmentPlan]) -> list[Session]:
    return [
        Session(
            id=ids.new_id(visit.starts_at), person=visit.person, site_id=visit.site_id, plan=plans[visit.person_id], appointment=visit,
            dose_no=visit.dose_no, state="discharged", scheduled_at=visit.starts_at, started_at=visit.starts_at, ended_at=visit.ends_at,
        )
        for visit in visits
    ]  # fmt: skip


def _answers(
    people: Sequence[Person], scores: Mapping[float, int], first_at: datetime, site: UUID, phq9: UUID
) -> tuple[list[Assignment], list[Response]]:
    asked = [
        Assignment(
            id=ids.new_id(first_at), person=person, instrument_id=phq9, occasion=f"day {day}", channel="staff", site_id=site,
            assigned_at=first_at + timedelta(days=day), assigned_by="test", state="answered",
        )
        for person in people
        for day in scores
    ]  # fmt: skip
    given = [
        Response(
            id=ids.new_id(first_at), person=row.person, assignment=row, instrument_id=row.instrument_id, instrument_name="phq9", answers_text="{}",
            taken_at=row.assigned_at, recorded_at=row.assigned_at, recorded_by="test", asked_by="staff", total=total, complete=True, score_text="{}",
        )
        for row, total in zip(asked, [total for _ in people for total in scores.values()], strict=True)
    ]  # fmt: skip
    return asked, given
