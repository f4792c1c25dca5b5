"""Take back what waits about something that is settled: nobody is woken for a flag that has an owner."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.records.messages import events
from afterglow.records.messages.models import Attempt, Message


@transaction.atomic
def cancel_messages(*, source_kind: str, source_id: str, by: Actor, at: datetime) -> int:
    """How many were taken back in the actor's clinic.  One that is being sent at this moment may still go out."""
    rows = Message.objects.select_for_update().filter(
        clinic_id=by.clinic_id, source_kind=source_kind, source_id=str(source_id), state="queued"
    )  # the outbox is after all records in the order of locks: whoever holds one of its rows asks for no other
    found = list(rows.order_by("id").values_list("id", "person_id"))
    for message_id, person_id in found:
        Message.objects.filter(id=message_id).update(state="cancelled")
        Attempt.objects.create(id=ids.new_id(at), message_id=message_id, at=at, outcome="cancelled", by=by.label)
        trail.record(events.cancelled, by=by, at=at, person_id=person_id, objects={"message": message_id})
    return len(found)
