"""The plan station: who waits, a person's plans, a draft with its verdict, the page of one plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, released
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.make_plan import make_plan
from afterglow.pathway.plan.actions.propose_visits import missing_visits
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.actions.standing import plan_facts, signing_facts
from afterglow.pathway.plan.forms import AllowForm, PlanForm, ReasonForm, SignForm
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries import waiting as worklist
from afterglow.pathway.plan.queries.baseline import baseline_before, baseline_for
from afterglow.pathway.plan.queries.guardrails import guardrails
from afterglow.pathway.plan.queries.plans import OrderRow, PlanRow
from afterglow.pathway.plan.rules.baseline import Baseline
from afterglow.pathway.plan.rules.beside import talks
from afterglow.pathway.plan.rules.boosters import limit_for
from afterglow.pathway.plan.rules.changes import Individualised
from afterglow.pathway.plan.rules.plans import may_make_plan, may_sign_plan
from afterglow.pathway.plan.views.signing import signatures
from afterglow.pathway.screening.rules.indications import Indication
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries.comfort import comfort
from afterglow.records.schedule.queries import AppointmentRow
from afterglow.science.verdict import Finding

PROTOCOL = "iv_mdd_standard"


@dataclass(frozen=True, slots=True)
class Infusion:
    """One infusion of the course as the page shows it; `booster` counts those after the course, 0 inside it."""

    number: int
    visit: AppointmentRow | None
    order: OrderRow | None
    state: Finding | None
    allowed: bool
    booster: int


@staff(access.READ)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    rows = worklist.waiting(request.actor, request.at)
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(rows))
    return render(request, "plan/waiting.html", {"rows": rows})


@staff(access.READ)
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """All plans of one person, newest first."""
    chart_access.fetch_person(request.actor, person_id, need=access.READ)
    rows = queries.plans_of(person_id)
    trail.read(events.person_read, by=request.actor, at=request.at, person_id=person_id)
    in_force = next((row for row in rows if row.state == "in_force"), None)
    context = {"rows": rows, "in_force": in_force, "identity": chart.identity(person_id), "may_make": request.actor.may(access.MAKE)}
    return render(request, "plan/person.html", context)


@staff(access.MAKE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A draft from the protocol, or the next version of the plan in force; the verdict stands beside the numbers while they change."""
    chart_access.fetch_person(request.actor, person_id, need=access.MAKE)
    before = queries.plan_in_force(person_id)
    what_for = queries.cleared_for(person_id)
    offered = [] if before else _offered(what_for)
    protocol = before.protocol if before else _chosen(request, offered)
    standing = before.effective if before else protocol.content
    reasons = {change.path: change.reason for change in before.changes} if before else {}
    first = {"key": ids.new_token()}
    form = PlanForm(request.POST or None, initial=first, protocol=protocol.content, standing=standing, reasons=reasons)
    sites = accounts.sites_of(request.clinic_id)
    site, checking, refusal = _site(request, sites, before), "check" in request.POST, None
    if request.method == "POST" and form.is_valid() and not checking:
        try:
            plan_id = make_plan(
                person_id=person_id,
                site_id=site.id,
                protocol=protocol.id,
                changes=form.wishes(),
                replaces=before.id if before else None,
                key=form.cleaned_data["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("plan:plan", plan_id)
    if not checking:  # a look at the verdict while typing is no new reading of the record
        trail.read(events.draft_read, by=request.actor, at=request.at, person_id=person_id)
    made = queries.individualised(protocol, form.wishes() if form.is_bound and form.is_valid() else before.changes if before else ())
    facts = plan_facts(person_id=person_id, protocol=protocol, site=site, replaces=before.id if before else None, signer=None, at=request.at)
    context = {
        "form": form,
        "refusal": refusal,
        "protocol": protocol,
        "offered": offered,
        "what_for": what_for,
        "before": before,
        "made": made,
        "verdict": may_make_plan(facts, made),
        "liftable": made.verdict.liftable,
        "site": site,
        "sites": sites,
        "identity": chart.identity(person_id),
        **_severity(request, made, partial(baseline_before, before, person_id, protocol.content, at=request.at)),
    }
    return render(request, "plan/new.html", context, status=422 if refusal or (form.is_bound and form.errors) else 200)


def _offered(what_for: Indication | None) -> list[LibraryRecord]:
    """The protocols for what the person is cleared for, the usual one first; every one while nobody has decided, each with its refusal."""
    known = {file.id: file for file in released("protocols")}
    return list(known.values()) if what_for is None else [known[name] for name in what_for.protocols if name in known]


def _chosen(request: HttpRequest, offered: list[LibraryRecord]) -> LibraryRecord:
    """The protocol that the reader chose, the usual one before that.  Raises NotFound for one that is not offered."""
    wanted = request.POST.get("protocol") or request.GET.get("protocol")
    usual = next((each for each in offered if each.id == PROTOCOL), offered[0] if offered else None)
    found = next((each for each in offered if each.id == wanted), None) if wanted else usual
    if found is None:
        raise NotFound("protocol")
    return found


@staff(access.READ)
@require_GET
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    return _plan(request, plan_id)


@staff(access.SIGN)
@require_POST
def sign(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    access.fetch_plan(request.actor, plan_id, access.SIGN)
    form = SignForm(request.POST)
    if not form.is_valid():
        return _plan(request, plan_id, sign_form=form, failed=form, status=422)
    try:
        signed, second = signatures(request, form.cleaned_data)
        sign_plan(plan_id=plan_id, signed=signed, second=second, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _plan(request, plan_id, sign_form=form, refusal=refusal, status=422)
    return redirect("plan:plan", plan_id)


@staff(access.REVISE)
@require_POST
def end(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    access.fetch_plan(request.actor, plan_id, access.REVISE)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _plan(request, plan_id, end_form=form, failed=form, status=422)
    end_plan(plan_id=plan_id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    return redirect("plan:plan", plan_id)


@staff(access.SIGN)
@require_POST
def allow(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One bridging dose before the review, with a reason."""
    access.fetch_plan(request.actor, plan_id, access.SIGN)
    form = AllowForm(request.POST)
    if not form.is_valid():
        return _plan(request, plan_id, allow_form=form, failed=form, status=422)
    told = form.cleaned_data
    try:
        signed, _ = signatures(request, told)
        allow_doses(
            plan_id=plan_id,
            up_to=told["up_to"],
            reason=told["reason"],
            reviewed=False,
            signed=signed,
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        return _plan(request, plan_id, allow_form=form, refusal=refusal, status=422)
    return redirect("plan:plan", plan_id)


def _plan(request: HttpRequest, plan_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    row = access.fetch_plan(request.actor, plan_id)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"plan": plan_id})
    held, site = queries.plan(plan_id), accounts.site(row.site_id, clinic_id=request.clinic_id)
    visits = [visit for visit in queries.visits(plan_id) if visit.state != "cancelled"]
    may_order = request.actor.may(access.ORDER_SIGN)
    context = {
        "plan": held,
        "content": held.effective,
        "identity": chart.identity(row.person_id),
        "site": site,
        "weeks": weeks(visits),
        "infusions": infusions(held, visits, queries.orders_of(plan_id, request.at) if request.actor.may(access.ORDER_READ) else []),
        "may_read_orders": request.actor.may(access.ORDER_READ),
        "may_order": may_order and held.state == "in_force",
        "may_book": request.actor.may(access.BOOK) and held.state == "in_force",
        "missing": missing_visits(held) if held.state == "in_force" else [],
        "given": queries.doses_used(plan_id),
        "allowances": queries.allowances(plan_id),
        "may_sign": request.actor.may(access.SIGN),
        "may_revise": request.actor.may(access.REVISE),
        "verdict": _sign_verdict(request, held, site) if held.state == "draft" and request.actor.may(access.SIGN) else None,
        "sign_form": SignForm(),
        "end_form": ReasonForm(auto_id="id_end_%s"),
        "allow_form": AllowForm(initial={"up_to": held.allowed_doses + 1}, auto_id="id_allow_%s"),
        "is_limited": held.state == "in_force" and held.allowed_doses < held.infusions,
        "may_bridge": request.actor.may(access.SIGN) and queries.bridging_used(plan_id) < held.effective["bridging_doses"]["at_most"],
        "sources": sources(held.protocol),
        "guardrails": guardrails(held.site_id, held.protocol),
        "may_read_guardrails": request.actor.may(access.GUARDRAILS_READ),
        **_severity(request, held.made, partial(baseline_for, held, at=request.at), frozen=held.signed_at is not None),
        **_beside(request, held),
    }
    return render(request, "plan/plan.html", context | more, status=status)


def _severity(request: HttpRequest, made: Individualised, baseline: Callable[[], Baseline | None], *, frozen: bool = False) -> dict[str, Any]:
    """How severe it was, beside the number of infusions, for who may read scores."""
    if not request.actor.may("measures.answer.read"):
        return {}
    number = next((each for each in made.differences if each.path == "course.infusions"), None)
    infusions = int(made.content["course"]["infusions"])
    return {"shows_baseline": True, "baseline": baseline(), "frozen": frozen, "infusions_now": infusions, "number": number}


def _beside(request: HttpRequest, held: PlanRow) -> dict[str, Any]:
    """What stands beside the infusions, for who may read the chart: the goal in the person's own words, the talks, the medicines."""
    if not request.actor.may("chart.clinical.read"):
        return {}
    return {
        "comfort": comfort(held.person_id),
        "talks": talks(held.effective, [(visit.kind, visit.state) for visit in queries.visits(held.id)]),
        "medicines": chart.medicines(held.person_id),
        "team": chart.care_team(held.person_id),
        "may_read_goals": request.actor.may("integration.visit.read"),
    }


def _sign_verdict(request: HttpRequest, held: PlanRow, site: SiteRow) -> object:
    facts = signing_facts(held, site=site, signer=request.actor.user_id, at=request.at)
    return may_sign_plan(facts, held.made)


def infusions(held: PlanRow, visits: list[AppointmentRow], orders: list[OrderRow]) -> list[Infusion]:
    """Each infusion with its visit and the order that counts: the open one, else the one signed last."""
    by_visit = {visit.dose_no: visit for visit in visits if visit.kind == "dosing"}
    found = []
    for number in range(1, held.infusions + held.boosters + 1):
        mine = [order for order in orders if order.dose_no == number]
        order = next((each for each in mine if each.is_open), mine[0] if mine else None)
        state = next(iter(order.verdict.open), None) if order else None
        limit = limit_for(number, infusions=held.infusions, allowed=held.allowed_doses, boosters=held.boosters)
        found.append(Infusion(number, by_visit.get(number), order, state, number <= limit, max(0, number - held.infusions)))
    return found


def weeks(visits: list[AppointmentRow]) -> list[list[tuple[date, list[AppointmentRow]]]]:
    """The calendar of the course: from the Monday of the first visit to the Sunday of the last, each day with its visits."""
    if not visits:
        return []
    first, last = min(visit.local_on for visit in visits), max(visit.local_on for visit in visits)
    monday = first - timedelta(days=first.weekday())
    count = (last - monday).days // 7 + 1
    days = [monday + timedelta(days=ahead) for ahead in range(7 * count)]
    cells = [(day, [visit for visit in visits if visit.local_on == day]) for day in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def sources(protocol: LibraryRecord) -> list[dict[str, str]]:
    """The protocol's sources as records, whichever way the file writes them."""
    return [source if isinstance(source, dict) else {"citation": source} for source in protocol.content["sources"]]


def _site(request: HttpRequest, sites: list[SiteRow], before: PlanRow | None) -> SiteRow:
    """The site of the plan that is revised; else the one asked for, or the first.  Raises NotFound."""
    wanted = str(before.site_id) if before else request.POST.get("site") or request.GET.get("site", "")
    found = next((site for site in sites if not wanted or str(site.id) == wanted), None)
    if found is None:
        raise NotFound("site")
    return found


def today(request: HttpRequest, site: SiteRow) -> date:
    on: date = request.at.astimezone(ZoneInfo(site.zone)).date()
    return on
