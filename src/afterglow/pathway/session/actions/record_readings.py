"""Store what monitors sent: every message of every waiting device in one transaction, each on its own terms.

Nothing is averaged, held back or thrown away because it looks wrong: a zero, an impossible number, a late or a future time are kept as sent and
marked.  What has no person to belong to is refused, with the reason, and kept nowhere.  The row itself, in the session's chain with its
device and its times, is the trail: readings write no audit rows (live updates write none).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import require
from afterglow.ground.clock import is_late
from afterglow.pathway.session import hub
from afterglow.pathway.session.chain import next_reading
from afterglow.pathway.session.models import Device, Reading, Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.devices import RECORD, DeviceRow, under_way
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.own_values import Remembered
from afterglow.pathway.session.rules.states import IN_THE_ROOM
from afterglow.science.vitals.channels import shown
from afterglow.science.vitals.devices import CUFF
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import Mark, mark_reading
from afterglow.science.vitals.marks import Reading as Values

CLOCK_AGREES = timedelta(seconds=2)
"""A device's clock this close to ours needs no mark (H14)."""
_own_values = Remembered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it came through the door: `values` holds channel -> (number in the channel's own unit, unit as sent)."""

    id: str
    taken_at: datetime
    values: Mapping[str, tuple[float, str]]

    @property
    def sent(self) -> dict[str, Any]:
        """What makes a second message with the same id the same message."""
        return {"taken_at": self.taken_at.isoformat(), "channels": {code: [value, unit] for code, (value, unit) in sorted(self.values.items())}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """The messages of one request.  `clock_ahead`: how far the device's clock is ahead of ours, where it told its own time; `at`: when it came."""

    device: DeviceRow
    messages: Sequence[Message]
    at: datetime
    clock_ahead: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that was not stored, and why; sending it again as it is changes nothing."""

    id: str
    code: str
    sentence: str


@dataclass(slots=True)
class Taken:
    """What became of a parcel: the ids that are stored now (by this request or an earlier one), and the others."""

    acknowledged: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@transaction.atomic
def record_readings(parcels: Sequence[Parcel]) -> list[Taken]:
    """One answer per parcel, in order.  Raises Forbidden for an actor that is no device with a key.

    The sessions' rows are locked in the order of their ids, so that two processes never wait for each other.
    """
    for parcel in parcels:
        require(parcel.device.actor, RECORD)
    desk = _Desk(parcels)
    answers = [desk.take(parcel) for parcel in parcels]
    desk.save()
    return answers


class _Desk:
    """One transaction's work: what is locked and read once, and what will be written once at its end."""

    def __init__(self, parcels: Sequence[Parcel]) -> None:
        rooms = under_way([parcel.device.room_id for parcel in parcels if parcel.device.room_id is not None])
        wanted = sorted({each for sessions in rooms.values() if len(sessions) == 1 for each in sessions})
        self.rooms = rooms
        self.sessions = {row.id: row for row in Session.objects.select_for_update().filter(id__in=wanted).order_by("id")}
        self.before = {row.id: row.seq for row in self.sessions.values()}
        self.known = _already_stored(parcels)
        self.rows: list[Reading] = []
        started = {row.id: row.started_at for row in self.sessions.values() if row.started_at is not None}
        self.own = _own_values.of(started, at=max(parcel.at for parcel in parcels))
        self.limits: dict[UUID, SiteLimits] = {}

    def take(self, parcel: Parcel) -> Taken:
        taken = Taken()
        for message in parcel.messages:
            refusal = self._store(parcel, message)
            if refusal is None:
                taken.acknowledged.append(message.id)
            else:
                taken.refused.append(refusal)
        return taken

    def _store(self, parcel: Parcel, message: Message) -> Refused | None:
        known = self.known.get((parcel.device.id, message.id))
        if known is not None:
            if known == message.sent:
                return None
            return Refused(message.id, "device.id_reused", "A message with this id and other content is stored already; this one was not stored.")
        session = self._session(parcel.device)
        if isinstance(session, tuple):
            return Refused(message.id, *session)
        taken_at, ahead = true_time(message.taken_at, at=parcel.at, clock_ahead=parcel.clock_ahead)
        if session.checked_in_at is None or taken_at < session.checked_in_at:
            sentence = (
                "This reading is from before the person now in the room was checked in; it was not stored. If the device's clock is slow, set it."
            )
            return Refused(message.id, "device.before_session", sentence)
        payload = self._payload(session, parcel, message, taken_at, ahead)
        device = Device(id=parcel.device.id)
        self.rows.append(next_reading(session, device, message_id=message.id, payload=payload, taken_at=taken_at, at=parcel.at))
        self.known[(parcel.device.id, message.id)] = message.sent
        return None

    def _session(self, device: DeviceRow) -> Session | tuple[str, str]:
        """The session under way in this device's room; else the code and sentence of the refusal."""
        found = self.rooms.get(device.room_id, ()) if device.room_id is not None else ()
        if len(found) > 1:
            return "device.two_people", "Two people are in this room, so nobody knows whose reading this is; it was not stored."
        session = self.sessions.get(found[0]) if found else None
        # Locked and read again: it may have ended, or moved to another room, since the room was looked up.
        if session is None or session.state not in IN_THE_ROOM or session.room_id != device.room_id:
            return "device.no_session", "No session is under way in this device's room, so the reading belongs to nobody; it was not stored."
        return session

    def _payload(self, session: Session, parcel: Parcel, message: Message, taken_at: datetime, ahead: timedelta) -> dict[str, Any]:
        values = Values(taken_at=taken_at, values={code: value for code, (value, _) in message.values.items()})
        profile = parcel.device.profile
        limits = self._limits(session)
        marks = mark_reading(values, limits, self._cuff_before(session, values), self.own.get(session.id), profile)
        payload: dict[str, Any] = {
            "channels": {
                code: {"value": value, "unit": unit, "read": shown(code, value).number} for code, (value, unit) in sorted(message.values.items())
            },
            "device": str(parcel.device.id),
            "message": message.id,
            "sent": message.sent,
        }
        if abs(ahead) > CLOCK_AGREES:
            payload["clock_ahead_s"] = round(ahead.total_seconds(), 3)
            marks = (*marks, _clock_mark(ahead))
        if is_late(taken_at, parcel.at):
            payload["late"] = True
        return payload | {"marks": [deeds.mark_text(mark) for mark in marks]}

    def _limits(self, session: Session) -> SiteLimits:
        if session.id not in self.limits:
            self.limits[session.id] = limits_of(session)
        return self.limits[session.id]

    def _cuff_before(self, session: Session, values: Values) -> Values | None:
        """The latest earlier cuff pressure, by device or by hand; asked for only where this message has one."""
        if not CUFF & values.values.keys():
            return None
        found = [deeds.values(json.loads(row.text), row.taken_at) for row in self.rows if row.session_id == session.id]
        stored = Reading.objects.filter(session_id=session.id, taken_at__lt=values.taken_at, text__contains='"sbp"')
        found += [deeds.values(json.loads(text), at) for text, at in stored.order_by("-taken_at", "-seq").values_list("text", "taken_at")[:1]]
        found += [deeds.values(deed.payload, deed.taken_at) for deed in deeds.standing(deeds.deeds(session.id), "vitals")]
        cuffs = [each for each in found if each.taken_at < values.taken_at and "sbp" in each.values]
        return max(cuffs, key=lambda each: each.taken_at, default=None)

    def save(self) -> None:
        """All rows and every session's head in one statement each, then the word to whoever watches, once it is committed."""
        if not self.rows:
            return
        Reading.objects.bulk_create(self.rows)
        moved = [row for row in self.sessions.values() if row.seq != self.before[row.id]]
        if len(moved) == 1:  # the usual case where monitors are few: a plain statement costs a fraction of the one for many
            Session.objects.filter(id=moved[0].id).update(seq=moved[0].seq, head_sha256=moved[0].head_sha256)
        else:
            Session.objects.bulk_update(moved, ["seq", "head_sha256"])
        transaction.on_commit(partial(hub.wake, frozenset(row.id for row in moved)))


def _already_stored(parcels: Iterable[Parcel]) -> dict[tuple[UUID, str], dict[str, Any]]:
    """What these devices sent before under these ids.  Read after the locks: a second request with the same message waits, then finds it."""
    ids = {message.id for parcel in parcels for message in parcel.messages}
    devices = {parcel.device.id for parcel in parcels}
    rows = Reading.objects.filter(device_id__in=devices, message_id__in=ids).values_list("device_id", "message_id", "text")
    return {(device_id, message_id): json.loads(text)["sent"] for device_id, message_id, text in rows}


def true_time(device_at: datetime, *, at: datetime, clock_ahead: timedelta | None) -> tuple[datetime, timedelta]:
    """When it happened by our clock, and how far the device's clock is ahead (H14).

    A device that told its own time is corrected by the difference; one that did not is believed, unless it speaks of the future: then the
    reading stands at the time it came.  Never later than `at`.
    """
    if clock_ahead is not None and abs(clock_ahead) > CLOCK_AGREES:
        return min(device_at - clock_ahead, at), clock_ahead
    if device_at > at:
        return at, device_at - at
    return device_at, timedelta(0)


def _clock_mark(ahead: timedelta) -> Mark:
    seconds = abs(ahead.total_seconds())
    side = "ahead of" if ahead > timedelta(0) else "behind"
    sentence = f"The device's clock is {seconds:.0f} s {side} ours; readings are shown at our time."
    return Mark(code="device_clock", level="notify", channel="", sentence=sentence, says="Set the device's clock.", urgency="low")
