"""One room as its page shows it: everything about a running session at one moment, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from afterglow.ground.content.queries import library_row
from afterglow.ground.errors import NotFound
from afterglow.ground.face.strip_series import Series
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, phase, standing, timeline, trace
from afterglow.pathway.session.queries.consent_now import against_session
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.queries.devices import DeviceRow, devices_in
from afterglow.pathway.session.queries.followed import MarkCourse, courses_of_marks
from afterglow.pathway.session.queries.given import DoseLine, dose_line, infusion_of
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.phase import Number
from afterglow.pathway.session.queries.silent import silent
from afterglow.pathway.session.queries.strip import series
from afterglow.pathway.session.queries.timeline import Line
from afterglow.pathway.session.rules.consent_now import CLEARED_BY_STOPPING
from afterglow.pathway.session.rules.discharge import earliest
from afterglow.pathway.session.rules.discharge_facts import DischargeFacts, Rescue
from afterglow.pathway.session.rules.due import Due
from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.rules.states import ENDED, deeds_open
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries import Identity
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import RANK

TOLD = ("room__name", "site__zone", "monitor__name", "plan__protocol_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPicture:
    """The room at `at`.  `marks`: everything that stands, silence included: a consent taken back, then what asks for action; `answered`: the latest
    answers, `answered_marks`: the same with what was done for each and how it ended.

    `leaving_at` is by the clock alone, counted from the end of the dose: while the pump runs, from when it will end at this rate
    (`leaving_is_forecast`).  `may`: the deeds that the state allows.  `elapsed` counts from the start and stops at the end.
    """

    session_id: UUID
    person_id: UUID
    site_id: UUID
    room_id: UUID | None
    room_name: str
    zone: str
    seq: int
    dose_no: int
    state: str
    phase: str
    at: datetime
    scheduled_at: datetime
    checked_in_at: datetime | None
    started_at: datetime | None
    dosing_ended_at: datetime | None
    ended_at: datetime | None
    elapsed: timedelta | None
    in_recovery_for: timedelta | None
    identity: Identity
    monitor: str
    started_by: str
    dose: DoseLine | None
    numbers: tuple[Number, ...]
    strip: Series
    due: tuple[Due, ...]
    marks: tuple[Raised, ...]
    answered: tuple[Line, ...]
    answered_marks: tuple[MarkCourse, ...]
    timeline: tuple[Line, ...]
    lines_in_all: int
    device: DeviceRow | None
    leaving_at: datetime | None
    leaving_why: str
    leaving_is_forecast: bool
    limits: SiteLimits
    may: tuple[str, ...]

    @property
    def act(self) -> tuple[Raised, ...]:
        """Marks that ask for an answer; those that only stopping the dose clears are not among them."""
        return tuple(raised for raised in self.marks if raised.mark.level == "act" and raised.mark.code not in CLEARED_BY_STOPPING)

    @property
    def needs_words(self) -> bool:
        """Does an answer need words: is one of them "no signal"?"""
        return any(raised.mark.needs_a_look for raised in self.act)

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


def room(session_id: UUID, at: datetime, *, newest: int = 50) -> RoomPicture:
    """The picture of one session; whoever asks has fetched it through `access`.  Raises NotFound."""
    session, more = _session(session_id)
    now = session.ended_at or at
    all_deeds, held = deeds.deeds(session_id), trace.trace(session_id)
    protocol = library_row(more["plan__protocol_id"]).content
    limits, every = limits_of(session), phase.intervals(protocol)
    device = devices_in([session.room_id]).get(session.room_id) if session.room_id is not None else None
    lines, seen = timeline.lines(all_deeds), phase.latest(all_deeds, held)
    running = infusion_of(all_deeds)
    dose = dose_line(running, at=now) if running is not None else None
    leaving_at, why, forecast = leaving(session, all_deeds, dose, limits, protocol)
    return RoomPicture(
        session_id=session.id,
        person_id=session.person_id,
        site_id=session.site_id,
        room_id=session.room_id,
        room_name=more["room__name"] or "",
        zone=more["site__zone"],
        seq=session.seq,
        dose_no=session.dose_no,
        state=session.state,
        phase=phase.PHASES[session.state],
        at=at,
        scheduled_at=session.scheduled_at,
        checked_in_at=session.checked_in_at,
        started_at=session.started_at,
        dosing_ended_at=session.dosing_ended_at,
        ended_at=session.ended_at,
        elapsed=phase.since(session.started_at, now),
        in_recovery_for=phase.since(session.dosing_ended_at, now),
        identity=chart.identity(session.person_id),
        monitor=more["monitor__name"] or "",
        started_by=session.started_by,
        dose=dose,
        numbers=phase.numbers(seen, device=device, every=every, state=session.state, limits=limits, at=at),
        strip=series(session, all_deeds, held, lines, dose=dose, device=device, limits=limits, at=at),
        due=phase.due(session, all_deeds, held, every=every, limits=limits, at=at),
        marks=(*against_session(session, zone=more["site__zone"]), *_marks(session, all_deeds, held, device, limits, at=at)),
        answered=tuple(line for line in reversed(lines) if line.kind == standing.ACKNOWLEDGED)[:5],
        answered_marks=courses_of_marks(all_deeds)[:5],
        timeline=lines[: -newest - 1 : -1],
        lines_in_all=len(lines),
        device=device,
        leaving_at=leaving_at,
        leaving_why=why,
        leaving_is_forecast=forecast,
        limits=limits,
        may=deeds_open(session.state),  # type: ignore[arg-type]  # the database holds the closed list
    )


def _marks(
    session: Session, all_deeds: tuple[Deed, ...], held: trace.Trace, device: DeviceRow | None, limits: SiteLimits, *, at: datetime
) -> tuple[Raised, ...]:
    """What was raised and not answered, as it stood when the record closed, and what is silent now."""
    raised = standing.standing_of(all_deeds, held, at=session.ended_at or at)
    return most_urgent_first([*raised, *silent(session, all_deeds, held, device, limits, at=at)])


def most_urgent_first(marks: Iterable[Raised]) -> tuple[Raised, ...]:
    """What asks for action before what tells, older before newer."""
    return tuple(sorted(marks, key=lambda each: (RANK[each.mark.level], each.first_at)))


def _session(session_id: UUID) -> tuple[Session, dict[str, Any]]:
    """The session and the names around it, in one query."""
    session: Session | None = first(_told(session_id))
    if session is None:
        raise NotFound("session")
    return session, {name: getattr(session, _alias(name)) for name in TOLD}


@prepared
def _told(session_id: UUID) -> Rows:
    return Session.objects.filter(id=session_id).annotate(**{_alias(name): F(name) for name in TOLD})


def _alias(name: str) -> str:
    return f"told_{name.replace('__', '_')}"


def leaving(
    session: Session, all_deeds: tuple[Deed, ...], dose: DoseLine | None, limits: SiteLimits, protocol: dict[str, Any]
) -> tuple[datetime | None, str, bool]:
    """The earliest time of leaving by the clock, why, and whether it still depends on the pump."""
    if session.started_at is None or session.ended_at is not None:
        return None, "", False
    ends = session.dosing_ended_at or (dose.finishes_at if dose else None)
    rescues = tuple(
        Rescue(kind=deed.payload["rescue"], name=str(deed.payload["name"]), given_at=deed.taken_at)
        for deed in deeds.standing(all_deeds, "medicine")
        if deed.payload.get("rescue")
    )
    minimum = (protocol.get("discharge") or {}).get("min_after_end_min")
    facts = DischargeFacts(
        at=session.started_at, today=session.started_at.date(), route="iv", dose_ended_at=ends, plan_minimum_min=minimum, rescues=rescues
    )
    until, why = earliest(facts, limits)
    return until, why, session.dosing_ended_at is None
