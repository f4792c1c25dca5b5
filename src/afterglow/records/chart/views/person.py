"""The person's overview, registering, and changing who they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events, queries, rules
from afterglow.records.chart.access import PersonRow
from afterglow.records.chart.actions.edit_person import EDITABLE, edit_person
from afterglow.records.chart.actions.register_person import register_person
from afterglow.records.chart.forms import PersonForm, RegisterForm
from afterglow.records.chart.queries.comfort import comfort
from afterglow.records.chart.queries.proxies import proxies_of


def frame(request: HttpRequest, person: PersonRow, part: str = "") -> dict[str, Any]:
    """What every page of a chart shows around its content: the identity band, what this reader may open, and which `part` this is."""
    clinical = request.actor.may("chart.clinical.read")
    return {
        "person": person,
        "part": part,
        "clinical": clinical,
        "identity": queries.identity(person.id) if clinical else None,
        "may_edit": request.actor.may("chart.person.edit"),
        "may_record": request.actor.may("chart.clinical.record"),
        "may_weigh": request.actor.may("chart.weight.record"),
    }


@staff("chart.person.read")
@require_GET
def overview(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everything that stands, on one page; clinical parts only for those who may read them."""
    person = access.fetch_person(request.actor, person_id)
    trail.read(events.overview_read, by=request.actor, at=request.at, person_id=person_id)
    context = frame(request, person, "overview") | {"team": queries.care_team(person_id), "proxies": proxies_of(person_id)}
    context["age"] = None if person.born_on is None else rules.age_years(person.born_on, _today(request))
    if context["clinical"]:
        weights = queries.body_measures(person_id, "weight", most=5)
        context |= {
            "problems": queries.problems(person_id),
            "allergies": queries.allergies(person_id),
            "medicines": queries.medicines(person_id),
            "trials": queries.trials(person_id),
            "weights": weights,
            "height": queries.latest_height(person_id),
            "comfort": comfort(person_id),
            "notes": queries.notes(person_id, most=5),
        }
    return render(request, "chart/person.html", context)


@staff("chart.person.register")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new person by hand; accepting an enquiry does the same without retyping."""
    form = RegisterForm(
        request.POST or None,
        initial={"key": ids.new_token(), "could_be_pregnant": "unknown", "contact_by": "not_asked", "needs_interpreter": "unknown", "language": "en"},
        clinical=request.actor.may("chart.clinical.read"),
    )
    refusal = None
    if request.method == "POST" and form.is_valid():
        values = form.values()
        first = {name: values.pop(name) for name in ("given_name", "family_name", "born_on", "phone", "email", "contact_by")}
        try:
            person_id = register_person(
                **first, more=values, record_no=form.cleaned_data["record_no"] or None, key=form.cleaned_data["key"], by=request.actor, at=request.at
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("chart:person", person_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "chart/register.html", {"form": form, "refusal": refusal}, status=status)


@staff("chart.person.edit")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Demographics.  When someone else changed them meanwhile: 409, both values side by side, what was typed kept."""
    person = access.fetch_person(request.actor, person_id, need="chart.person.edit")
    shown = {name: getattr(person, name) for name in EDITABLE} | {"version": person.version}
    form = PersonForm(request.POST or None, initial=shown, clinical=request.actor.may("chart.clinical.read"))
    context: dict[str, Any] = {"refusal": None, "theirs": []}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edit_person(person_id=person_id, version=form.cleaned_data["version"] or 0, changes=form.values(), by=request.actor, at=request.at)
            except Refusal as caught:
                context["refusal"], status = caught, caught.status if caught.code == "chart.person_changed" else 422
                form, context["theirs"] = _both_values(request, form, caught)
            else:
                return redirect("chart:person", person_id)
    trail.read(events.demographics_read, by=request.actor, at=request.at, person_id=person_id)
    return render(request, "chart/edit.html", frame(request, person, "edit") | context | {"form": form}, status=status)


def _both_values(request: HttpRequest, form: PersonForm, refusal: Refusal) -> tuple[PersonForm, list[dict[str, Any]]]:
    """The form with what was typed and the newer version, and each value that differs beside what is stored now."""
    if refusal.code != "chart.person_changed":
        return form, []
    typed = request.POST.copy()
    typed["version"] = str(refusal.facts["version"])
    theirs = {name: value for name, value in refusal.facts["theirs"].items() if name in form.fields}
    rows = [{"label": form.fields[name].label, "yours": form.cleaned_data[name], "theirs": value} for name, value in theirs.items()]
    return PersonForm(typed, clinical=request.actor.may("chart.clinical.read")), rows


def _today(request: HttpRequest) -> date:
    moment: datetime = request.at
    return moment.astimezone(ZoneInfo(request.clinic.zone)).date()
