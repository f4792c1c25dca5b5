"""Send once more what could not be delivered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.messages import access, events, queries
from afterglow.records.messages.models import Attempt
from afterglow.records.messages.rules.delivery import USEFUL_AFTER_RETRY


@transaction.atomic
def retry_message(*, message_id: UUID, key: str, by: Actor, at: datetime) -> None:
    """It waits again, with all its tries; one to a person waits for the end of the night as well.  Raises Refusal `messages.not_dead`; NotFound; Forbidden."""
    message = access.fetch_message(by, message_id)
    if once(by, key, {"retry": str(message_id)}, at=at) is not None:
        return
    if message.state != "dead":
        raise Refusal("messages.not_dead", "This message is not among those that were given up.", "Reload the page to see where it is.")
    leaves_at = queries.held_until(message, at) or at
    message.state, message.tries, message.next_try_at, message.useful_until_at = "queued", 0, leaves_at, leaves_at + USEFUL_AFTER_RETRY
    message.save(update_fields=["state", "tries", "next_try_at", "useful_until_at"])
    Attempt.objects.create(id=ids.new_id(at), message_id=message.id, at=at, outcome="again", by=by.label)
    trail.record(events.tried_again, by=by, at=at, person_id=message.person_id, objects={"message": message.id})
    answer(by, key, {"again": True})
