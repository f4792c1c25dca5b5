"""One more infusion after the course: the decision, and its visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, confirm_other, confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.aftercare import access, events
from afterglow.pathway.aftercare.actions.decide_booster import decide_booster, verdict_now
from afterglow.pathway.aftercare.forms import BoosterForm, VisitForm, soonest
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries import timing as own
from afterglow.pathway.aftercare.queries.aftercare import Page
from afterglow.pathway.plan.actions.place_booster import place_booster
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.science.dosing.limits import interval_rules_from


@staff(access.BOOSTER)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, aftercare_id: UUID) -> HttpResponse:
    """What stands for and against a booster, with the standing beside it; a POST signs, or only checks."""
    row = access.fetch_aftercare(request.actor, aftercare_id, access.BOOSTER)
    posting, checking = request.method == "POST", "check" in request.POST
    page = queries.page(aftercare_id, request.at)
    first = {"key": ids.new_token(), "earliest_on": _soonest(page)}
    form, refusal = BoosterForm(request.POST if posting else None, initial=first), None
    if posting and form.is_valid() and not checking:
        try:
            _sign(request, aftercare_id, form)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("aftercare:person", row.person_id)
    if not checking:  # a look at the verdict while typing is no new reading of the record
        trail.read(events.booster_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"aftercare": aftercare_id})
    earliest_on = (form.cleaned_data.get("earliest_on") if form.is_bound else None) or first["earliest_on"]
    verdict = verdict_now(page.aftercare, earliest_on=earliest_on, elsewhere=form.said_elsewhere(), by=request.actor, at=request.at)
    context = {
        "page": page,
        "form": form,
        "refusal": refusal,
        "verdict": verdict,
        "identity": chart.identity(row.person_id),
        "plan": _held(row.plan_id),
        "timing": own.own_timing(row.person_id, request.at),
        "reading": own.reading(),
    }
    return render(request, "aftercare/booster.html", context, status=422 if posting and not checking else 200)


@staff(access.BOOK)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, aftercare_id: UUID, dose_no: int) -> HttpResponse:
    """Book the visit of an allowed booster.  Desk work: day, hour and room, neither drug nor dose."""
    row = access.fetch_aftercare(request.actor, aftercare_id, access.BOOK)
    page = queries.page(aftercare_id, request.at)
    booster = next((each for each in page.boosters if each.row.dose_no == dose_no), None)
    held = _held(row.plan_id)
    if booster is None or held is None:
        raise NotFound("booster")
    site, posting = accounts.site(held.site_id, clinic_id=request.clinic_id), request.method == "POST"
    rooms = [(str(room.id), room.name) for room in schedule.rooms_of(site.id, "dosing")]
    first = {"key": ids.new_token(), "day": max(booster.row.earliest_on, page.aftercare.today)}
    form, refusal = VisitForm(request.POST if posting else None, initial=first, rooms=rooms), None
    if posting and form.is_valid():
        try:
            place_booster(plan_id=held.id, dose_no=dose_no, **form.asked(site.zone), by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("aftercare:person", row.person_id) if request.actor.may(access.READ) else redirect("chart:person", row.person_id)
    trail.read(events.visit_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"aftercare": aftercare_id, "dose_no": dose_no})
    context = {"booster": booster, "form": form, "refusal": refusal, "site": site, "may_read": request.actor.may(access.READ)}
    return render(request, "aftercare/visit.html", context | _who(request, row.person_id), status=422 if posting else 200)


def _sign(request: HttpRequest, aftercare_id: UUID, form: BoosterForm) -> None:
    told = form.cleaned_data
    signed, second = _signatures(request, told)
    decide_booster(
        aftercare_id=aftercare_id,
        earliest_on=told["earliest_on"],
        reason=told["reason"],
        elsewhere=form.said_elsewhere(),
        signed=signed,
        second=second,
        key=told["key"],
        by=request.actor,
        at=request.at,
    )


def _signatures(request: HttpRequest, told: dict[str, Any]) -> tuple[Signature, Signature | None]:
    signed = confirm_signature(by=request.actor, password=told["password"], at=request.at)
    if not told["second_email"] and not told["second_password"]:
        return signed, None
    if not told["second_email"] or not told["second_password"]:
        raise Refusal(
            "plan.second_signer", "The second signature needs both address and password.", "Fill in both, or leave both empty.", field="second_email"
        )
    _, second = confirm_other(email=told["second_email"], password=told["second_password"], by=request.actor, at=request.at)
    return signed, second


def _held(plan_id: UUID) -> PlanRow | None:
    """The version in force of the course that aftercare follows."""
    version = plans.version_in_force(plan_id)
    return None if version is None else plans.plan(version)


def _soonest(page: Page) -> Any:
    """Today, or so long after the last booster as the protocol asks for."""
    held = plans.plan(page.aftercare.plan_id)
    given = [each.given_at for each in page.boosters if each.given_at is not None]
    last_on = max(given).astimezone(ZoneInfo(page.aftercare.zone)).date() if given else None
    return soonest(page.aftercare.today, last_on, interval_rules_from(held.effective).booster_every)


def _who(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    """Whose visit: the identity band for those who may read clinical facts; the front desk sees name and number only."""
    identity = chart.identity(person_id) if request.actor.may("chart.clinical.read") else None
    return {"person_id": person_id, "identity": identity, "who": identity or chart_access.fetch_person(request.actor, person_id)}
