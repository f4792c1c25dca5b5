"""Devices at the door: whose key this is, which room it stands in, and which session is under way there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Device, Reading, Session
from afterglow.pathway.session.rules.states import IN_THE_ROOM
from afterglow.science.vitals.devices import DeviceProfile

RECORD = "session.reading.record"
"""The one permission of a device: no role holds it, a key does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """One registered monitor.  `room_id` None: it stands in no room and its readings belong to nobody."""

    id: UUID
    name: str
    clinic_id: UUID
    site_id: UUID
    room_id: UUID | None
    profile: DeviceProfile
    caution: str

    @property
    def actor(self) -> Actor:
        """The device as who acts."""
        return Actor(kind="device", id=f"device:{self.id}", name=self.name, clinic_id=self.clinic_id, permissions=frozenset({RECORD}))


def key_digest(key: str) -> str:
    """What is stored of a device key: its SHA-256 in hex.  The key has 192 random bits, so no slow hash is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


def devices_by_key(digests: Collection[str]) -> dict[str, DeviceRow]:
    """The devices in use that hold these keys: one query."""
    rows = Device.objects.filter(key_sha256__in=set(digests), ended_at__isnull=True)
    return {row[0]: _row(*row[1:]) for row in rows.values_list("key_sha256", *_COLUMNS)}


@prepared
def _in_rooms(room_ids: Collection[UUID]) -> Rows:
    return Device.objects.filter(room_id__in=room_ids, ended_at__isnull=True).values_list(*_COLUMNS)


def devices_in(room_ids: Collection[UUID]) -> dict[UUID, DeviceRow]:
    """The device of each room that has one: one query."""
    found = [_row(*row) for row in _in_rooms(list(room_ids))]
    return {row.room_id: row for row in found if row.room_id is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """One device on the list of a site; `heard_at`: when its last stored reading came, None where none did."""

    device: DeviceRow
    room_name: str
    registered_at: datetime
    registered_by: str
    heard_at: datetime | None


def devices_of(site_id: UUID) -> list[DeviceLine]:
    """The devices in use at a site, by name: one query."""
    latest = Reading.objects.filter(device_id=OuterRef("id")).order_by("-taken_at").values("recorded_at")[:1]
    rows = Device.objects.filter(site_id=site_id, ended_at__isnull=True).annotate(heard_at=Subquery(latest)).order_by("name", "id")
    columns = (*_COLUMNS, "room__name", "registered_at", "registered_by", "heard_at")
    return [
        DeviceLine(device=_row(*row[:-4]), room_name=row[-4] or "", registered_at=row[-3], registered_by=row[-2], heard_at=row[-1])
        for row in rows.values_list(*columns)
    ]


def under_way(room_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Which session a device in each room writes to: one query.

    The one that is being dosed, of which a room holds one at most; else everyone who is checked in or recovering there: more than one
    is for the caller to refuse, because a reading in the wrong record is worse than none (hazard H1).
    """
    held: dict[UUID, list[tuple[str, UUID]]] = {}
    rows = Session.objects.filter(room_id__in=set(room_ids), state__in=IN_THE_ROOM).order_by("id")
    for room_id, state, session_id in rows.values_list("room_id", "state", "id"):
        held.setdefault(room_id, []).append((state, session_id))
    return {room_id: _written_to(found) for room_id, found in held.items()}


def _written_to(found: list[tuple[str, UUID]]) -> tuple[UUID, ...]:
    dosed = tuple(session_id for state, session_id in found if state in ("dosing", "paused"))
    return dosed or tuple(session_id for _, session_id in found)


def profile_text(profile: DeviceProfile) -> str:
    """A profile as it is stored with its device; the interval has a column of its own."""
    said = {
        "name": profile.name,
        "streams": list(profile.streams),
        "shared_probes": [sorted(probe) for probe in profile.shared_probes],
        "capnograph": profile.capnograph,
    }
    return json.dumps(said, sort_keys=True)


def profile_from(text: str, interval_s: int) -> DeviceProfile:
    """The profile of a stored device."""
    said = json.loads(text)
    return DeviceProfile(
        name=str(said.get("name", "")),
        interval_s=float(interval_s),
        streams=tuple(said.get("streams", ())),
        shared_probes=tuple(frozenset(probe) for probe in said.get("shared_probes", ())),
        capnograph=bool(said.get("capnograph")),
    )


_COLUMNS = ("id", "name", "site__clinic_id", "site_id", "room_id", "profile_text", "interval_s", "caution")


def _row(device_id: UUID, name: str, clinic_id: UUID, site_id: UUID, room_id: UUID | None, text: str, interval_s: int, caution: str) -> DeviceRow:
    return DeviceRow(
        id=device_id,
        name=name,
        clinic_id=clinic_id,
        site_id=site_id,
        room_id=room_id,
        profile=profile_from(text, interval_s),
        caution=caution,
    )
