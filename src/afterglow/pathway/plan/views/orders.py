"""One infusion's order: what it would say, whether it may be signed, and the signature."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.cancel_order import cancel_order
from afterglow.pathway.plan.actions.sign_order import sign_order
from afterglow.pathway.plan.actions.standing import OrderWish, order_standing
from afterglow.pathway.plan.forms import OrderForm, ReasonForm
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.orders import may_sign_order
from afterglow.pathway.plan.views.signing import signatures
from afterglow.records.chart import queries as chart


@staff(access.ORDER_READ)
@require_http_methods(["GET", "POST"])
def order(request: HttpRequest, plan_id: UUID, dose_no: int) -> HttpResponse:
    """The page of one infusion's order.  Reading is open to whom `plan.order.read` allows; a POST signs."""
    row = access.fetch_plan(request.actor, plan_id, access.ORDER_READ if request.method == "GET" else access.ORDER_SIGN)
    held = queries.plan(plan_id)
    if not 1 <= dose_no <= held.infusions + held.boosters:
        raise NotFound("infusion")
    checking, refusal = "check" in request.POST, None
    form = OrderForm(request.POST or None, initial=_first(request, held, dose_no))
    if request.method == "POST" and not checking and form.is_valid():
        try:
            signed, second = signatures(request, form.cleaned_data)
            sign_order(
                plan_id=plan_id,
                dose_no=dose_no,
                **form.asked(),
                reason=form.cleaned_data["reason"],
                second=second,
                signed=signed,
                key=form.cleaned_data["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("plan:order", plan_id, dose_no)
    if not checking:  # a look at the verdict while typing is no new reading of the record
        trail.read(events.order_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"plan": plan_id, "dose_no": dose_no})
    failed = request.method == "POST" and not checking
    return render(request, "plan/order.html", _context(request, held, dose_no, form, refusal), status=422 if failed else 200)


@staff(access.ORDER_SIGN)
@require_POST
def cancel(request: HttpRequest, order_id: UUID) -> HttpResponse:
    row = access.fetch_order(request.actor, order_id, access.ORDER_SIGN)
    form = ReasonForm(request.POST)
    cancel_order(order_id=order_id, reason=form.cleaned_data["reason"] if form.is_valid() else "", by=request.actor, at=request.at)
    return redirect("plan:order", row.plan_id, row.dose_no)


def _context(request: HttpRequest, held: PlanRow, dose_no: int, form: OrderForm, refusal: Refusal | None) -> dict[str, Any]:
    may_sign = request.actor.may(access.ORDER_SIGN)
    asked = {}
    if form.is_bound:
        form.is_valid()
        asked = form.asked()
    standing = order_standing(held, OrderWish(dose_no=dose_no, **asked), signer=request.actor.user_id, clinic_id=request.clinic_id, at=request.at)
    rows = queries.orders_of(held.id, request.at, dose_no=dose_no)
    return {
        "plan": held,
        "dose_no": dose_no,
        "booster": max(0, dose_no - held.infusions),
        "form": form,
        "refusal": refusal,
        "standing": standing,
        "weight": standing.weight,
        "planned_ug": standing.planned_ug,
        "planned_min": standing.facts.planned_over_min,
        "drug": standing.facts.dose.drug,
        "adjusted": held.effective["dose"]["basis"] == "adjusted weight",
        "verdict": may_sign_order(standing.facts, standing.limits, standing.weights) if may_sign else None,
        "open_order": next((row for row in rows if row.is_open), None),
        "earlier": [row for row in rows if not row.is_open],
        "may_sign": may_sign,
        "cancel_form": ReasonForm(auto_id="id_cancel_%s"),
        "identity": chart.identity(held.person_id),
    }


def _first(request: HttpRequest, held: PlanRow, dose_no: int) -> dict[str, Any]:
    """The planned dose and minutes; nothing that safety forbids to prefill (whether the weight still holds)."""
    standing = order_standing(held, OrderWish(dose_no=dose_no), signer=request.actor.user_id, clinic_id=request.clinic_id, at=request.at)
    first: dict[str, Any] = {"key": ids.new_token(), "over_min": standing.facts.planned_over_min}
    if standing.planned_ug is not None:
        first["dose_mg"] = Decimal(standing.planned_ug) / 1000
    return first
