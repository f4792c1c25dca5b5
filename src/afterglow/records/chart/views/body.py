"""Weight and height, comfort card, care team, notes."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events, queries, rules
from afterglow.records.chart.actions.join_care_team import join_care_team, leave_care_team
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.actions.record_height import record_height
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.write_note import write_note
from afterglow.records.chart.forms import ComfortForm, HeightForm, NoteForm, ReasonForm, TeamForm, WeightForm
from afterglow.records.chart.queries import BodyRow
from afterglow.records.chart.queries.comfort import SAID, earlier_cards
from afterglow.records.chart.queries.comfort import comfort as comfort_card
from afterglow.records.chart.views.person import frame

_MEASURES = {"weight": (WeightForm, record_weight), "height": (HeightForm, record_height)}


@staff("chart.clinical.read")
@require_http_methods(["GET", "POST"])
def body(request: HttpRequest, person_id: UUID, what: str = "weight") -> HttpResponse:
    """All weights, or all heights, and a form for one more.  What was refused comes back as typed, with the question it raised."""
    person = access.fetch_person(request.actor, person_id, need="chart.clinical.read")
    made, record = _MEASURES[what]
    form, refusal = made(request.POST or None), None
    if request.method == "POST":
        require(request.actor, "chart.weight.record")
        if form.is_valid():
            try:
                record(person_id=person_id, **form.values(request.clinic.zone, request.at), by=request.actor, at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("chart:body" if what == "weight" else "chart:height", person_id)
    trail.read(events.measures_read, by=request.actor, at=request.at, person_id=person_id, objects={"kind": what})
    context = frame(request, person) | {
        "what": what,
        "form": form,
        "rows": _with_change(queries.body_measures(person_id, what)),
        "refusal": refusal,
        "asks_to_confirm": refusal is not None and refusal.field == "confirmed",
    }
    return render(request, "chart/body.html", context, status=422 if request.method == "POST" else 200)


def _with_change(rows: list[BodyRow]) -> list[tuple[BodyRow, int | None]]:
    """Each value with its change from the one before, in whole percent: more than 5% of weight voids an order (safety 16)."""
    earlier: list[BodyRow | None] = [*rows[1:], None][: len(rows)]
    return [(row, None if before is None else rules.change_percent(before.value, row.value)) for row, before in zip(rows, earlier, strict=True)]


@staff("chart.clinical.read")
@require_http_methods(["GET", "POST"])
def comfort(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """How to calm and comfort this person; shown at check-in and in the room."""
    person = access.fetch_person(request.actor, person_id, need="chart.clinical.read")
    card = comfort_card(person_id)
    shown = {"touch": "unknown"} if card is None else {"version": card.id} | {name: getattr(card, name) for name in SAID}
    form, refusal = ComfortForm(request.POST or None, initial=shown), None
    if request.method == "POST":
        require(request.actor, "chart.clinical.record")
        if form.is_valid():
            try:
                record_comfort(person_id=person_id, **form.card(), by=request.actor, at=request.at)
            except Refusal as caught:
                form, refusal = form.again(caught), caught
            else:
                return redirect("chart:person", person_id)
    trail.read(events.comfort_read, by=request.actor, at=request.at, person_id=person_id)
    context = {"form": form, "card": card, "earlier": earlier_cards(person_id), "refusal": refusal}
    context["newer"] = card if refusal is not None and "version" in refusal.facts else None
    return render(request, "chart/comfort.html", frame(request, person, "comfort") | context, status=422 if request.method == "POST" else 200)


@staff("chart.person.read")
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Who cares for this person; a therapist sees only people on whose team they are."""
    person = access.fetch_person(request.actor, person_id)
    colleagues = [(str(row.user_id), f"{row.name} ({', '.join(row.roles).replace('_', ' ')})") for row in accounts.staff_of(request.clinic_id)]
    form, refusal = TeamForm(request.POST or None, colleagues=colleagues), None
    if request.method == "POST":
        require(request.actor, "chart.person.edit")
        if form.is_valid():
            try:
                join_care_team(
                    person_id=person_id, user_id=UUID(form.cleaned_data["user_id"]), duty=form.cleaned_data["duty"], by=request.actor, at=request.at
                )
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("chart:team", person_id)
    trail.read(events.care_team_read, by=request.actor, at=request.at, person_id=person_id)
    context = frame(request, person, "team") | {"form": form, "team": queries.care_team(person_id), "reason_form": ReasonForm(), "refusal": refusal}
    return render(request, "chart/team.html", context, status=422 if request.method == "POST" else 200)


@staff("chart.person.edit")
@require_POST
def leave_team(request: HttpRequest, person_id: UUID, member_id: UUID) -> HttpResponse:
    access.fetch_person(request.actor, person_id, need="chart.person.edit")
    leave_care_team(member_id=member_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    return redirect("chart:team", person_id)


@staff("chart.clinical.read")
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Chart notes, newest first."""
    person = access.fetch_person(request.actor, person_id, need="chart.clinical.read")
    form, refusal = NoteForm(request.POST or None), None
    if request.method == "POST":
        require(request.actor, "chart.clinical.record")
        if form.is_valid():
            try:
                write_note(person_id=person_id, **form.cleaned_data, by=request.actor, at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("chart:notes", person_id)
    trail.read(events.notes_read, by=request.actor, at=request.at, person_id=person_id)
    context = frame(request, person, "notes") | {"form": form, "notes": queries.notes(person_id), "refusal": refusal}
    return render(request, "chart/notes.html", context, status=422 if request.method == "POST" else 200)
