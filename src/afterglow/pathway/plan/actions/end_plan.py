"""End a plan: finished, stopped, or followed by another version.  Its open orders become void with it, and a course that ends frees its visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.free_visits import free_visits
from afterglow.pathway.plan.actions.open_plans import note_open_plans
from afterglow.pathway.plan.models import Order, OrderEnd, TreatmentPlan
from afterglow.records.schedule.actions.book import lock_calendar


@transaction.atomic
def end_plan(*, plan_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """A draft is dropped, a plan in force ends and its visits ahead are cancelled; ending it again changes nothing.

    Raises Refusal `plan.no_reason`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.REVISE)
    lock_calendar(by, row.person_id)
    row = access.fetch_plan(by, plan_id, access.REVISE, lock=True)
    if row.state in ("ended", "dropped"):
        return
    if not reason.strip():
        raise Refusal("plan.no_reason", "A plan ends for a reason, and none was given.", "Write why in a few words.", field="reason")
    was_in_force = row.state == "in_force"
    end_held_plan(row, reason=reason.strip(), by=by, at=at)
    if was_in_force:
        free_visits(plan_id, by=by, at=at)


def end_held_plan(row: TreatmentPlan, *, reason: str, by: Actor, at: datetime) -> None:
    """The caller holds the person's lock and the plan's."""
    old, row.state = row.state, "ended" if row.state == "in_force" else "dropped"
    row.ended_at, row.end_reason = at, reason[:200]
    row.save(update_fields=["state", "ended_at", "end_reason"])
    note_open_plans(row.person_id)
    trail.record(
        events.plan_ended,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"plan": row.id},
        old={"state": old},
        new={"state": row.state},
        reason=reason,
    )
    for order in Order.objects.filter(plan_id=row.id).exclude(id__in=OrderEnd.objects.filter(order__plan_id=row.id).values("order_id")):
        void_order(order, person_id=row.person_id, reason=reason, by=by, at=at)


def void_order(order: Order, *, person_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """The order holds no longer.  The caller holds the person's lock."""
    OrderEnd.objects.create(id=ids.new_id(at), order_id=order.id, why="void", reason=reason[:200], at=at, by=by.label)
    trail.record(
        events.order_voided,
        by=by,
        at=at,
        person_id=person_id,
        objects={"order": order.id, "plan": order.plan_id},
        new={"dose_no": order.dose_no},
        reason=reason,
    )
