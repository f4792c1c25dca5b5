"""The visits of a course: proposed in free hours, changed by hand, placed all at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.place_visits import place_visits
from afterglow.pathway.plan.actions.propose_visits import Proposal, minutes_of, missing_visits, placed_visits, propose_visits
from afterglow.pathway.plan.forms import FirstDayForm, VisitForm
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule

VisitForms = formset_factory(VisitForm, extra=0, max_num=60, absolute_max=60)


@staff(access.BOOK)
@require_http_methods(["GET", "POST"])
def visits(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """A GET proposes for `first_on`; a POST places what is ticked.

    Placing is desk work: it needs the right to book, not to read the plan, and the page holds days, rooms and names, neither drug nor dose.
    """
    row = access.fetch_plan(request.actor, plan_id, access.BOOK)
    held, site = queries.plan(plan_id), accounts.site(row.site_id, clinic_id=request.clinic_id)
    day_form = FirstDayForm(request.GET if "first_on" in request.GET else None, initial={"first_on": _soon(request, site)})
    proposal, refusal, forms = None, None, None
    if request.method == "POST":
        forms = VisitForms(request.POST, form_kwargs=_choices(request, site))
        if forms.is_valid():
            try:
                _place(request, held, site, forms)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("plan:plan", plan_id) if request.actor.may(access.READ) else redirect("chart:person", row.person_id)
    elif held.state == "in_force":
        proposal, forms = _proposal(request, held, site, day_form)
    trail.read(events.visits_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"plan": plan_id})
    context = {
        "plan": held,
        "site": site,
        "day_form": day_form,
        "proposal": proposal,
        "forms": forms,
        "reason": request.POST.get("reason", ""),
        "key": request.POST.get("key") or ids.new_token(),
        "refusal": refusal,
        "may_read": request.actor.may(access.READ),
        **_who(request, row.person_id),
    }
    return render(request, "plan/visits.html", context, status=422 if request.method == "POST" else 200)


def _proposal(request: HttpRequest, held: PlanRow, site: SiteRow, day_form: FirstDayForm) -> tuple[Proposal | None, BaseFormSet[VisitForm]]:
    """A whole course while nothing is placed; afterwards empty rows for what is missing."""
    choices = _choices(request, site)
    if any(visit.kind == "infusion" for visit in placed_visits(held.id)):
        first = [{"kind": kind, "number": number, "take": False} for kind, number in missing_visits(held)]
        return None, VisitForms(initial=first, form_kwargs=choices)
    if day_form.is_bound and not day_form.is_valid():
        return None, VisitForms(initial=[], form_kwargs=choices)
    first_on = day_form.cleaned_data["first_on"] if day_form.is_bound else _soon(request, site)
    proposal = propose_visits(plan_id=held.id, first_on=first_on, by=request.actor, at=request.at)
    zone = ZoneInfo(site.zone)
    found = {(visit.kind, visit.number): visit for visit in proposal.visits}
    first = []
    for kind, number in missing_visits(held):
        visit = found.get((kind, number))
        told: dict[str, Any] = {"kind": kind, "number": number, "take": visit is not None}
        if visit is not None:
            local = visit.starts_at.astimezone(zone)
            told |= {"day": local.date(), "starts": local.time(), "room_id": visit.room_id or "", "staff_user_id": visit.staff_user_id or ""}
        first.append(told)
    first.sort(key=lambda told: (told.get("day") is None, told.get("day"), told.get("starts")))
    return proposal, VisitForms(initial=first, form_kwargs=choices)


def _place(request: HttpRequest, held: PlanRow, site: SiteRow, forms: BaseFormSet[VisitForm]) -> None:
    chosen = [
        form.placed(site.zone, minutes_of(held.effective, form.cleaned_data["kind"]))
        for form in forms
        if form.cleaned_data and form.cleaned_data["take"]
    ]
    place_visits(
        plan_id=held.id,
        visits=chosen,
        reason=request.POST.get("reason", "")[:1000],
        key=request.POST.get("key", ""),
        by=request.actor,
        at=request.at,
    )


def _choices(request: HttpRequest, site: SiteRow) -> dict[str, list[tuple[str, str]]]:
    return {
        "rooms": [(str(room.id), f"{room.name}, {room.kind_name}") for room in schedule.rooms_of(site.id)],
        "colleagues": [(str(row.user_id), row.name) for row in accounts.staff_of(request.clinic_id)],
    }


def _who(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    """Whose visits: the identity band for those who may read clinical facts; the front desk sees name and number only."""
    identity = chart.identity(person_id) if request.actor.may("chart.clinical.read") else None
    return {"person_id": person_id, "identity": identity, "who": identity or chart_access.fetch_person(request.actor, person_id)}


def _soon(request: HttpRequest, site: SiteRow) -> Any:
    return request.at.astimezone(ZoneInfo(site.zone)).date() + timedelta(days=1)
