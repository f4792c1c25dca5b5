"""Open a flag: something that one person must own and close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.records.flags import events, rules
from afterglow.records.flags.models import Flag, FlagEvent
from afterglow.records.flags.rules import Urgency


@transaction.atomic
def open_flag(
    *,
    person_id: UUID,
    kind: str,
    urgency: Urgency,
    sentence: str,
    source_kind: str,
    source_id: str,
    by: Actor,
    at: datetime,
    due_at: datetime | None = None,
    owner_id: UUID | None = None,
) -> UUID:
    """The flag's id; the same source and kind give the same flag, however often it is reported.

    Needs no permission of its own: whoever records the answer that raises it, a patient at a link included, opens it.
    """
    fresh = Flag(
        id=ids.new_id(at),
        person_id=person_id,
        kind=kind,
        urgency=urgency,
        sentence=sentence,
        source_kind=source_kind,
        source_id=str(source_id),
        opened_at=at,
        due_at=due_at or rules.due_at(urgency, at),
        owner_id=owner_id,
    )
    Flag.objects.bulk_create([fresh], ignore_conflicts=True)
    flag_id = Flag.objects.values_list("id", flat=True).get(source_kind=source_kind, source_id=str(source_id), kind=kind)
    if flag_id == fresh.id:
        FlagEvent.objects.create(id=ids.new_id(at), flag_id=flag_id, what="opened", at=at, by=by.label, by_user_id=by.user_id, text=sentence)
        trail.record(events.opened, by=by, at=at, person_id=person_id, objects={"flag": flag_id}, new={"kind": kind, "urgency": urgency})
    return flag_id
