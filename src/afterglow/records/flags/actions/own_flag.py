"""Take a flag: from now on it is this person's to close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.flags import access, events, queries
from afterglow.records.flags.models import FlagEvent


@transaction.atomic
def own_flag(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Taking one's own flag again changes nothing; whom the software named takes it by this too, and is paged no more.  Raises Refusal `flags.closed`."""
    flag = access.fetch_flag(by, flag_id, "flags.flag.own", lock=True)
    if flag.closed_at is not None:
        raise Refusal("flags.closed", "This flag is closed already.", "Read its closing note below.")
    if flag.owner_id == by.user_id and queries.is_taken(flag.id):
        return
    before, flag.owner_id = flag.owner_id, by.user_id
    flag.save(update_fields=["owner"])
    FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag.id, what="owned", at=at, by=by.label, by_user_id=by.user_id)
    trail.record(events.owned, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id}, old={"owner": before}, new={"owner": by.user_id})
