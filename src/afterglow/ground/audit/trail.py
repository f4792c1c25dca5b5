"""Write to the audit trail.  Actions call `record`; pages that show a person or a list call `read`, once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow

_handed_on: ContextVar[list[dict[str, Any]] | None] = ContextVar("handed_on", default=None)


def record(
    event: str,
    *,
    by: Actor,
    at: datetime,
    person_id: UUID | None = None,
    objects: Mapping[str, object] | None = None,
    old: object = None,
    new: object = None,
    reason: str = "",
    library: str = "",
) -> None:
    """One deed: past tense, `session.started`.  Old and new values stay in the record, never in a log."""
    AuditRow.objects.create(**_values(event, by, at, person_id, objects, old, new, reason, library))


def read(
    event: str, *, by: Actor, at: datetime, person_id: UUID | None = None, objects: Mapping[str, object] | None = None, count: int | None = None
) -> None:
    """One page about a person, or one list with its row count."""
    new = None if count is None else {"rows": count}
    handed = _handed_on.get()
    if handed is None:
        record(event, by=by, at=at, person_id=person_id, objects=objects, new=new)
    else:
        handed.append(_values(event, by, at, person_id, objects, None, new, "", ""))


@contextmanager
def handed_on() -> Iterator[list[dict[str, Any]]]:
    """Where pages are worked out by a process that only reads: what they read is gathered, for `write_down` in the process that writes."""
    rows: list[dict[str, Any]] = []
    token = _handed_on.set(rows)
    try:
        yield rows
    finally:
        _handed_on.reset(token)


def write_down(rows: Sequence[Mapping[str, Any]]) -> None:
    """What `handed_on` gathered, all of it or nothing; a page leaves only after it."""
    with transaction.atomic():
        for row in rows:
            AuditRow.objects.create(**row)


def _values(
    event: str,
    by: Actor,
    at: datetime,
    person_id: UUID | None,
    objects: Mapping[str, object] | None,
    old: object,
    new: object,
    reason: str,
    library: str,
) -> dict[str, Any]:
    return {
        "event": event,
        "at": at,
        "clinic_id": by.clinic_id,
        "actor_kind": by.kind,
        "actor_id": by.id,
        "actor_name": by.name,
        "person_id": person_id,
        "objects_text": canonical({key: str(value) for key, value in (objects or {}).items()}),
        "old_text": "" if old is None else canonical(old),
        "new_text": "" if new is None else canonical(new),
        "reason": reason.replace("\x00", ""),  # PostgreSQL stores no NUL
        "request_id": by.request_id,
        "library": library,
    }


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same text for the same value, so that it can be hashed and compared."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
