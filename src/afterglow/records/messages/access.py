"""Who may look after the outbox: whoever may edit the clinic's settings."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import NotFound
from afterglow.records.messages.models import Message

LOOK_AFTER = "clinic.settings.edit"


def fetch_message(actor: Actor, message_id: UUID) -> Message:
    """A message of the actor's own clinic, locked.  Raises NotFound, Forbidden."""
    row = Message.objects.select_for_update().filter(id=message_id, clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("message")
    require(actor, LOOK_AFTER)
    return row
