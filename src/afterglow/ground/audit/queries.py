"""Read the audit trail: who did or read what, newest first, in pages that stay fast however long the trail grows."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from afterglow.ground.audit.models import AuditRow

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """One deed or one reading.  `objects` are ids as text; `old` and `new` are what changed, None for a reading."""

    id: int
    event: str
    at: datetime
    actor_kind: str
    actor_name: str
    person_id: UUID | None
    objects: dict[str, str]
    old: Any
    new: Any
    reason: str
    request_id: str
    library: str

    @property
    def is_reading(self) -> bool:
        return self.event.endswith("_read")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """Newest first; `older_than` is where the next page begins, None on the last."""

    rows: tuple[TrailRow, ...]
    older_than: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedCount:
    """How often one actor did one thing."""

    actor_id: str
    actor_name: str
    event: str
    times: int


def deeds_by_actor(clinic_id: UUID, events: Collection[str], *, since: datetime, until: datetime) -> list[DeedCount]:
    """Who did each of these in the clinic from `since` up to `until`, and how often; by actor and event."""
    rows = AuditRow.objects.filter(clinic_id=clinic_id, at__gte=since, at__lt=until, event__in=list(events))
    counted = rows.values("actor_id", "event").annotate(times=Count("id"), name=Max("actor_name")).order_by("actor_id", "event")
    return [DeedCount(actor_id=row["actor_id"], actor_name=row["name"], event=row["event"], times=row["times"]) for row in counted]


def about(clinic_id: UUID, person_id: UUID, *, older_than: int | None = None) -> TrailPage:
    """Everything that this clinic's people did to or read about one person."""
    return _page(AuditRow.objects.filter(clinic_id=clinic_id, person_id=person_id), older_than)


def of_clinic(clinic_id: UUID, *, older_than: int | None = None) -> TrailPage:
    """Everything that happened in a clinic."""
    return _page(AuditRow.objects.filter(clinic_id=clinic_id), older_than)


def _page(rows: QuerySet[AuditRow], older_than: int | None) -> TrailPage:
    if older_than is not None:
        rows = rows.filter(id__lt=older_than)
    found = list(rows.order_by("-id")[: MOST_SHOWN + 1])
    shown = found[:MOST_SHOWN]
    return TrailPage(rows=tuple(_row(row) for row in shown), older_than=shown[-1].id if len(found) > MOST_SHOWN else None)


def _row(row: AuditRow) -> TrailRow:
    return TrailRow(
        id=row.id,
        event=row.event,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_name=row.actor_name,
        person_id=row.person_id,
        objects=json.loads(row.objects_text),
        old=json.loads(row.old_text) if row.old_text else None,
        new=json.loads(row.new_text) if row.new_text else None,
        reason=row.reason,
        request_id=row.request_id,
        library=row.library,
    )
