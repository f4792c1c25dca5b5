"""Who may see and record adverse events: through the person they happened to."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.records.adverse.models import AdverseEvent
from afterglow.records.chart import access as chart

READ, RECORD = "adverse.event.read", "adverse.event.record"


def fetch_event(actor: Actor, event_id: UUID, need: str = READ) -> AdverseEvent:
    """An event of a person whom the actor may see.  Raises NotFound, Forbidden."""
    row = AdverseEvent.objects.filter(id=event_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("event")
    chart.fetch_person(actor, row.person_id, need=need)
    return row
