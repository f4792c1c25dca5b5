"""Escalate flags that nobody answered in time, once each; and give back those whose owner has left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.queries import staff_of
from afterglow.ground.audit import trail
from afterglow.records.flags import events, queries
from afterglow.records.flags.models import Flag, FlagEvent


def escalate_overdue(at: datetime) -> int:
    """How many were escalated now.  Each flag is escalated once, whatever else fails."""
    due = queries.overdue_unescalated(at)
    for flag_id, clinic_id in due:
        _escalate(flag_id, Actor.job("flags", clinic_id), at)
    return len(due)


@transaction.atomic
def _escalate(flag_id: UUID, by: Actor, at: datetime) -> None:
    flag = Flag.objects.select_for_update().get(id=flag_id)
    if flag.escalated_at is not None or flag.closed_at is not None:
        return
    flag.escalated_at = at
    flag.save(update_fields=["escalated_at"])
    FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag.id, what="escalated", at=at, by=by.label, text="Not closed in time.")
    trail.record(events.escalated, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id})


def release_ownerless(clinic_id: UUID, at: datetime) -> int:
    """Flags whose owner no longer works here lose that owner and are due now, so that they stand at the top of the list (safety 44)."""
    working = {row.user_id for row in staff_of(clinic_id)}
    held = Flag.objects.filter(person__clinic_id=clinic_id, closed_at__isnull=True, owner__isnull=False).exclude(owner_id__in=working)
    released = list(held.values_list("id", flat=True))
    for flag_id in released:
        _release(flag_id, Actor.job("flags", clinic_id), at)
    return len(released)


@transaction.atomic
def _release(flag_id: UUID, by: Actor, at: datetime) -> None:
    flag = Flag.objects.select_for_update().get(id=flag_id)
    before, flag.owner_id, flag.due_at = flag.owner_id, None, min(flag.due_at, at)
    flag.save(update_fields=["owner", "due_at"])
    FlagEvent.objects.create(
        id=ids.new_id(at), flag_id=flag.id, what="noted", at=at, by=by.label, text="Its owner no longer works here. Somebody must take it now."
    )
    trail.record(events.released, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id}, old={"owner": before})
