"""End somebody's aftercare: the year is over, they go on elsewhere, or another course begins.  Open checks are dropped, nothing is deleted."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare import access, events
from afterglow.pathway.aftercare.models import Check
from afterglow.records.chart import access as chart

LONGEST_REASON = 300


@transaction.atomic
def end_aftercare(*, aftercare_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Ending it again changes nothing.  Raises Refusal `aftercare.no_reason`; NotFound; Forbidden."""
    row = access.fetch_aftercare(by, aftercare_id, access.MAKE)
    if not reason.strip():
        raise Refusal("aftercare.no_reason", "Aftercare is ended for a reason, and none was given.", "Write why in a few words.", field="reason")
    chart.lock_person(row.person_id)
    row = access.fetch_aftercare(by, aftercare_id, access.MAKE, lock=True)
    if row.state == "ended":
        return
    row.state, row.ended_at, row.ended_by, row.end_reason = "ended", at, by.label, reason.strip()[:LONGEST_REASON]
    row.save(update_fields=["state", "ended_at", "ended_by", "end_reason"])
    dropped = Check.objects.filter(aftercare_id=row.id, state="due").update(state="dropped")
    trail.record(
        events.ended,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"aftercare": row.id},
        old={"state": "on"},
        new={"state": "ended", "checks_dropped": dropped},
        reason=row.end_reason,
    )
