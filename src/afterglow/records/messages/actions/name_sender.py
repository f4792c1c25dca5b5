"""Choose the name under which a clinic writes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.messages import access, events, queries
from afterglow.records.messages.models import SenderName
from afterglow.records.messages.rules.wording import sender_name_is_neutral


@transaction.atomic
def name_sender(*, name: str, by: Actor, at: datetime) -> None:
    """From now on.  The same name again changes nothing.  Raises Refusal `messages.sender_not_neutral`; Forbidden."""
    require(by, access.LOOK_AFTER)
    name = " ".join(name.split())
    verdict = sender_name_is_neutral(name)
    if not verdict.met:
        raise Refusal("messages.sender_not_neutral", verdict.sentence, "Choose a name that a stranger may read.", field="name", findings=verdict.open)
    before = queries.sender_name(by.clinic_id)
    if name == before:
        return
    SenderName.objects.update_or_create(clinic_id=by.clinic_id, defaults={"name": name, "set_at": at, "set_by": by.label})
    trail.record(events.sender_named, by=by, at=at, old={"name": before}, new={"name": name})
