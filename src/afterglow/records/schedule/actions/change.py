"""Move an appointment, cancel it with its cause, or say what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.schedule import access, events, rules
from afterglow.records.schedule.actions.book import lock_calendar, may_stand
from afterglow.records.schedule.models import Appointment


@transaction.atomic
def move(
    *,
    appointment_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    room_id: UUID | None,
    staff_user_id: UUID | None,
    reason: str = "",
    by_hand: rules.ByHand | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """To another time, room or member of staff; it stays the same appointment.  The same move again changes nothing.

    Raises Refusal `schedule.not_movable`, `schedule.not_booked`; NotFound; Forbidden.
    """
    row = _held(by, appointment_id, "schedule.appointment.move")
    if row.state != "booked":
        raise Refusal("schedule.not_movable", f"This appointment is {row.state}, so it cannot be moved.", "Book a new one.")
    if staff_user_id is not None:
        accounts.staff_member(staff_user_id, clinic_id=by.clinic_id)
    old = {"starts_at": row.starts_at, "ends_at": row.ends_at, "room": row.room_id, "staff": row.staff_user_id}
    new = {"starts_at": starts_at, "ends_at": ends_at, "room": room_id, "staff": staff_user_id}
    if old == new:
        return
    site = accounts.site(row.site_id, clinic_id=by.clinic_id)
    row.deviation = may_stand(
        by, site, kind=row.kind, room_id=room_id, staff_user_id=staff_user_id, person_id=row.person_id,
        starts_at=starts_at, ends_at=ends_at, at=at, by_hand=by_hand, but_not=row.id,
    )  # fmt: skip
    row.starts_at, row.ends_at, row.room_id, row.staff_user_id = starts_at, ends_at, room_id, staff_user_id
    row.save(update_fields=["starts_at", "ends_at", "room", "staff_user", "deviation"])
    why = row.deviation or reason
    trail.record(events.moved, by=by, at=at, person_id=row.person_id, objects={"appointment": row.id}, old=old, new=new, reason=why)


@transaction.atomic
def cancel(*, appointment_id: UUID, cause: str, by: Actor, at: datetime) -> None:
    """Free its time.  Cancelling again changes nothing.  Raises Refusal `schedule.no_cause`, `schedule.not_possible`; NotFound; Forbidden."""
    row = _held(by, appointment_id, "schedule.appointment.cancel")
    if not cause.strip():
        raise Refusal(
            "schedule.no_cause", "An appointment is cancelled for a cause, and none was given.", "Write who asked for it and why.", field="cause"
        )
    if row.state == "cancelled":
        return
    _become(row, "cancelled")
    old = row.state
    row.state, row.cause = "cancelled", cause.strip()
    row.save(update_fields=["state", "cause"])
    trail.record(events.cancelled, by=by, at=at, person_id=row.person_id, objects={"appointment": row.id}, old={"state": old}, reason=row.cause)


@transaction.atomic
def mark(*, appointment_id: UUID, state: str, by: Actor, at: datetime) -> None:
    """Arrived, done or missed.  Marking the same again changes nothing.  Raises Refusal `schedule.not_possible`; NotFound; Forbidden."""
    row = _held(by, appointment_id, "schedule.appointment.move")
    if state not in {"arrived", "done", "missed"}:
        raise Refusal("schedule.not_possible", "An appointment is marked as arrived, done or missed.", "Choose one of the three.", field="state")
    if row.state == state:
        return
    _become(row, state)
    if state == "missed" and row.starts_at > at:
        raise Refusal("schedule.not_possible", "It has not begun yet, so it was not missed.", "Cancel it with its cause instead.", field="state")
    old, row.state = row.state, state
    row.save(update_fields=["state"])
    trail.record(events.marked, by=by, at=at, person_id=row.person_id, objects={"appointment": row.id}, old={"state": old}, new={"state": state})


def _held(by: Actor, appointment_id: UUID, need: str) -> Appointment:
    """The appointment, with everything locked that decides about it, read again after the locks."""
    seen = access.fetch_appointment(by, appointment_id, need=need)
    lock_calendar(by, seen.person_id)
    row = Appointment.objects.select_for_update().filter(id=appointment_id).first()
    if row is None:
        raise NotFound("appointment")
    return row


def _become(row: Appointment, wanted: str) -> None:
    finding = rules.may_become(row.state, wanted)
    if not finding.is_met:
        raise Refusal("schedule.not_possible", finding.sentence, "Look at the appointment again.", field="state", findings=(finding,))
