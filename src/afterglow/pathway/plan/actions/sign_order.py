"""A prescriber signs one order for one infusion, in mg over minutes, on a weight with its date (safety 4, 14, 16; S32)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.end_plan import void_order
from afterglow.pathway.plan.actions.signing import check_both, lifted, seen
from afterglow.pathway.plan.actions.standing import OrderStanding, OrderWish, order_standing
from afterglow.pathway.plan.models import Order
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.orders import may_sign_order
from afterglow.records.chart import access as chart
from afterglow.records.chart.queries import BodyRow
from afterglow.science.verdict import Verdict


@transaction.atomic
def sign_order(
    *,
    plan_id: UUID,
    dose_no: int,
    dose_ug: int | None = None,
    over_min: int | None = None,
    dosing_weight_g: int | None = None,
    weight_confirmed: bool | None = None,
    reason: str = "",
    second: Signature | None = None,
    signed: Signature,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The order's id.  Dose and minutes left out are the plan's, worked out from the latest weight.

    An earlier order of this infusion that no longer holds (expired, or the weight changed) becomes void.
    Raises Refusal `plan.order_not_signed` with every open item, `plan.second_signer`, `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.ORDER_SIGN)
    wish = OrderWish(dose_no=dose_no, dose_ug=dose_ug, over_min=over_min, dosing_weight_g=dosing_weight_g, weight_confirmed=weight_confirmed)
    asked = [plan_id, dose_no, dose_ug, over_min, dosing_weight_g, weight_confirmed, reason.strip(), second.user_id if second else None]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["order"])
    check_both(signed, second, by=by, at=at)
    chart.lock_person(row.person_id)
    access.fetch_plan(by, plan_id, access.ORDER_SIGN, lock=True)
    plan = queries.plan(plan_id)
    standing = order_standing(plan, wish, signer=signed.user_id, clinic_id=by.clinic_id, at=at)
    verdict = may_sign_order(standing.facts, standing.limits, standing.weights)
    verdict = lifted(verdict, {"": reason}, signed, second, by=by, today=standing.facts.today)
    if not verdict.met or standing.weight is None:
        raise Refusal(
            "plan.order_not_signed", f"The order was not signed. {verdict.sentence}", "Settle what is named here, then sign.", findings=verdict.open
        )
    _void_earlier(plan, dose_no, by=by, at=at)
    order = _store(plan, standing, standing.weight, verdict, reason, signed, second, at)
    _audit(order, plan, verdict, by=by, at=at)
    answer(by, key, {"order": str(order.id)})
    return order.id


def _void_earlier(plan: PlanRow, dose_no: int, *, by: Actor, at: datetime) -> None:
    """Orders of this infusion that are open but do not hold any more: the rule has made sure that none holds."""
    for earlier in queries.orders_of(plan.id, at, dose_no=dose_no):
        if earlier.is_open:
            void_order(Order.objects.get(id=earlier.id), person_id=plan.person_id, reason=earlier.verdict.sentence, by=by, at=at)


def _store(
    plan: PlanRow,
    standing: OrderStanding,
    weight: BodyRow,
    verdict: Verdict,
    reason: str,
    signed: Signature,
    second: Signature | None,
    at: datetime,
) -> Order:
    facts = standing.facts
    dosing = facts.dosing_weight
    if facts.dose.dose_ug is None or facts.dose.over_min is None or dosing is None or dosing.basis is None:
        raise AssertionError("a met verdict without a dose")  # the rules ask for each of these
    return Order.objects.create(
        id=ids.new_id(at),
        plan_id=plan.id,
        dose_no=facts.dose_number,
        drug=facts.planned_drug_id,
        route="iv",
        dose_ug=facts.dose.dose_ug,
        over_min=facts.dose.over_min,
        dose_ug_per_kg=facts.dose.dose_ug * 1000 // weight.grams,
        weight_id=weight.id,
        weight_g=weight.grams,
        dose_basis=dosing.basis if dosing.weight_g == weight.grams else f"{dosing.basis}, {dosing.weight_g / 1000:g} kg",
        reason=reason.strip(),
        second_by_id=second.user_id if second else None,
        saw_text=trail.canonical(seen(verdict)),
        signed_at=at,
        signed_by_id=signed.user_id,
        expires_at=at + timedelta(days=plan.effective["order"]["valid_days"]),
    )


def _audit(order: Order, plan: PlanRow, verdict: Verdict, *, by: Actor, at: datetime) -> None:
    trail.record(
        events.order_signed,
        by=by,
        at=at,
        person_id=plan.person_id,
        objects={"order": order.id, "plan": plan.id},
        new={"dose_no": order.dose_no, "dose_ug": order.dose_ug, "over_min": order.over_min, "weight_g": order.weight_g, "saw": seen(verdict)},
        reason=order.reason,
        library=plan.protocol.label,
    )
