"""Add to a flag's story: a call tried, a message left."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.flags import access, events
from afterglow.records.flags.models import FlagEvent


@transaction.atomic
def note_flag(*, flag_id: UUID, text: str, key: str, by: Actor, at: datetime) -> None:
    """Raises Refusal `flags.empty_note`."""
    flag = access.fetch_flag(by, flag_id, "flags.flag.own", lock=True)
    if once(by, key, {"flag": str(flag_id), "text": text}, at=at) is not None:
        return
    if not text.strip():
        raise Refusal("flags.empty_note", "The note is empty.", "Write what was tried or said.", field="text")
    FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag.id, what="noted", at=at, by=by.label, by_user_id=by.user_id, text=text.strip())
    trail.record(events.noted, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id})
    answer(by, key, {"noted": True})
