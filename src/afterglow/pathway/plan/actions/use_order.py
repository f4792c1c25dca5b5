"""The infusion of an order was started: the order is spent.  Called by the session's Start, inside its transaction."""

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
from afterglow.pathway.plan.queries import plans as queries
from afterglow.records.chart import access as chart


@transaction.atomic
def use_order(*, order_id: UUID, by: Actor, at: datetime) -> None:
    """One order is for one infusion: using it twice is refused (hazard H5).

    Raises Refusal `plan.order_not_in_force` when it is ended, expired, void by weight, or its plan is not in force; NotFound; Forbidden.
    """
    row = access.fetch_order(by, order_id, access.START)
    chart.lock_person(row.plan.person_id)
    order = queries.order(order_id, at)
    plan = queries.plan(row.plan_id)
    if not order.holds or plan.state != "in_force":
        why = order.verdict.sentence if not order.holds else "The plan it belongs to is not in force."
        raise Refusal("plan.order_not_in_force", f"This order does not hold. {why}", "Ask a prescriber for a new order.", findings=order.verdict.open)
    OrderEnd.objects.create(id=ids.new_id(at), order_id=order_id, why="used", at=at, by=by.label)
    trail.record(
        events.order_used,
        by=by,
        at=at,
        person_id=row.plan.person_id,
        objects={"order": order_id, "plan": row.plan_id},
        new={"dose_no": order.dose_no, "dose_ug": order.dose_ug, "over_min": order.over_min},
    )
