"""Record an allergy as told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.records.chart.actions.rows import add_row


@transaction.atomic
def record_allergy(
    *, person_id: UUID, substance: str, reaction: str = "", severity: str = "unknown", replaces: UUID | None = None, by: Actor, at: datetime
) -> UUID:
    """Severity is mild, severe or unknown.  Refusals as `add_row` has them."""
    values = {"substance": substance, "reaction": reaction, "severity": severity}
    return add_row(kind="allergies", person_id=person_id, values=values, must="substance", replaces=replaces, by=by, at=at)
