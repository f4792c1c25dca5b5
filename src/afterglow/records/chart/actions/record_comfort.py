"""Record the comfort card: how this person wants to be calmed, touched and spoken to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.records.chart import access, events, queries
from afterglow.records.chart.actions.rows import add_row


@transaction.atomic
def record_comfort(
    *,
    person_id: UUID,
    calm_by: str = "",
    touch: str = "unknown",
    music: str = "",
    light: str = "",
    words: str = "",
    triggers: str = "",
    intention: str = "",
    by: Actor,
    at: datetime,
) -> UUID:
    """The whole card as it now is; it takes the place of the earlier one.  Refusals as `add_row` has them."""
    access.fetch_person(by, person_id, need="chart.clinical.record")
    access.lock_person(person_id)
    earlier = queries.comfort(person_id)
    values = {"calm_by": calm_by, "touch": touch, "music": music, "light": light, "words": words, "triggers": triggers, "intention": intention}
    return add_row(
        kind="comfort", person_id=person_id, values=values, replaces=earlier.id if earlier else None, event=events.comfort_recorded, by=by, at=at
    )
