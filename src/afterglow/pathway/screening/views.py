"""The list of open cases, a person's screenings, and the case with everything that stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import confirm_other, confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.screening import access, events, queries
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.decide_medicine import decide_medicine
from afterglow.pathway.screening.actions.open_case import choose_indication, open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.actions.second_sign import second_sign
from afterglow.pathway.screening.actions.sign_override import sign_override
from afterglow.pathway.screening.forms import DecisionForm, FactsForm, IndicationForm, MedicineForm, OpenForm, OverrideForm, SecondForm
from afterglow.pathway.screening.queries import OverrideRow, Picture
from afterglow.pathway.screening.queries.known import indications, knowledge
from afterglow.pathway.screening.rules.assessment import Assessed, decided_of
from afterglow.pathway.screening.rules.decision import override_stands
from afterglow.pathway.screening.rules.told import FROM_RECORDS
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.science.criteria.catalogue import Asked, Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShown:
    """One criterion on the page: its finding, the override if there is one, and whether that stands."""

    assessed: Assessed
    override: OverrideRow | None
    passed: bool

    @property
    def may_be_overridden(self) -> bool:
        return self.assessed.finding.state == "unmet" and self.assessed.finding.lifted_by == "two_signatures"


@staff("screening.case.read")
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    cases = queries.waiting(request.actor, request.at)
    to_open = queries.to_open(request.actor, request.at)
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(cases) + len(to_open))
    return render(request, "screening/list.html", {"cases": cases, "to_open": to_open})


@staff("screening.case.read")
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need="screening.case.read")
    trail.read(events.person_read, by=request.actor, at=request.at, person_id=person_id)
    return _person(request, person_id, OpenForm(sites=accounts.sites_of(request.actor.clinic_id), indications=indications()))


def _person(request: HttpRequest, person_id: UUID, form: OpenForm, *, status: int = 200) -> HttpResponse:
    titles = {each.id: each.title for each in indications()}
    context = {
        "identity": chart.identity(person_id),
        "cases": [(row, titles[row.indication]) for row in queries.cases_of(person_id)],
        "form": form,
        "not_offered": [each for each in indications() if not each.is_offered],
        "may_open": request.actor.may("screening.case.record"),
    }
    return render(request, "screening/person.html", context, status=status)


@staff("screening.case.record")
@require_POST
def open_one(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need="screening.case.record")
    form = OpenForm(request.POST, sites=accounts.sites_of(request.actor.clinic_id), indications=indications())
    if "site_id" in form.errors:
        raise NotFound("site")
    if not form.is_valid():
        return _person(request, person_id, form, status=422)
    told = form.cleaned_data
    case_id = open_case(person_id=person_id, site_id=UUID(told["site_id"]), indication=told["indication"], by=request.actor, at=request.at)
    return redirect("screening:case", case_id)


@staff("screening.case.record")
@require_POST
def indication(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Screen for something else: every answer stays."""
    access.fetch_case(request.actor, case_id, "screening.case.record")
    form = IndicationForm(request.POST, indications=indications())
    if not form.is_valid():
        return _page(request, case_id, indication_form=form, status=422)
    try:
        choose_indication(case_id=case_id, indication=form.cleaned_data["indication"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, case_id, refusal=refusal, status=422)
    return redirect("screening:case", case_id)


@staff("screening.case.read")
@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    held = access.fetch_case(request.actor, case_id)
    trail.read(events.case_read, by=request.actor, at=request.at, person_id=held.person_id, objects={"case": case_id})
    return _page(request, case_id)


@staff("screening.case.record")
@require_POST
def facts(request: HttpRequest, case_id: UUID, group: str) -> HttpResponse:
    held = access.fetch_case(request.actor, case_id, "screening.case.record")
    catalogue = knowledge(held.indication)[0].catalogue
    if group not in catalogue.groups:
        raise NotFound("group of questions")
    form = FactsForm(request.POST, asked=_asked(catalogue, group), said={})
    if not form.is_valid():
        return _page(request, case_id, facts_form=(group, form), status=422)
    try:
        record_facts(case_id=case_id, answers=form.answers, details=form.details, key=form.cleaned_data["key"], by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
        return _page(request, case_id, facts_form=(group, form), refusal=refusal, status=422)
    return redirect(f"{request.path.split('facts/')[0]}#{group}")


@staff("screening.case.decide")
@require_POST
def medicine(request: HttpRequest, case_id: UUID) -> HttpResponse:
    access.fetch_case(request.actor, case_id, "screening.case.decide")
    form = MedicineForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, medicine_form=form, status=422)
    try:
        decide_medicine(case_id=case_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, case_id, medicine_form=form, refusal=refusal, status=422)
    return redirect("screening:case", case_id)


@staff("screening.case.record")
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, case_id: UUID, item: str) -> HttpResponse:
    """Read the finding, say why, sign; the second signer may sign at the same screen on the next page."""
    held = access.fetch_case(request.actor, case_id, "screening.case.record")
    seen = queries.picture(case_id, request.at)
    found = next((each for each in seen.assessment.items if each.finding.item == item), None)
    if found is None:
        raise NotFound("item")
    context = {"identity": chart.identity(held.person_id), "case_id": case_id, "item": found}
    if request.method == "GET":
        trail.read(events.case_read, by=request.actor, at=request.at, person_id=held.person_id, objects={"case": case_id})
        form = OverrideForm(initial={"key": ids.new_token(), "saw": found.finding.sentence})
        return render(request, "screening/override.html", {**context, "form": form})
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return render(request, "screening/override.html", {**context, "form": form}, status=422)
    try:
        signed = confirm_signature(by=request.actor, password=form.cleaned_data.pop("password"), at=request.at)
        override_id = sign_override(case_id=case_id, item=item, **form.cleaned_data, signed=signed, by=request.actor, at=request.at)
    except Refusal as refusal:
        return render(request, "screening/override.html", {**context, "form": form, "refusal": refusal}, status=422)
    return redirect("screening:second", case_id, override_id)


@staff("screening.case.countersign")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest, case_id: UUID, override_id: UUID) -> HttpResponse:
    """The second signature: under one's own login, or at the same screen with one's own address and password."""
    held = access.fetch_override(request.actor, override_id, "screening.case.countersign")
    if held.case_id != case_id:
        raise NotFound("override")
    mine = held.signed_by_id != request.actor.user_id
    person_id = queries.case_row(case_id).person_id
    context: dict[str, Any] = {
        "identity": chart.identity(person_id),
        "case_id": case_id,
        "override": next(row for row in queries.overrides_of(case_id) if row.id == override_id),
        "mine": mine,
        "form": SecondForm(),
    }
    if request.method == "GET":
        trail.read(events.case_read, by=request.actor, at=request.at, person_id=person_id, objects={"case": case_id, "override": override_id})
        return render(request, "screening/second.html", context)
    try:
        by, signed = _second_signer(request, mine=mine)
        second_sign(override_id=override_id, signed=signed, by=by, at=request.at)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return render(request, "screening/second.html", {**context, "form": SecondForm(request.POST), "refusal": refusal}, status=422)
    return redirect("screening:case", case_id)


def _second_signer(request: HttpRequest, *, mine: bool) -> tuple[Any, Any]:
    """Who signs second, as an actor of their own.  Raises Refusal as the confirmations do."""
    if mine:
        return request.actor, confirm_signature(by=request.actor, password=request.POST.get("password", ""), at=request.at)
    form = SecondForm(request.POST)
    if not form.is_valid():
        raise Refusal("screening.no_second", "The second signer is not named.", "They type their own address and password.", field="second_email")
    user, signed = confirm_other(
        email=form.cleaned_data["second_email"],
        password=form.cleaned_data["second_password"],
        by=request.actor,
        at=request.at,
    )
    return accounts.actor_for(user.id, request.actor.clinic_id, request_id=request.request_id), signed


@staff("screening.case.decide")
@require_POST
def decision(request: HttpRequest, case_id: UUID) -> HttpResponse:
    access.fetch_case(request.actor, case_id, "screening.case.decide")
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, case_id, decision_form=form, status=422)
    try:
        signed = confirm_signature(by=request.actor, password=form.cleaned_data.pop("password"), at=request.at)
        decide(case_id=case_id, **form.cleaned_data, signed=signed, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, case_id, decision_form=form, refusal=refusal, status=422)
    return redirect("screening:case", case_id)


def _page(request: HttpRequest, case_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The case as it stands now, or as it was decided."""
    row = queries.case_row(case_id)
    titles = {each.id: each.title for each in indications()}
    context: dict[str, Any] = {"identity": chart.identity(row.person_id), "case": row, "indication": titles[row.indication], **more}
    if row.state != "open":
        decided = queries.decision_of(case_id)
        assert decided is not None  # a case leaves "open" only in the transaction that stores its decision
        saw = queries.decision_saw(decided.id)
        return render(request, "screening/decided.html", {**context, "decision": decided, "saw": saw}, status=status)
    seen = queries.picture(case_id, request.at)
    items = [_item(each, seen) for each in seen.assessment.items]
    actor = request.actor
    context |= {
        "seen": seen,
        "in_the_way": [each for each in items if each.assessed.blocks and not each.passed],
        "passed": [each for each in items if each.passed],
        "precautions": seen.assessment.precautions,
        "met": [each for each in items if each.assessed.finding.is_met],
        "trials": _trials(seen),
        "high_open": _high(seen),
        "high_decided": _decided(seen),
        "groups": _groups(seen, more.get("facts_form")),
        "indication_form": more.get("indication_form") or IndicationForm(initial={"indication": row.indication}, indications=indications()),
        "decision_form": more.get("decision_form") or DecisionForm(initial={"key": ids.new_token()}),
        "medicine_key": ids.new_token(),
        "may_record": actor.may("screening.case.record"),
        "may_decide": actor.may("screening.case.decide"),
        "may_countersign": actor.may("screening.case.countersign"),
    }
    return render(request, "screening/case.html", context, status=status)


def _item(assessed: Assessed, seen: Picture) -> ItemShown:
    row = next((row for row in seen.overrides if row.item == assessed.finding.item and not row.stale), None)
    facts = next((each for each in seen.standing if each.item == assessed.finding.item), None)
    passed = assessed.finding.state == "unmet" and facts is not None and override_stands(facts).is_met
    return ItemShown(assessed=assessed, override=row, passed=passed)


def _trials(seen: Picture) -> list[dict[str, Any]]:
    """Each trial of the ledger with what every definition says about it."""
    rows = zip(*(each.trials for each in seen.assessment.resistance), strict=True)
    return [{"drug": row[0].trial.drug, "judged": row} for row in rows]


def _high(seen: Picture) -> frozenset[str]:
    checked = seen.assessment.checked
    return frozenset() if checked is None else frozenset(match.interaction.id for match in checked.at("high")) - _decided(seen)


def _decided(seen: Picture) -> frozenset[str]:
    checked = seen.assessment.checked
    return frozenset() if checked is None else decided_of(checked, seen.facts.decided)


def _groups(seen: Picture, sent: tuple[str, FactsForm] | None) -> list[dict[str, Any]]:
    """The form of each group, with how much of it is answered; what was just sent keeps what was typed."""
    checked = seen.assessment.checked
    found = frozenset() if checked is None else frozenset(match.interaction.id for match in checked.matches)
    groups = []
    for group, title in seen.knowledge.catalogue.groups.items():
        asked = tuple(fact for fact in _asked(seen.knowledge.catalogue, group) if not fact.with_interaction or fact.with_interaction in found)
        if not asked:
            continue
        form = sent[1] if sent is not None and sent[0] == group else FactsForm(asked=asked, said=seen.answers, initial={"key": ids.new_token()})
        answered = sum(fact.key in seen.answers for fact in asked)
        groups.append(
            {"id": group, "title": title, "form": form, "answered": answered, "of": len(asked), "open": answered < len(asked) or form.is_bound}
        )
    return groups


def _asked(catalogue: Catalogue, group: str) -> tuple[Asked, ...]:
    """What people answer in this group: not what the record or the rules already know."""
    return tuple(fact for fact in catalogue.facts.values() if fact.group == group and fact.asked_of != "computed" and fact.key not in FROM_RECORDS)
