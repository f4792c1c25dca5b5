"""Record what became of an integration visit: held or missed.  What happened goes to the chart; danger becomes a flag."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken, shown
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.actions.raise_danger import raise_danger
from afterglow.pathway.integration.models import Visit
from afterglow.pathway.integration.queries.course import CONTACT, first_dose_of_course, last_session_before
from afterglow.pathway.integration.rules import deeds
from afterglow.pathway.integration.rules.deeds import Danger
from afterglow.records.chart.actions.write_note import write_note
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.at_contact import Contact, record_asked
from afterglow.records.measures.queries.contact import scale_of_change
from afterglow.records.measures.rules import contact as contact_rules
from afterglow.records.measures.rules.contact import AskedAtContact
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.book import lock_calendar
from afterglow.records.schedule.actions.change import mark
from afterglow.records.schedule.queries import AppointmentRow


@transaction.atomic
def record_visit(
    *,
    appointment_id: UUID,
    state: Literal["held", "missed"],
    held_at: datetime | None = None,
    happened: str = "",
    danger: Danger = "",
    danger_words: str = "",
    asked: AskedAtContact | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The visit's id.  `held_at`: when it began; `happened`: a chart note for the whole team; `danger` "yes" opens an urgent flag.

    `asked`: what was asked at a visit that was held, the suicide interview and a scale that is due; what it raises is owned by who asked.

    The appointment is marked in the calendar too.  Raises Refusal `integration.visit_not_recorded` with every open item, `clock.future`,
    `schedule.not_possible`; NotFound; Forbidden.
    """
    seen = access.fetch_visit(by, appointment_id, access.VISIT_RECORD)
    asked = asked or AskedAtContact(said={})
    told = [appointment_id, state, held_at, happened.strip(), danger, danger_words.strip(), dict(asked.said), asked.why_not_asked, asked.why_no_scale]
    if earlier := once(by, key, told, at=at):
        return UUID(earlier["visit"])
    lock_calendar(by, seen.person_id)
    row = schedule.appointment(appointment_id, by.clinic_id)
    if held_at is not None:
        check_taken(held_at, at)
    began_at = held_at if state == "held" else None
    _decide(row, state, began_at, happened, danger, danger_words, asked, at)
    visit = Visit.objects.create(
        id=ids.new_id(at), appointment_id=row.id, person_id=row.person_id, session_id=last_session_before(row.person_id, began_at or row.starts_at),
        state=state, held_at=began_at, note_id=_note(row, state, began_at, happened, by=by, at=at), recorded_at=at, recorded_by=by.label,
    )  # fmt: skip
    _mark(row, state, by=by, at=at)
    _keep_asked(row, began_at, asked, by=by, at=at)
    if danger == "yes":
        raise_danger(person_id=row.person_id, words=danger_words, source_kind="integration_visit", source_id=visit.id, by=by, at=at)
    trail.record(
        events.visit_recorded,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"visit": visit.id, "appointment": row.id},
        new={"state": state, "held_at": began_at, "danger": danger},
    )
    answer(by, key, {"visit": str(visit.id)})
    return visit.id


def _keep_asked(row: AppointmentRow, began_at: datetime | None, asked: AskedAtContact, *, by: Actor, at: datetime) -> None:
    """What was asked, where anybody was there to be asked."""
    if began_at is not None:
        contact = Contact(kind=CONTACT, id=row.id, person_id=row.person_id, site_id=row.site_id, taken_at=began_at)
        record_asked(contact=contact, asked=asked, by=by, at=at)


def _decide(
    row: AppointmentRow,
    state: Literal["held", "missed"],
    held_at: datetime | None,
    words: str,
    danger: Danger,
    danger_words: str,
    asked: AskedAtContact,
    at: datetime,
) -> None:
    """Raises Refusal `integration.visit_not_recorded`."""
    paper = measures.paper(contact_rules.INTERVIEW)
    scale = scale_of_change(row.person_id, contact_rules.SCALE, first_dose_at=first_dose_of_course(row.person_id, at), at=at)
    verdict = deeds.may_record_visit(
        deeds.VisitFacts(
            wanted=state,
            calendar=row.state,
            booked_at=row.starts_at,
            at=at,
            held_at=held_at,
            words=words,
            danger=danger,
            danger_words=danger_words,
            recorded=Visit.objects.filter(appointment_id=row.id).exists(),
            contact=contact_rules.ContactFacts(
                spoken=state == "held",
                questions=tuple(question.id for question in paper.questions),
                asked=asked,
                scale=scale.name,
                scale_due=scale.due,
            ),
        )
    )
    if not verdict.met:
        raise Refusal(
            "integration.visit_not_recorded",
            f"The visit was not recorded. {verdict.sentence}",
            "Complete what is named here.",
            findings=verdict.open,
        )


def _note(row: AppointmentRow, state: str, held_at: datetime | None, words: str, *, by: Actor, at: datetime) -> UUID | None:
    """What happened, in the chart, headed by the visit it is about."""
    if not words.strip():
        return None
    after = f" after infusion {row.dose_no}" if row.dose_no else ""
    head = f"Integration visit{after}, {'held' if state == 'held' else 'missed,'} {shown(held_at or row.starts_at, row.zone)}."
    text = f"{head} {words.strip()}"
    return write_note(person_id=row.person_id, kind="integration", text=text, need=access.VISIT_RECORD, by=by, at=at)


def _mark(row: AppointmentRow, state: str, *, by: Actor, at: datetime) -> None:
    """The calendar says the same; what it says already stays."""
    if state == "missed":
        mark(appointment_id=row.id, state="missed", by=by, at=at)
        return
    if row.state == "booked":
        mark(appointment_id=row.id, state="arrived", by=by, at=at)
    mark(appointment_id=row.id, state="done", by=by, at=at)
