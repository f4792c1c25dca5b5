"""Say that a credential no longer holds (withdrawn, entered wrongly, replaced)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.staff import access, events


@transaction.atomic
def end_credential(*, credential_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """It counts no longer from now on; ending it again changes nothing.  Raises Refusal `staff.no_reason`."""
    row = access.fetch_credential(by, credential_id, need="staff.credential.record")
    if not reason.strip():
        raise Refusal("staff.no_reason", "A credential ends for a reason, and none was given.", "Write why in a few words.", field="reason")
    if row.ended_at is not None:
        return
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    trail.record(
        events.credential_ended, by=by, at=at, objects={"credential": row.id, "user": row.user_id}, old={"expires_on": row.expires_on}, reason=reason
    )
