"""The board: every dosing room of a site at one moment, in a constant number of queries however many rooms there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from afterglow.ground.content.queries import library_row
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, phase, standing, trace
from afterglow.pathway.session.queries.consent_now import Running, against
from afterglow.pathway.session.queries.devices import DeviceRow, devices_in
from afterglow.pathway.session.queries.given import DoseLine, dose_line, infusion_of
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.phase import Number
from afterglow.pathway.session.queries.room import leaving, most_urgent_first
from afterglow.pathway.session.queries.silent import silent
from afterglow.pathway.session.rules.booked import minutes_over
from afterglow.pathway.session.rules.due import Due
from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.rules.states import IN_THE_ROOM
from afterglow.records.schedule import queries as schedule
from afterglow.science.vitals.limits import SiteLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One session on the board.  `short_name` ("Dan M.") is for those who ask for names; the board shows none by itself."""

    session_id: UUID
    seq: int
    short_name: str
    state: str
    phase: str
    elapsed: timedelta | None
    monitor: str
    numbers: tuple[Number, ...]
    marks: tuple[Raised, ...]
    due: tuple[Due, ...]
    dose: DoseLine | None
    leaving_at: datetime | None
    leaving_is_forecast: bool
    over_min: int
    device: DeviceRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRoom:
    """One dosing room: who is in it, most urgent first; nobody where it is free."""

    room_id: UUID
    name: str
    rows: tuple[BoardRow, ...]


def board(site_id: UUID, at: datetime) -> tuple[BoardRoom, ...]:
    """Every active dosing room of the site by name, then a nameless one for people who are here without a room."""
    rooms = [row for row in schedule.rooms_of(site_id, "dosing") if row.active]
    rows = _rows(site_id, at)
    found = [BoardRoom(room_id=row.id, name=row.name, rows=tuple(rows.pop(row.id, ()))) for row in rooms]
    left = [each for several in rows.values() for each in several]
    return (*found, *([BoardRoom(room_id=site_id, name="Without a room", rows=tuple(left))] if left else []))


_FIELDS = tuple(field.attname for field in Session._meta.concrete_fields)
_AROUND = ("monitor__name", "plan__protocol_id", "person__given_name", "person__family_name", "site__zone", "appointment__ends_at")


@prepared
def _here(site_id: UUID) -> Rows:
    return Session.objects.filter(site_id=site_id, state__in=IN_THE_ROOM).order_by("checked_in_at", "id").values(*_FIELDS, *_AROUND)


def _rows(site_id: UUID, at: datetime) -> dict[UUID | None, list[BoardRow]]:
    sessions = _here(site_id)
    ids = [row["id"] for row in sessions]
    every_deed, every_trace = deeds.deeds_of(ids), trace.traces(ids)
    devices = devices_in([row["room_id"] for row in sessions if row["room_id"] is not None])
    running = [Running(session_id=row["id"], person_id=row["person_id"], state=row["state"], zone=row["site__zone"]) for row in sessions]
    against_going_on = against(running)
    found: dict[UUID | None, list[BoardRow]] = {}
    held_limits: dict[str, SiteLimits] = {}
    for row in sessions:
        session = Session.from_db(DEFAULT_DB_ALIAS, _FIELDS, [row[name] for name in _FIELDS])
        limits = held_limits.get(session.limits_text) or limits_of(session)
        held_limits[session.limits_text] = limits
        shown = _row(session, row, every_deed.get(session.id, ()), every_trace[session.id], devices.get(row["room_id"]), limits, at)
        if stop := against_going_on.get(session.id):
            shown = replace(shown, marks=(stop, *shown.marks))
        found.setdefault(session.room_id, []).append(shown)
    return found


def _row(
    session: Session,
    more: dict[str, Any],
    all_deeds: tuple[deeds.Deed, ...],
    held: trace.Trace,
    device: DeviceRow | None,
    limits: SiteLimits,
    at: datetime,
) -> BoardRow:
    protocol = library_row(more["plan__protocol_id"]).content
    every, seen = phase.intervals(protocol), phase.latest(all_deeds, held)
    running = infusion_of(all_deeds)
    dose = dose_line(running, at=at) if running is not None else None
    marks = [*standing.standing_of(all_deeds, held, at=at), *silent(session, all_deeds, held, device, limits, at=at)]
    leaving_at, _, forecast = leaving(session, all_deeds, dose, limits, protocol)
    return BoardRow(
        session_id=session.id,
        seq=session.seq,
        short_name=f"{more['person__given_name']} {more['person__family_name'][:1]}.",
        state=session.state,
        phase=phase.PHASES[session.state],
        elapsed=phase.since(session.started_at, at),
        monitor=more["monitor__name"] or "",
        numbers=phase.numbers(seen, device=device, every=every, state=session.state, limits=limits, at=at),
        marks=most_urgent_first(marks),
        due=phase.due(session, all_deeds, held, every=every, limits=limits, at=at),
        dose=dose,
        leaving_at=leaving_at,
        leaving_is_forecast=forecast,
        over_min=minutes_over(session.state, more["appointment__ends_at"], at),
        device=device,
    )
