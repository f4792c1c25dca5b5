"""Record a problem or diagnosis."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.records.chart.actions.rows import add_row


@transaction.atomic
def record_problem(
    *, person_id: UUID, name: str, code: str = "", since_text: str = "", replaces: UUID | None = None, by: Actor, at: datetime
) -> UUID:
    """`code` is ICD-10-CM when known.  Refusals as `add_row` has them."""
    values = {"name": name, "code": code, "since_text": since_text}
    return add_row(kind="problems", person_id=person_id, values=values, must="name", replaces=replaces, by=by, at=at)
