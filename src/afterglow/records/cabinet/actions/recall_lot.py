"""Take a lot out of use at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.cabinet import access, events, queries, rules
from afterglow.records.cabinet.models import Lot


@transaction.atomic
def recall_lot(*, lot_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """No drug is drawn from it any more; recalling it again changes nothing.  Raises Refusal `cabinet.no_reason`; NotFound; Forbidden."""
    access.fetch_lot(by, lot_id, need=access.COUNT)
    if not (finding := rules.has_reason(reason)).is_met:
        raise Refusal("cabinet.no_reason", f"The lot was not recalled. {finding.sentence}", "Write who recalled it and why.", field="reason")
    queries.lock_lot(lot_id)
    row = Lot.objects.get(id=lot_id)
    if row.recalled_at is not None:
        return
    row.recalled_at, row.recall_reason = at, reason.strip()
    row.save(update_fields=["recalled_at", "recall_reason"])
    trail.record(events.recalled, by=by, at=at, objects={"lot": lot_id}, new={"people": len(queries.draws_to(lot_id))}, reason=reason.strip())
