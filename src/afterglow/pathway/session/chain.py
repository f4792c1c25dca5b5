"""The session's chain: deeds and readings under one counter.

Each row's hash covers the hash before it, the session, its number, kind, time and exact text; the first hash covers the session's id alone, so
that a chain cannot be moved to another session.  The caller holds the session's row lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.trail import canonical
from afterglow.ground.clock import is_late
from afterglow.pathway.session.models import Device, Entry, Reading, Session

READING = "reading"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the chain as it was hashed."""

    seq: int
    kind: str
    taken_at: datetime
    text: str
    before_sha256: str
    sha256: str


def append_entry(
    session: Session, kind: str, payload: dict[str, Any], *, taken_at: datetime, at: datetime, by: Actor, corrects: int | None = None
) -> Entry:
    """Add a deed to a locked session and save its head."""
    text = canonical(payload)
    seq, before, digest = _next(session, kind, taken_at, text)
    entry = Entry.objects.create(
        id=ids.new_id(at),
        session_id=session.id,
        seq=seq,
        kind=kind,
        taken_at=taken_at,
        recorded_at=at,
        late=is_late(taken_at, at),
        by=by.label,
        by_user_id=by.user_id,
        corrects_seq=corrects,
        text=text,
        before_sha256=before,
        sha256=digest,
    )
    session.save(update_fields=["seq", "head_sha256"])
    return entry


def next_reading(session: Session, device: Device, *, message_id: str, payload: dict[str, Any], taken_at: datetime, at: datetime) -> Reading:
    """The next reading of a locked session, not saved yet: a batch saves its readings and the session's head once."""
    text = canonical(payload)
    seq, before, digest = _next(session, READING, taken_at, text)
    return Reading(
        id=ids.new_id(at),
        session_id=session.id,
        device_id=device.id,
        message_id=message_id,
        seq=seq,
        taken_at=taken_at,
        recorded_at=at,
        text=text,
        before_sha256=before,
        sha256=digest,
    )


def _next(session: Session, kind: str, taken_at: datetime, text: str) -> tuple[int, str, str]:
    before, session.seq = session.head_sha256, session.seq + 1
    session.head_sha256 = link_sha256(before, session.id, session.seq, kind, taken_at, text)
    return session.seq, before, session.head_sha256


def link_sha256(before: str, session_id: UUID, seq: int, kind: str, taken_at: datetime, text: str) -> str:
    """SHA-256 in hex of `before|session|seq|kind|time|text`, the time in UTC to the microsecond."""
    head = f"{before}|{session_id}|{seq}|{kind}|{taken_at.astimezone(UTC).isoformat(timespec='microseconds')}|"
    return hashlib.sha256(head.encode() + text.encode()).hexdigest()


def links_of(session_id: UUID, up_to: int | None = None) -> Iterator[Link]:
    """The rows of the chain in order, deeds and readings together: every row, or those numbered no higher than `up_to`."""
    numbered = {"session_id": session_id} if up_to is None else {"session_id": session_id, "seq__lte": up_to}
    entries = [Link(*row) for row in Entry.objects.filter(**numbered).values_list("seq", "kind", "taken_at", "text", "before_sha256", "sha256")]
    readings = [
        Link(seq, READING, taken_at, text, before, digest)
        for seq, taken_at, text, before, digest in Reading.objects.filter(**numbered).values_list(
            "seq", "taken_at", "text", "before_sha256", "sha256"
        )
    ]
    yield from sorted([*entries, *readings], key=lambda link: link.seq)


def first_broken_link(session_id: UUID) -> int | None:
    """The number of the first row that is missing, moved or changed; None when the chain holds to the session's head."""
    return walk(session_id).first_broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One session's chain from its first row to its head; `first_broken` is None when every row holds."""

    session_id: UUID
    rows: int
    first_broken: int | None


def walk(session_id: UUID) -> Walked:
    """Recompute every hash of one session.

    The head is read first and holds for the rows up to it, so that rows which arrive meanwhile are no break; what lies beyond the head is asked
    for last, against the head as it is then.
    """
    seq, head = _head(session_id)
    before, rows = "", 0
    for link in links_of(session_id, seq):
        whole = link.seq == rows + 1 and link.before_sha256 == before
        if not whole or link.sha256 != link_sha256(before, session_id, link.seq, link.kind, link.taken_at, link.text):
            return Walked(session_id=session_id, rows=rows, first_broken=rows + 1)
        before, rows = link.sha256, rows + 1
    if (seq, head) != (rows, before):
        return Walked(session_id=session_id, rows=rows, first_broken=rows + 1)
    highest = _highest(session_id)
    return Walked(session_id=session_id, rows=rows, first_broken=rows + 1 if highest > _head(session_id)[0] else None)


def walk_all() -> Iterator[Walked]:
    """Every session's chain, one at a time, oldest first; a long-running clinic is never held in memory at once."""
    for session_id in list(Session.objects.order_by("scheduled_at", "id").values_list("id", flat=True)):
        yield walk(session_id)


def _head(session_id: UUID) -> tuple[int, str]:
    seq, head = Session.objects.values_list("seq", "head_sha256").get(id=session_id)
    return seq, head


def _highest(session_id: UUID) -> int:
    tops = [model.objects.filter(session_id=session_id).aggregate(top=Max("seq"))["top"] for model in (Entry, Reading)]
    return max(top or 0 for top in tops)
