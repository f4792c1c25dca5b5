"""Hand a flag to somebody else, or to nobody, when its owner can no longer answer it: done by the software, never by a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.records.flags import access, events
from afterglow.records.flags.models import FlagEvent

NOBODY = "Nobody owns it now: somebody must take it."


@transaction.atomic
def hand_over(*, flag_id: UUID, seen: UUID | None, to: UUID | None, to_name: str, why: str, by: Actor, at: datetime) -> bool:
    """Whether it changed hands.  `seen` is the owner the decision was made about: who took or closed the flag meanwhile is not overruled.

    Without anybody to hand it to it is due at once, so that it stands at the top of every list.  Raises NotFound, Forbidden.
    """
    flag = access.fetch_flag(by, flag_id, "flags.flag.own", lock=True)
    if flag.closed_at is not None or flag.owner_id != seen or flag.owner_id == to:
        return False
    flag.owner_id = to
    if to is None:
        flag.due_at = min(flag.due_at, at)
    flag.save(update_fields=["owner", "due_at"])
    text = f"{why} {NOBODY}" if to is None else f"{why} {to_name} is on call and owns it now."
    FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag.id, what="noted", at=at, by=by.label, by_user_id=by.user_id, text=text)
    trail.record(
        events.handed_over, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id}, old={"owner": seen}, new={"owner": to}, reason=why
    )
    return True
