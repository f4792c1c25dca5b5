"""Open flags, oldest due first; and one flag with its story."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Value

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.records.chart.access import among_own, is_own, own_of
from afterglow.records.flags import rules
from afterglow.records.flags.models import Flag, FlagEvent


@dataclass(frozen=True, slots=True)
class FlagRow:
    id: UUID
    person_id: UUID
    person_name: str
    record_no: str
    kind: str
    urgency: str
    sentence: str
    source_kind: str
    source_id: str
    opened_at: datetime
    due_at: datetime
    owner_id: UUID | None
    owner_name: str
    owner_works_here: bool
    escalated_at: datetime | None
    closed_at: datetime | None
    closing_note: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class EventRow:
    """`by_user_id` None: a piece of the software, a device, or somebody at a link."""

    what: str
    at: datetime
    by: str
    text: str
    by_user_id: UUID | None


@dataclass(frozen=True, slots=True)
class UntakenRow:
    """An urgent flag that waits for a person; `since` when it was opened or given back."""

    id: UUID
    clinic_id: UUID
    person_id: UUID
    due_at: datetime
    owner_id: UUID | None
    since: datetime


@dataclass(frozen=True, slots=True)
class HeldRow:
    """An open flag in somebody's hands or in nobody's; `taken`: its owner took or opened it, the software did not name them."""

    id: UUID
    person_id: UUID
    owner_id: UUID | None
    since: datetime
    taken: bool


BY_A_JOB = " (job)"  # how `Actor.label` ends for the software itself

_EVENT = ("what", "at", "by", "text", "by_user_id")
_FIELDS = (
    "id",
    "person_id",
    "person__given_name",
    "person__family_name",
    "person__record_no",
    "kind",
    "urgency",
    "sentence",
    "source_kind",
    "source_id",
    "opened_at",
    "due_at",
    "owner_id",
    "owner__name",
    "owner__is_active",
    "escalated_at",
    "closed_at",
    "closing_note",
)


def open_flags(actor: Actor, at: datetime) -> list[FlagRow]:
    """Every open flag this actor may see, the longest overdue first: none can age unseen."""
    return _told(_open(actor.clinic_id, own_of(actor)), at)


@prepared
def _open(clinic_id: UUID, own: UUID | None) -> Rows:
    rows = Flag.objects.filter(person__clinic_id=clinic_id, closed_at__isnull=True)
    return among_own(rows, own, clinic_id).order_by("due_at", "id").values_list(*_FIELDS)


@prepared
def _open_in(clinic_id: UUID) -> Rows:
    rows = Flag.objects.filter(person__clinic_id=clinic_id, closed_at__isnull=True)
    return rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("id")).values_list("number", flat=True)


def open_count(clinic_id: UUID) -> int:
    return first(_open_in(clinic_id)) or 0


def open_for(person_id: UUID, at: datetime) -> list[FlagRow]:
    return _told(_open_of(person_id), at)


@prepared
def _open_of(person_id: UUID) -> Rows:
    return Flag.objects.filter(person_id=person_id, closed_at__isnull=True).order_by("due_at", "id").values_list(*_FIELDS)


def waiting_for_prescriber(person_id: UUID) -> int:
    """How many flags hold this person's dose until a prescriber has closed them."""
    return first(_holding(person_id)) or 0


@prepared
def _holding(person_id: UUID) -> Rows:
    rows = Flag.objects.filter(person_id=person_id, closed_at__isnull=True, kind__in=sorted(rules.FOR_PRESCRIBERS))
    return rows.order_by().annotate(all=Value(1)).values("all").annotate(number=Count("id")).values_list("number", flat=True)


def closed_count(source_kind: str, source_id: str, kind: str) -> int:
    """How often what this source raised was closed: `source_id` itself, and what was raised again under `source_id.1`, `source_id.2`, ...

    Asked inside a transaction: it waits for whoever is closing one of them now, so that a close cannot slip in between the question and the answer.
    """
    same = Q(source_id=source_id) | Q(source_id__startswith=f"{source_id}.")
    rows = Flag.objects.select_for_update().filter(same, source_kind=source_kind, kind=kind).order_by("id")
    return sum(closed_at is not None for closed_at in rows.values_list("closed_at", flat=True))


def flag_row(flag_id: UUID, at: datetime) -> FlagRow:
    return _rows(Q(id=flag_id), at)[0]


def story(flag_id: UUID) -> list[EventRow]:
    return [EventRow(*row) for row in FlagEvent.objects.filter(flag_id=flag_id).order_by("id").values_list(*_EVENT)]


def untaken_urgent() -> list[UntakenRow]:
    """Open urgent flags of all clinics that no person has taken, the longest waiting first.

    Taken: its owner took it, or opened it; an owner whom the software named has not.  The wait begins when the software opened it, or when it left
    the hands of a person; what the software hands on meanwhile begins no new one.
    """
    rows = Flag.objects.filter(closed_at__isnull=True, urgency="urgent").order_by("opened_at", "id")
    flags = list(rows.values_list("id", "person__clinic_id", "person_id", "due_at", "owner_id"))
    moves = _moves([row[0] for row in flags])
    return [UntakenRow(*row, _waits_since(moves[row[0]])) for row in flags if row[4] is None or row[4] != moves[row[0]][-1].by_user_id]


def unowned(actor: Actor, at: datetime) -> list[FlagRow]:
    """Open flags that nobody who works here owns, of those this actor may see: the longest waiting first."""
    return _rows(Q(closed_at__isnull=True, owner__isnull=True) & _visible(actor), at)


def held_flags(clinic_id: UUID) -> list[HeldRow]:
    """Every open flag of a clinic with its owner, and when and how it came into those hands; the longest due first."""
    rows = Flag.objects.filter(person__clinic_id=clinic_id, closed_at__isnull=True).order_by("due_at", "id")
    flags = list(rows.values_list("id", "person_id", "owner_id"))
    last = _last_hands([row[0] for row in flags])
    return [HeldRow(*row, last[row[0]].at, row[2] is not None and row[2] == last[row[0]].by_user_id) for row in flags]


def is_taken(flag_id: UUID) -> bool:
    """Whether its owner took it, or opened it."""
    owner: UUID | None = Flag.objects.filter(id=flag_id).values_list("owner_id", flat=True).first()
    return owner is not None and owner == _last_hands([flag_id])[flag_id].by_user_id


def _last_hands(flag_ids: list[UUID]) -> dict[UUID, EventRow]:
    """The last event of each flag that changed in whose hands it is."""
    return {flag_id: events[-1] for flag_id, events in _moves(flag_ids).items()}


def _moves(flag_ids: list[UUID]) -> dict[UUID, list[EventRow]]:
    """The events of each flag that changed in whose hands it is, in order: opened, owned, or a job's note that it was given back or handed on."""
    moves = Q(what__in=("opened", "owned")) | Q(what="noted", by_user__isnull=True, by__endswith=BY_A_JOB)
    found: dict[UUID, list[EventRow]] = {}
    for row in FlagEvent.objects.filter(moves, flag_id__in=flag_ids).order_by("id").values_list("flag_id", *_EVENT):
        found.setdefault(row[0], []).append(EventRow(*row[1:]))
    return found


def _waits_since(events: list[EventRow]) -> datetime:
    """The first event after it was last in the hands of a person, or its opening."""
    first = events[-1]
    for event in reversed(events):
        if event is not first and event.by_user_id is not None:
            break
        first = event
    return first.at


def overdue_unescalated(at: datetime) -> list[tuple[UUID, UUID]]:
    """(flag, clinic) of open flags past their time that nobody was called about yet."""
    rows = Flag.objects.filter(closed_at__isnull=True, due_at__lte=at, escalated_at__isnull=True)
    return list(rows.order_by("due_at").values_list("id", "person__clinic_id"))


def _visible(actor: Actor) -> Q:
    mine, own = Q(person__clinic_id=actor.clinic_id), own_of(actor)
    return mine if own is None else mine & Q(is_own(own, actor.clinic_id))


def _rows(where: Q, at: datetime) -> list[FlagRow]:
    return _told(Flag.objects.filter(where).order_by("due_at", "id").values_list(*_FIELDS), at)


def _told(found: Iterable[tuple[Any, ...]], at: datetime) -> list[FlagRow]:
    return [
        FlagRow(
            id=row[0],
            person_id=row[1],
            person_name=f"{row[2]} {row[3]}",
            record_no=row[4],
            kind=row[5],
            urgency=row[6],
            sentence=row[7],
            source_kind=row[8],
            source_id=row[9],
            opened_at=row[10],
            due_at=row[11],
            owner_id=row[12],
            owner_name=row[13] or "",
            owner_works_here=bool(row[14]),
            escalated_at=row[15],
            closed_at=row[16],
            closing_note=row[17],
            overdue=row[16] is None and row[11] <= at,
        )
        for row in found
    ]
