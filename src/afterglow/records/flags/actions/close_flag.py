"""Close a flag: by its owner, with a note."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.flags import access, events, rules
from afterglow.records.flags.models import FlagEvent


@transaction.atomic
def close_flag(*, flag_id: UUID, note: str, key: str, by: Actor, at: datetime) -> None:
    """Raises Refusal `flags.not_closed` with every reason at once; the database holds the same rule."""
    flag = access.fetch_flag(by, flag_id, "flags.flag.close", lock=True)
    if once(by, key, {"flag": str(flag_id), "note": note}, at=at) is not None:
        return
    verdict = rules.may_close(
        rules.ClosingFacts(
            owner_id=str(flag.owner_id) if flag.owner_id else None,
            closer_id=str(by.user_id),
            already_closed=flag.closed_at is not None,
            note=note,
            kind=flag.kind,
            closer_prescribes=by.may("plan.order.sign"),
            opener_id=_opener(flag_id) if flag.kind in rules.FOR_SOMEBODY_ELSE else None,
        )
    )
    if not verdict.met:
        raise Refusal("flags.not_closed", verdict.sentence, "Then close it again; what you typed is kept.", field="note", findings=verdict.open)
    flag.closed_at, flag.closing_note = at, note.strip()
    flag.save(update_fields=["closed_at", "closing_note"])
    FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag.id, what="closed", at=at, by=by.label, by_user_id=by.user_id, text=note.strip())
    trail.record(events.closed, by=by, at=at, person_id=flag.person_id, objects={"flag": flag.id}, reason=note.strip())
    answer(by, key, {"closed": True})


def _opener(flag_id: UUID) -> str | None:
    """Who opened it at a desk."""
    user_id = FlagEvent.objects.filter(flag_id=flag_id, what="opened").values_list("by_user_id", flat=True).first()
    return None if user_id is None else str(user_id)
