"""Who may reach a visit, a goal or a practice: through the person.  A psychotherapy note: its author, and nobody else.
A journal: the person it belongs to, by their own link; staff reach what is shared through `queries/journal` alone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.pathway.integration.models import Goal, JournalBook, JournalEntry, Practice
from afterglow.pathway.session import access as session
from afterglow.records.chart import access as chart
from afterglow.records.schedule import access as schedule
from afterglow.records.schedule import queries as calendar
from afterglow.records.schedule.queries import AppointmentRow

VISIT_READ, VISIT_RECORD = "integration.visit.read", "integration.visit.record"
GOAL_RECORD = "integration.goal.record"
NOTE_WRITE = "integration.note.write"
BY_LINK = "portal.practice.tick"
JOURNAL = "portal.journal.write"
"""Held by a person's own link only: no role of staff has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a psychotherapy note is about, one integration appointment or one dosing session, never both; and who writes it."""

    author_id: UUID
    person_id: UUID
    appointment_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def ids(self) -> dict[str, UUID | None]:
        return {"appointment_id": self.appointment_id, "session_id": self.session_id}


def fetch_visit(actor: Actor, appointment_id: UUID, need: str = VISIT_READ) -> AppointmentRow:
    """An integration appointment of a person whom the actor may see.  Raises NotFound, Forbidden."""
    if schedule.fetch_appointment(actor, appointment_id, need=need).kind != "integration":
        raise NotFound("integration visit")
    return calendar.appointment(appointment_id, actor.clinic_id)


def fetch_goal(actor: Actor, goal_id: UUID, need: str = VISIT_READ) -> Goal:
    """A goal of a person whom the actor may see.  Raises NotFound, Forbidden."""
    row = Goal.objects.filter(id=goal_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("goal")
    chart.fetch_person(actor, row.person_id, need=need)
    return row


def fetch_practice(actor: Actor, practice_id: UUID, need: str = VISIT_READ, *, by_link: str = "") -> Practice:
    """A practice of a person whom the actor may see; `by_link`: what the holder of a link needs instead.  Raises NotFound, Forbidden."""
    row = Practice.objects.filter(id=practice_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("practice")
    chart.fetch_person(actor, row.person_id, need=by_link if by_link and actor.kind == "link" else need)
    return row


def fetch_subject(actor: Actor, *, appointment_id: UUID | None = None, session_id: UUID | None = None) -> Subject:
    """What a note of this actor may be about.  Raises NotFound, Forbidden."""
    if actor.user_id is None:
        raise NotFound("note")
    if appointment_id is not None:
        return Subject(author_id=actor.user_id, person_id=fetch_visit(actor, appointment_id, NOTE_WRITE).person_id, appointment_id=appointment_id)
    if session_id is None:
        raise NotFound("note")
    return Subject(author_id=actor.user_id, person_id=session.fetch_session(actor, session_id, need=NOTE_WRITE).person_id, session_id=session_id)


def fetch_book(actor: Actor, book_id: UUID) -> JournalBook:
    """The journal of the holder of this link.  Raises NotFound for everybody else; Forbidden for a link of another purpose."""
    row = JournalBook.objects.filter(id=book_id, person__clinic_id=actor.clinic_id).first()
    if row is None or actor.kind != "link":
        raise NotFound("journal")
    chart.fetch_person(actor, row.person_id, need=JOURNAL)
    return row


def fetch_entry(actor: Actor, book_id: UUID, entry_id: UUID, *, removed_too: bool = False) -> JournalEntry:
    """An entry of this journal of the holder of this link; one that was removed is found by nobody who does not ask.  Raises NotFound, Forbidden."""
    row = JournalEntry.objects.filter(id=entry_id, book_id=fetch_book(actor, book_id).id).first()
    if row is None or (row.removed_at is not None and not removed_too):
        raise NotFound("journal entry")
    return row
