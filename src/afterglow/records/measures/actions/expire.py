"""Close questionnaires whose time is over; what was filled in so far stays with them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.records.measures import events
from afterglow.records.measures.models import Assignment

MOST = 200  # at one call, so that a long outage does not make one long transaction


@transaction.atomic
def expire_due(*, by: Actor, at: datetime) -> int:
    """How many of this clinic were closed.  Doing it again closes nothing more."""
    rows = Assignment.objects.select_for_update(of=("self",)).filter(state="open", closes_at__lte=at, person__clinic_id=by.clinic_id)
    closed = list(rows.order_by("closes_at", "id")[:MOST])
    for row in closed:
        row.state = "expired"
        row.save(update_fields=["state"])
        trail.record(events.expired, by=by, at=at, person_id=row.person_id, objects={"assignment": row.id})
    return len(closed)
