"""Note by whose approval research is done here; without one in force no table leaves."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.registry import access, events
from afterglow.pathway.registry.models import ResearchApproval


@transaction.atomic
def note_approval(*, board: str, reference: str, valid_until_on: date, key: str, by: Actor, at: datetime) -> UUID:
    """The approval as its paper says it; the newest counts, also one that ends earlier than the one before.

    Raises Forbidden; Refusal `registry.approval_not_whole`.
    """
    require(by, access.APPROVE)
    said = {"board": board.strip(), "reference": reference.strip(), "valid_until_on": valid_until_on.isoformat()}
    if (earlier := once(by, key, said, at=at)) is not None:
        return UUID(earlier["approval"])
    for name in ("board", "reference"):
        if not said[name] or "\x00" in said[name]:
            raise Refusal("registry.approval_not_whole", "An approval names its board and its number.", "Copy both from the letter.", field=name)
    row = ResearchApproval.objects.create(
        id=ids.new_id(at),
        clinic_id=by.clinic_id,
        board=said["board"],
        reference=said["reference"],
        valid_until_on=valid_until_on,
        noted_at=at,
        noted_by=by.label,
    )
    trail.record(events.research_approval_noted, by=by, at=at, objects={"approval": row.id}, new=said)
    answer(by, key, {"approval": str(row.id)})
    return row.id
