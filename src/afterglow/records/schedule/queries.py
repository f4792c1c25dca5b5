"""Rooms, days and who is booked where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet

from afterglow.ground.access.actor import Actor
from afterglow.ground.clock import shown
from afterglow.ground.columns import as_text
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, prepared
from afterglow.ground.reading import once_a_page
from afterglow.records.chart import queries as chart
from afterglow.records.chart.access import NOBODY, among_own, own_of
from afterglow.records.schedule.models import Appointment, Room
from afterglow.records.schedule.rules import LONGEST, Busy

FIRST_CALL = "first_call"
NAMES = {FIRST_CALL: "first call, no charge"}  # kinds whose name says more than their word
HOLDS = ("booked", "arrived")  # states that keep a room, a member of staff and a person busy


@dataclass(frozen=True, slots=True)
class RoomRow:
    id: UUID
    site_id: UUID
    name: str
    kind: str
    active: bool

    @property
    def kind_name(self) -> str:
        return "dosing room" if self.kind == "dosing" else "consulting room"


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One appointment with the names a calendar shows; times are aware UTC, `zone` is the site's.

    A first call is with NOBODY in the chart yet: its purpose knows who asked.
    """

    id: UUID
    person_id: UUID
    given_name: str
    family_name: str
    record_no: str
    site_id: UUID
    zone: str
    room_id: UUID | None
    room_name: str | None
    staff_user_id: UUID | None
    staff_name: str | None
    kind: str
    purpose_kind: str
    purpose_id: str
    dose_no: int | None
    starts_at: datetime
    ends_at: datetime
    state: str
    cause: str
    deviation: str

    @property
    def person_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_with_a_person(self) -> bool:
        return self.person_id != NOBODY

    @property
    def kind_name(self) -> str:
        """What it is, in words."""
        return NAMES.get(self.kind, self.kind)

    @property
    def local_on(self) -> date:
        """The day on which it starts, where it takes place."""
        return self.starts_at.astimezone(ZoneInfo(self.zone)).date()

    @property
    def clock(self) -> str:
        """'09:00 to 11:40 PST': in the site's zone."""
        zone = ZoneInfo(self.zone)
        starts, ends = self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)
        return f"{starts:%H:%M} to {ends:%H:%M} {ends.tzname()}"

    @property
    def said(self) -> str:
        return shown(self.starts_at, self.zone)


_FIELDS = (
    "id", "person_id", "person__given_name", "person__family_name", "person__record_no", "site_id", "site__zone", "room_id", "room__name",
    "staff_user_id", "staff_user__name", "kind", "purpose_kind", "purpose_id", "dose_no", "starts_at", "ends_at", "state", "cause",
    "deviation",
)  # fmt: skip


def _read(row: tuple[Any, ...]) -> AppointmentRow:
    """A row of _FIELDS; whom nobody in the chart stands behind is NOBODY, whom every `fetch_*` refuses."""
    return AppointmentRow(*row) if row[1] is not None else AppointmentRow(row[0], NOBODY, "", "", "", *row[5:])


@prepared
def _rooms(site_id: UUID) -> Rows:
    return Room.objects.filter(site_id=site_id, active=True).order_by("name").values_list("id", "site_id", "name", "kind", "active")


def rooms_of(site_id: UUID, kind: str | None = None) -> list[RoomRow]:
    """Rooms in use at a site, by name; with `kind` ("dosing" or "talk") only those."""
    rooms = [RoomRow(*row) for row in _rooms(site_id)]
    return rooms if kind is None else [room for room in rooms if room.kind == kind]


def room(room_id: UUID, clinic_id: UUID) -> RoomRow:
    """One room of the clinic, in use or not.  Raises NotFound."""
    row = Room.objects.filter(id=room_id, site__clinic_id=clinic_id).values_list("id", "site_id", "name", "kind", "active").first()
    if row is None:
        raise NotFound("room")
    return RoomRow(*row)


def day_span(day: date, zone: str) -> tuple[datetime, datetime]:
    """Midnight to midnight of a local day, as aware times; 23 or 25 hours long when the clocks change."""
    place = ZoneInfo(zone)
    return datetime.combine(day, time(0), place), datetime.combine(day + timedelta(days=1), time(0), place)


def touching(starts_at: datetime, ends_at: datetime) -> dict[str, datetime]:
    """Conditions for an appointment to touch this span.  None lasts longer than LONGEST, which spares a search through all the years before."""
    return {"starts_at__lt": ends_at, "starts_at__gt": starts_at - LONGEST, "ends_at__gt": starts_at}


def day(site_id: UUID, day: date, zone: str) -> list[AppointmentRow]:
    """Everything at a site that touches this local day, by start; cancelled ones last."""
    starts, ends = day_span(day, zone)
    rows = [_read(row) for row in _day(site_id, ends, starts - LONGEST, starts)]
    return sorted(rows, key=lambda row: row.state == "cancelled")


@prepared
def _day(site_id: UUID, before: datetime, long_before: datetime, after: datetime) -> Rows:
    rows = Appointment.objects.filter(site_id=site_id, starts_at__lt=before, starts_at__gt=long_before, ends_at__gt=after)
    return rows.order_by("starts_at", "id").values_list(*_FIELDS)


def standing(kind: str, purpose_kind: str, *, person: OuterRef, since: OuterRef) -> QuerySet[Appointment]:
    """For an `Exists`: the appointments of a person for a purpose that were not cancelled or missed and end after `since`."""
    return Appointment.objects.filter(
        person_id=person, kind=kind, purpose_kind=purpose_kind, state__in=("booked", "arrived", "done"), ends_at__gte=since
    )


def day_visible_to(actor: Actor, site_id: UUID, on: date, zone: str) -> list[AppointmentRow]:
    """The day as this actor may see it: someone with own patients only sees theirs, and what they hold themselves with nobody in the chart yet."""
    rows = day(site_id, on, zone)
    if actor.scope == "clinic":
        return rows
    mine = chart.people_of(actor)
    return [row for row in rows if row.person_id in mine or (not row.is_with_a_person and row.staff_user_id == actor.user_id)]


def visible_between(actor: Actor, starts_at: datetime, ends_at: datetime, *, kind: str | None = None) -> list[AppointmentRow]:
    """Everything in the actor's clinic, at all its sites, that starts in this span, by start; own patients only where the scope says so."""
    return [_read(row) for row in _between(actor.clinic_id, starts_at, ends_at, kind, own_of(actor))]


@prepared
def _between(clinic_id: UUID, starts_at: datetime, ends_at: datetime, kind: str | None, own: UUID | None) -> Rows:
    rows = Appointment.objects.filter(site__clinic_id=clinic_id, starts_at__gte=starts_at, starts_at__lt=ends_at)
    if kind is not None:
        rows = rows.filter(kind=kind)
    return among_own(rows, own, clinic_id).order_by("starts_at", "id").values_list(*_FIELDS)


def for_purpose(purpose_kind: str, purpose_id: str) -> list[AppointmentRow]:
    """All appointments that belong to one thing (a plan), by start."""
    return _rows(Appointment.objects.filter(purpose_kind=purpose_kind, purpose_id=str(purpose_id)).order_by("starts_at", "id"))


@once_a_page
def of_person(person_id: UUID) -> list[AppointmentRow]:
    """All of one person's appointments, latest first."""
    return [_read(row) for row in _of_person(person_id)]


@prepared
def _of_person(person_id: UUID) -> Rows:
    return Appointment.objects.filter(person_id=person_id).order_by("-starts_at", "-id").values_list(*_FIELDS)


def appointment(appointment_id: UUID, clinic_id: UUID) -> AppointmentRow:
    """One appointment of the clinic.  Raises NotFound."""
    found = _rows(Appointment.objects.filter(id=appointment_id, site__clinic_id=clinic_id))
    if not found:
        raise NotFound("appointment")
    return found[0]


def clash(
    *,
    clinic_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    room_id: UUID | None = None,
    staff_user_id: UUID | None = None,
    person_id: UUID | None = None,
    but_not: UUID | None = None,
) -> tuple[Busy, ...]:
    """What already fills this time for the room, the member of staff or the person, in this clinic; back to back is no clash."""
    wanted = Q(pk__in=[])
    for name, value in (("room_id", room_id), ("staff_user_id", staff_user_id), ("person_id", person_id)):
        if value is not None:
            wanted |= Q(**{name: value})
    rows = Appointment.objects.filter(wanted, site__clinic_id=clinic_id, state__in=HOLDS, **touching(starts_at, ends_at))
    if but_not is not None:
        rows = rows.exclude(id=but_not)
    found: list[Busy] = []
    for row in _rows(rows.order_by("starts_at", "id")):
        said = f"{shown(row.starts_at, zone)} to {shown(row.ends_at, zone)}"
        if room_id is not None and row.room_id == room_id:
            found.append(Busy(whose="room", said=said))
        if staff_user_id is not None and row.staff_user_id == staff_user_id:
            found.append(Busy(whose="staff", said=said))
        if person_id is not None and row.person_id == person_id:
            found.append(Busy(whose="person", said=said))
    return tuple(found)


def _rows(appointments: QuerySet[Appointment]) -> list[AppointmentRow]:
    return [_read(row) for row in appointments.values_list(*_FIELDS)]


def light_of_kind(clinic_id: UUID, kind: str, until: datetime) -> list[tuple[str, str, str, str, int | None]]:
    """(appointment, person, when it begins, state, for which dose) of a clinic's appointments of one kind that begin by `until`.  One query; keys
    and times as `ground.columns`."""
    rows = Appointment.objects.filter(person__clinic_id=clinic_id, kind=kind, starts_at__lte=until)
    return list(rows.values_list(as_text("id"), as_text("person_id"), as_text("starts_at"), "state", "dose_no"))
