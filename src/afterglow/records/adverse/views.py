"""A person's adverse events: the list as it stands, a new one, and more about one."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.adverse import access, events, queries
from afterglow.records.adverse.actions.record_event import record_event, update_event
from afterglow.records.adverse.forms import LOCAL, EventForm, UpdateForm
from afterglow.records.adverse.queries import EventRow
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart


@staff(access.READ)
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Every event as it stands, with the entries that later ones replaced folded under it."""
    chart_access.fetch_person(request.actor, person_id, need=access.READ)
    rows = queries.of_person(person_id, earlier_entries=True)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=person_id)
    by_id = {row.id: row for row in rows}
    context = {
        "rows": [(row, earlier_of(row, by_id)) for row in rows if row.newest],
        "identity": chart.identity(person_id),
        "may_record": request.actor.may(access.RECORD),
        "library": queries.library(),
    }
    return render(request, "adverse/person.html", context)


@staff(access.RECORD)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need=access.RECORD)
    zone = request.clinic.zone
    first = {"key": ids.new_token(), "began": request.at.astimezone(ZoneInfo(zone)).strftime(LOCAL)}
    kinds = [(kind.id, kind.title) for kind in queries.kinds().values()]
    form, refusal = EventForm(request.POST or None, initial=first, kinds=kinds, grades=queries.grades(), zone=zone), None
    if request.method == "POST" and form.is_valid():
        try:
            record_event(
                person_id=person_id,
                session_id="",
                kind=form.cleaned_data["kind"],
                grade=form.grade_number,
                began_at=form.moment("began") or request.at,
                ended_at=form.moment("ended"),
                done_text=form.cleaned_data["done_text"],
                key=form.cleaned_data["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("adverse:person", person_id)
    return _form(request, person_id, form, refusal, title="Record an adverse event")


@staff(access.RECORD)
@require_http_methods(["GET", "POST"])
def update(request: HttpRequest, event_id: UUID) -> HttpResponse:
    access.fetch_event(request.actor, event_id, access.RECORD)
    row = queries.event(event_id)
    if row is None:
        raise NotFound("event")
    zone = request.clinic.zone
    first = {
        "key": ids.new_token(),
        "grade": "" if row.grade is None else str(row.grade),
        "ended": row.ended_at.astimezone(ZoneInfo(zone)).strftime(LOCAL) if row.ended_at else "",
        "done_text": row.done_text,
    }
    form, refusal = UpdateForm(request.POST or None, initial=first, grades=queries.grades(), zone=zone), None
    if request.method == "POST" and form.is_valid():
        try:
            update_event(
                event_id=event_id,
                grade=form.grade_number,
                ended_at=form.moment("ended"),
                done_text=form.cleaned_data["done_text"],
                key=form.cleaned_data["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("adverse:person", row.person_id)
    return _form(request, row.person_id, form, refusal, title=f"More about: {row.title}", row=row)


def earlier_of(row: EventRow, by_id: dict[UUID, EventRow]) -> list[EventRow]:
    """The entries that this one replaced, the last first."""
    found: list[EventRow] = []
    before = row.replaces_id
    while before is not None and before in by_id:
        found.append(by_id[before])
        before = by_id[before].replaces_id
    return found


def _form(request: HttpRequest, person_id: UUID, form: UpdateForm, refusal: Refusal | None, **more: Any) -> HttpResponse:
    trail.read(events.form_read, by=request.actor, at=request.at, person_id=person_id)
    context = {"form": form, "refusal": refusal, "identity": chart.identity(person_id), "library": queries.library()}
    return render(request, "adverse/form.html", context | more, status=422 if request.method == "POST" else 200)
