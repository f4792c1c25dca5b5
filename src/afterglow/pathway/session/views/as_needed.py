"""Orders against nausea for one infusion: those that are signed, what is known against each drug, and the signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.order_as_needed import checked, end_as_needed, order_as_needed
from afterglow.pathway.session.forms.as_needed import AsNeededForm, EndForm
from afterglow.pathway.session.models import AsNeededOrder
from afterglow.pathway.session.queries.as_needed import antiemetics, open_orders, orders_for
from afterglow.pathway.session.rules.as_needed import AsNeeded, route_words
from afterglow.pathway.session.views.entry import at_its_field
from afterglow.records.chart import queries as chart


@staff(plan_access.ORDER_READ)
@require_http_methods(["GET", "POST"])
def as_needed(request: HttpRequest, plan_id: UUID, dose_no: int) -> HttpResponse:
    """Reading is open to whom `plan.order.read` allows; a POST signs."""
    row = plan_access.fetch_plan(request.actor, plan_id, plan_access.ORDER_READ if request.method == "GET" else plan_access.ORDER_SIGN)
    held, refusal = plans.plan(plan_id), None
    if not 1 <= dose_no <= held.infusions + held.boosters:
        raise NotFound("infusion")
    drugs = [(each["id"], each["says"]) for each in antiemetics().content["drugs"]]
    form = AsNeededForm(request.POST or None, initial={"key": ids.new_token()}, drugs=drugs)
    if request.method == "POST" and form.is_valid():
        try:
            _sign(request, plan_id, dose_no, form)
        except Refusal as caught:
            if caught.status not in (409, 422):
                raise
            refusal = caught
            at_its_field(form, caught)
        else:
            return redirect("session:as_needed", plan_id, dose_no)
    trail.read(events.as_needed_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"plan": plan_id, "dose_no": dose_no})
    context = {**_context(request, held, dose_no), "form": form, "refusal": refusal}
    return render(request, "session/as_needed.html", context, status=422 if request.method == "POST" else 200)


@staff(plan_access.ORDER_SIGN)
@require_POST
def end(request: HttpRequest, order_id: UUID) -> HttpResponse:
    order = access.fetch_as_needed(request.actor, order_id, need=plan_access.ORDER_SIGN)
    form = EndForm(request.POST)
    end_as_needed(order_id=order_id, reason=form.cleaned_data["reason"] if form.is_valid() else "", by=request.actor, at=request.at)
    return redirect("session:as_needed", order.plan_id, order.dose_no)


def _sign(request: HttpRequest, plan_id: UUID, dose_no: int, form: AsNeededForm) -> None:
    told = form.cleaned_data
    signed = confirm_signature(by=request.actor, password=told["password"], at=request.at)
    order_as_needed(
        plan_id=plan_id, dose_no=dose_no, wish=form.wish(), reason=told["reason"], signed=signed, key=told["key"], by=request.actor, at=request.at
    )


def _context(request: HttpRequest, held: PlanRow, dose_no: int) -> dict[str, Any]:
    holding = open_orders(held.id, dose_no, request.at)
    ids_held = {order.id for order, _ in holding}
    library = antiemetics()
    return {
        "plan": held,
        "dose_no": dose_no,
        "library": library,
        "open_orders": [_shown(order, row) for order, row in holding],
        "earlier": [_shown(order, row) for order, row in orders_for(held.id, dose_no) if order.id not in ids_held],
        "known": checked(held, dose_no, [each["id"] for each in library.content["drugs"]], clinic_id=request.clinic_id, at=request.at),
        "may_sign": request.actor.may(plan_access.ORDER_SIGN) and held.state == "in_force",
        "identity": chart.identity(held.person_id),
    }


def _shown(order: AsNeeded, row: AsNeededOrder) -> dict[str, Any]:
    return {"order": order, "row": row, "route": route_words(order.route)}
