"""Problems, allergies, medicines, treatment trials: one page for each list, one way of writing for all four."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.chart import access, events, queries
from afterglow.records.chart.access import PersonRow
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_problem import record_problem
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.chart.actions.rows import need_of
from afterglow.records.chart.actions.withdraw_row import withdraw_row
from afterglow.records.chart.forms import AllergyForm, MedicineForm, ProblemForm, ReasonForm, TrialForm
from afterglow.records.chart.queries import ListState
from afterglow.records.chart.queries.opioids import coded, factors, load_of
from afterglow.records.chart.views.person import frame


@dataclass(frozen=True, slots=True)
class Kind:
    """One list: its words, its form, how it is read and written."""

    title: str
    one: str
    empty: str
    form: type[Form]
    read: Callable[[UUID], ListState[Any]]
    record: Callable[..., UUID]
    blank: dict[str, str]


KINDS = {
    "problems": Kind("Problems", "problem", "No problems are known.", ProblemForm, queries.problems, record_problem, {}),
    "allergies": Kind("Allergies", "allergy", "No known allergies.", AllergyForm, queries.allergies, record_allergy, {"severity": "unknown"}),
    "medicines": Kind("Medicines", "medicine", "Takes no medicines.", MedicineForm, queries.medicines, record_medicine, {}),
    "trials": Kind(
        "Treatment trials",
        "trial",
        "No antidepressant was ever tried.",
        TrialForm,
        queries.trials,
        record_trial,
        {"improvement": "unknown", "this_episode": "unknown", "stopped_because": "unknown"},
    ),
}


@staff("chart.clinical.read")
@require_http_methods(["GET", "POST"])
def one_list(request: HttpRequest, person_id: UUID, name: str) -> HttpResponse:
    """The list; a POST adds an entry."""
    kind = _kind(name)
    person = access.fetch_person(request.actor, person_id, need="chart.clinical.read")
    form, refusal = kind.form(initial=kind.blank), None
    if request.method == "POST":
        require(request.actor, need_of(name))
        form = kind.form(request.POST)
        if form.is_valid():
            try:
                kind.record(person_id=person_id, **_values(form), by=request.actor, at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("chart:list", person_id, name)
    return _page(request, person, name, {"form": form, "refusal": refusal}, status=422 if request.method == "POST" else 200)


@staff("chart.clinical.read")
@require_http_methods(["GET", "POST"])
def one_row(request: HttpRequest, person_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Correct one entry: a new one takes its place, the old one stays in the record."""
    kind = _kind(name)
    person = access.fetch_person(request.actor, person_id, need=need_of(name))
    row = next((row for row in kind.read(person_id).rows if row.id == row_id), None)
    if row is None:
        raise NotFound("entry")
    shown = {field: getattr(row, field) for field in type(row).__dataclass_fields__}
    if name == "trials":
        shown["daily_dose_mg"] = None if row.daily_dose_ug is None else f"{row.daily_dose_ug / 1000:g}"
    if name == "medicines":
        shown |= _amount(row)
    form, refusal = kind.form(request.POST or None, initial=shown), None
    if request.method == "POST" and form.is_valid():
        try:
            kind.record(person_id=person_id, **_values(form), replaces=row_id, by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("chart:list", person_id, name)
    trail.read(events.list_read, by=request.actor, at=request.at, person_id=person_id, objects={"list": name, "row": row_id})
    context = frame(request, person) | {"kind": kind, "name": name, "row": row, "form": form, "reason_form": ReasonForm(), "refusal": refusal}
    return render(request, "chart/row.html", context, status=422 if request.method == "POST" else 200)


@staff("chart.clinical.read")
@require_POST
def withdraw(request: HttpRequest, person_id: UUID, name: str, row_id: UUID) -> HttpResponse:
    """Withdraw one entry with its reason."""
    _kind(name)
    person = access.fetch_person(request.actor, person_id, need=need_of(name))
    form = ReasonForm(request.POST)
    refusal = Refusal("chart.no_reason", "An entry is withdrawn for a reason, and none was given.", "Write why in a few words.")
    if form.is_valid():
        try:
            withdraw_row(kind=name, row_id=row_id, **form.cleaned_data, by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("chart:list", person_id, name)
    return _page(request, person, name, {"form": _kind(name).form(initial=_kind(name).blank), "refusal": refusal}, status=422)


@staff("chart.clinical.read")
@require_POST
def reviewed(request: HttpRequest, person_id: UUID, name: str) -> HttpResponse:
    """Say that the whole list was gone through with the person."""
    _kind(name)
    person = access.fetch_person(request.actor, person_id, need=need_of(name))
    try:
        review_list(person_id=person_id, list_name=name, none_known=request.POST.get("none_known") == "yes", by=request.actor, at=request.at)
    except Refusal as caught:
        return _page(request, person, name, {"form": _kind(name).form(initial=_kind(name).blank), "refusal": caught}, status=422)
    return redirect("chart:list", person_id, name)


def _page(request: HttpRequest, person: PersonRow, name: str, more: dict[str, Any], *, status: int) -> HttpResponse:
    kind = _kind(name)
    trail.read(events.list_read, by=request.actor, at=request.at, person_id=person.id, objects={"list": name})
    context = frame(request, person) | {"kind": kind, "name": name, "list": kind.read(person.id), "may_write": request.actor.may(need_of(name))}
    if name == "medicines":
        rows = context["list"].rows
        context |= {"load": load_of(rows), "factors": factors(), "coded": coded(rows)}
    return render(request, "chart/list.html", context | more, status=status)


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound("list")
    return KINDS[name]


def _values(form: Form) -> dict[str, Any]:
    return form.values() if isinstance(form, TrialForm | MedicineForm) else dict(form.cleaned_data)


def _amount(row: queries.MedicineRow) -> dict[str, str]:
    """The daily amount as it was typed, for the form that corrects it."""
    if row.oral_ug_per_day is not None:
        return {"amount": f"{Decimal(row.oral_ug_per_day) / 1000:f}", "amount_unit": "mg_per_day"}
    return {} if row.patch_ng_per_h is None else {"amount": f"{Decimal(row.patch_ng_per_h) / 1000:f}", "amount_unit": "ug_per_h"}
