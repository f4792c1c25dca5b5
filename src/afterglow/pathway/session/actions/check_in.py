"""Check the person in: they are here, in this room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import shown
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.waiting import today_at
from afterglow.pathway.session.rules.states import MONITORED, may_go
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.book import lock_calendar
from afterglow.records.schedule.actions.change import mark


@transaction.atomic
def check_in(*, session_id: UUID, room_id: UUID | None = None, by: Actor, at: datetime) -> None:
    """From scheduled to checked in, on the day of the visit; checking in again changes nothing.

    `room_id` None: the room of the appointment.  Raises NotFound, Forbidden; Refusal `session.not_possible`, `session.other_day`,
    `session.no_room`, `session.room_occupied`.
    """
    session = access.fetch_session(by, session_id, need="session.session.check_in")
    lock_calendar(by, session.person_id)  # the appointment is marked too: its locks, sites and person, come before the session's
    session = access.lock_session(session_id)
    if session.state == "checked_in":
        return
    step = may_go(session.state, "check_in")  # type: ignore[arg-type]
    if step.to is None:
        raise Refusal("session.not_possible", step.verdict.sentence, "Open the room, or book a new visit.", findings=step.verdict.open)
    _on_its_day(session, by, at)
    session.room_id = _dosing_room(session, room_id or session.room_id)
    session.state, session.checked_in_at = step.to, at
    session.save(update_fields=["state", "checked_in_at", "room"])
    append_entry(session, "checked_in", {"room": str(session.room_id)}, taken_at=at, at=at, by=by)
    if schedule.appointment(session.appointment_id, by.clinic_id).state == "booked":
        mark(appointment_id=session.appointment_id, state="arrived", by=by, at=at)
    trail.record(events.checked_in, by=by, at=at, person_id=session.person_id, objects={"session": session.id}, new={"room": session.room_id})


@transaction.atomic
def change_room(*, session_id: UUID, room_id: UUID, by: Actor, at: datetime) -> None:
    """Another dosing room of the site, before the start only.  Raises as `check_in` does, and Refusal `session.not_possible`."""
    session = access.lock_up_to_session(access.fetch_session(by, session_id, need="session.session.check_in"))
    if session.state not in ("scheduled", "checked_in"):
        raise Refusal("session.not_possible", "The room cannot change after the start.", "Stop the dose first, if the person must be moved.")
    old = session.room_id
    session.room_id = _dosing_room(session, room_id)
    if session.room_id == old:
        return
    session.save(update_fields=["room"])
    append_entry(session, "room_changed", {"room": str(room_id)}, taken_at=at, at=at, by=by)
    trail.record(
        events.room_changed, by=by, at=at, person_id=session.person_id, objects={"session": session.id}, old={"room": old}, new={"room": room_id}
    )


def _on_its_day(session: Session, by: Actor, at: datetime) -> None:
    site = access.fetch_site(by, session.site_id, need="session.session.check_in")
    if today_at(site, session.scheduled_at) != today_at(site, at):
        raise Refusal(
            "session.other_day",
            f"This visit is booked for {shown(session.scheduled_at, site.zone)}, not for today.",
            "Move the appointment to today, then check in.",
        )


def _dosing_room(session: Session, room_id: UUID | None) -> UUID:
    """A dosing room of this site that is in use, and in which nobody else may have drug on board: its monitor writes to that person."""
    if room_id is None or room_id not in {row.id for row in schedule.rooms_of(session.site_id, "dosing")}:
        raise Refusal("session.no_room", "This session has no dosing room of this site.", "Choose the room.", field="room_id")
    if Session.objects.filter(room_id=room_id, state__in=MONITORED).exclude(id=session.id).exists():
        raise Refusal("session.room_occupied", "Somebody is still being monitored in this room.", "Choose another room, or wait.", field="room_id")
    return room_id
