"""The only way to a plan or an order: through the person it is for."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.errors import NotFound
from afterglow.pathway.plan.models import Order, TreatmentPlan
from afterglow.records.chart import access as chart

READ, MAKE, SIGN, REVISE = "plan.plan.read", "plan.plan.make", "plan.plan.sign", "plan.plan.revise"
ORDER_READ, ORDER_SIGN = "plan.order.read", "plan.order.sign"
BOOK = "schedule.appointment.book"
START = "session.session.start"
GUARDRAILS_READ, GUARDRAILS_ACCEPT = "session.limits.read", "session.limits.accept"
"""Who reads and accepts the limits of a site does so with the guardrails of its protocols."""


def fetch_plan(actor: Actor, plan_id: UUID, need: str = READ, *, lock: bool = False) -> TreatmentPlan:
    """A plan of a person whom the actor may see.  Raises NotFound, Forbidden."""
    rows = TreatmentPlan.objects.select_for_update(of=("self",)) if lock else TreatmentPlan.objects
    row = rows.filter(id=plan_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("plan")
    chart.fetch_person(actor, row.person_id, need=need)
    return row


def fetch_order(actor: Actor, order_id: UUID, need: str = ORDER_READ) -> Order:
    """An order for a person whom the actor may see.  Raises NotFound, Forbidden."""
    row = Order.objects.select_related("plan").filter(id=order_id, plan__person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("order")
    chart.fetch_person(actor, row.plan.person_id, need=need)
    return row


def fetch_site(actor: Actor, site_id: UUID, need: str) -> SiteRow:
    """A site of the actor's own clinic.  Raises NotFound, Forbidden."""
    site = accounts.site(site_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return site
