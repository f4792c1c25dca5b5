"""Add a room to a site, or take one out of use."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.schedule import access, events
from afterglow.records.schedule.models import Appointment, Room


@transaction.atomic
def add_room(*, site_id: UUID, name: str, kind: str, by: Actor, at: datetime) -> UUID:
    """A room, `dosing` or `talk`.  The same name and kind again is the same room.

    Raises Refusal `schedule.room_name`, `schedule.unknown_kind`; NotFound for a site of another clinic.
    """
    access.fetch_site(by, site_id, need="clinic.settings.edit")
    name = name.strip()
    if not name:
        raise Refusal("schedule.room_name", "The room has no name.", "Enter the name on its door.", field="name")
    if kind not in {"dosing", "talk"}:
        raise Refusal("schedule.unknown_kind", "A room is a dosing room or a consulting room.", "Choose one of the two.", field="kind")
    accounts.lock_site(site_id)
    held = Room.objects.filter(site_id=site_id, name=name).first()
    if held is not None:
        if held.kind == kind and held.active:
            return held.id
        raise Refusal("schedule.room_name", f"There is already a room called {name} at this site.", "Choose another name.", field="name")
    row = Room.objects.create(id=ids.new_id(at), site_id=site_id, name=name, kind=kind)
    trail.record(events.room_added, by=by, at=at, objects={"room": row.id, "site": site_id}, new={"name": name, "kind": kind})
    return row.id


@transaction.atomic
def close_room(*, room_id: UUID, site_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Take a room out of use.  Raises Refusal `schedule.room_in_use` while anything is booked there; NotFound."""
    access.fetch_site(by, site_id, need="clinic.settings.edit")
    accounts.lock_site(site_id)
    row = access.fetch_room(by, room_id, site_id=site_id)
    if not reason.strip():
        raise Refusal("schedule.no_reason", "A room is closed for a reason, and none was given.", "Write why in a few words.", field="reason")
    if Appointment.objects.filter(room_id=room_id, state__in=("booked", "arrived"), ends_at__gt=at).exists():
        raise Refusal("schedule.room_in_use", f"{row.name} still has appointments.", "Move them to another room first.")
    if row.active:
        row.active = False
        row.save(update_fields=["active"])
        trail.record(events.room_closed, by=by, at=at, objects={"room": row.id, "site": site_id}, old={"name": row.name}, reason=reason)
