"""A monitor gets a key and a room.  The key is shown once; which room it writes to is ours to say, never the message's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.models import Device, Session
from afterglow.pathway.session.queries.devices import key_digest, profile_text
from afterglow.pathway.session.rules.states import MONITORED
from afterglow.records.schedule import queries as schedule
from afterglow.science.vitals.devices import PROFILES

NEED = "session.device.register"


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """`key` is told once, here: only its hash is stored."""

    device_id: UUID
    key: str


@transaction.atomic
def register_device(
    *, site_id: UUID, room_id: UUID | None, name: str, profile: str, interval_s: int | None = None, caution: str = "", by: Actor, at: datetime
) -> RegisteredDevice:
    """Register a monitor, in a room or in none yet.  `profile` names one of science's; `interval_s` how often this one sends.

    Raises NotFound, Forbidden, Refusal `session.device_profile`, `session.device_name`, `session.device_room_taken`.
    """
    access.fetch_site(by, site_id, need=NEED)
    made = PROFILES.get(profile)
    if made is None or made.interval_s is None:
        sendable = ", ".join(sorted(known.name for known in PROFILES.values() if known.interval_s is not None))
        raise Refusal("session.device_profile", f"There is no device profile {profile!r}.", f"Choose one of: {sendable}.", field="profile")
    every = int(made.interval_s if interval_s is None else interval_s)
    if not name.strip() or not 1 <= every <= 3600:
        raise Refusal(
            "session.device_name", "A device needs a name and sends every 1 to 3600 seconds.", "Give the name that stands on it.", field="name"
        )
    accounts.lock_site(site_id)
    if room_id is not None:
        _free_room(room_id, site_id, by)
    key = f"ag_{ids.new_token()}"  # a letter first: a key that begins with a dash reads as an option on a command line
    device = Device.objects.create(
        id=ids.new_id(at),
        site_id=site_id,
        room_id=room_id,
        name=name.strip()[:80],
        key_sha256=key_digest(key),
        interval_s=every,
        profile_text=profile_text(replace(made, interval_s=float(every))),
        caution=caution[:200],
        registered_at=at,
        registered_by=by.label,
    )
    trail.record(
        events.device_registered,
        by=by,
        at=at,
        objects={"device": device.id, "room": room_id},
        new={"name": device.name, "profile": profile, "every_s": every},
    )
    return RegisteredDevice(device.id, key)


@transaction.atomic
def end_device(*, device_id: UUID, by: Actor, at: datetime) -> None:
    """Take a device out of use: its key opens nothing from now on.  Doing it twice changes nothing.

    Raises NotFound, Forbidden, Refusal `session.device_in_use` while it may be all that watches somebody.
    """
    device = Device.objects.select_for_update().filter(id=device_id, site__clinic_id=by.clinic_id).first()
    if device is None:
        raise NotFound("device")
    access.fetch_site(by, device.site_id, need=NEED)
    if device.ended_at is not None:
        return
    if device.room_id is not None and Session.objects.filter(room_id=device.room_id, state__in=MONITORED).exists():
        raise Refusal("session.device_in_use", "Somebody is being monitored in this device's room.", "End or move that session first.")
    device.ended_at = at
    device.save(update_fields=["ended_at"])
    trail.record(events.device_ended, by=by, at=at, objects={"device": device.id, "room": device.room_id}, old={"name": device.name})


def _free_room(room_id: UUID, site_id: UUID, by: Actor) -> None:
    """The site's row is locked, so two devices cannot be put into one room at once."""
    if schedule.room(room_id, by.clinic_id).site_id != site_id:
        raise NotFound("room")
    other = Device.objects.filter(room_id=room_id, ended_at__isnull=True).values_list("name", flat=True).first()
    if other is not None:
        raise Refusal("session.device_room_taken", f"{other} already sends to this room.", "Take that one out of use first.", field="room")
