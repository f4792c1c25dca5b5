"""Take an order back before it is used."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.models import OrderEnd
from afterglow.records.chart import access as chart


@transaction.atomic
def cancel_order(*, order_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Cancelling again changes nothing.  Raises Refusal `plan.no_reason`, `plan.order_used`; NotFound; Forbidden."""
    order = access.fetch_order(by, order_id, access.ORDER_SIGN)
    if not reason.strip():
        raise Refusal("plan.no_reason", "An order is cancelled for a reason, and none was given.", "Write why in a few words.", field="reason")
    chart.lock_person(order.plan.person_id)
    ended = OrderEnd.objects.filter(order_id=order_id).values_list("why", flat=True).first()
    if ended == "used":
        raise Refusal("plan.order_used", "This order was used: its infusion was started.", "Stop the infusion in its room.")
    if ended is not None:
        return
    OrderEnd.objects.create(id=ids.new_id(at), order_id=order_id, why="cancelled", reason=reason.strip()[:200], at=at, by=by.label)
    trail.record(
        events.order_cancelled,
        by=by,
        at=at,
        person_id=order.plan.person_id,
        objects={"order": order_id, "plan": order.plan_id},
        new={"dose_no": order.dose_no},
        reason=reason.strip(),
    )
