"""The therapist's list, one person's integration, and one visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.face import words
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.actions.record_visit import record_visit
from afterglow.pathway.integration.forms import LOCAL, GoalForm, VisitForm
from afterglow.pathway.integration.queries import course as courses
from afterglow.pathway.integration.queries.journal import shared_count
from afterglow.pathway.integration.queries.practice import goals, today_of
from afterglow.pathway.integration.queries.windows import waiting as waiting_rows
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.measures import queries as measures
from afterglow.records.measures.access import READ
from afterglow.records.measures.actions.at_contact import ask_scale
from afterglow.records.measures.rules.contact import INTERVIEW
from afterglow.records.measures.views import with_way_back
from afterglow.records.schedule.queries import AppointmentRow


@staff(access.VISIT_READ)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Whose window is open, near or closed without a visit, and doses ahead without one."""
    rows = waiting_rows(request.actor, request.at)
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(rows))
    context = {"rows": rows, "alerts": sum(row.alert for row in rows), "may_book": request.actor.may("schedule.appointment.book")}
    return render(request, "integration/waiting.html", context)


@staff(access.VISIT_READ)
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Doses with their windows, visits, goals and practice of one person."""
    chart_access.fetch_person(request.actor, person_id, need=access.VISIT_READ)
    trail.read(events.course_read, by=request.actor, at=request.at, person_id=person_id)
    return person_page(request, person_id)


@staff(access.VISIT_READ)
@require_GET
def goals_shown(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The goals of one person as a part of another page: the plan is laid before integration begins and does not know it."""
    chart_access.fetch_person(request.actor, person_id, need=access.VISIT_READ)
    rows = goals(person_id, today_of(request.clinic_id, request.at))
    trail.read(events.course_read, by=request.actor, at=request.at, person_id=person_id)
    return render(request, "integration/goals_shown.html", {"goals": rows, "person_id": person_id})


def person_page(request: HttpRequest, person_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one person, with a form that was refused where there is one."""
    actor = request.actor
    context = {
        "identity": chart.identity(person_id),
        "course": courses.course(person_id, request.clinic_id, request.at),
        "shared": shared_count(person_id),
        "today": today_of(request.clinic_id, request.at),
        "may_record": actor.may(access.GOAL_RECORD),
        "may_note": actor.may(access.NOTE_WRITE),
        "may_book": actor.may("schedule.appointment.book"),
        "goal_form": GoalForm(initial={"key": ids.new_token()}, visits=visit_choices(request, person_id)),
        "key": ids.new_token(),
    }
    return render(request, "integration/person.html", context | more, status=status)


def visit_choices(request: HttpRequest, person_id: UUID) -> list[tuple[str, str]]:
    """The visits that were held, for a goal to name where it came up."""
    zone = request.clinic.zone
    return [(str(visit_id), words.moment_words(held_at, zone, request.at)) for visit_id, held_at in courses.visits_held(person_id)]


@staff(access.VISIT_READ)
@require_http_methods(["GET", "POST"])
def visit(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """One integration visit: what is booked, what became of it; a POST records that."""
    row = access.fetch_visit(request.actor, appointment_id)
    if request.method == "GET":
        return _visit(request, row, _visit_form(request, row), status=200)
    access.fetch_visit(request.actor, appointment_id, access.VISIT_RECORD)
    form = _visit_form(request, row, sent=True)
    if not form.is_valid():
        return _visit(request, row, form)
    try:
        record_visit(appointment_id=appointment_id, **form.values(request.clinic.zone), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _visit(request, row, form, refusal=refusal)
    return redirect("integration:visit", appointment_id)


@staff(access.VISIT_RECORD)
@require_POST
def ask(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Ask a scale of change at this visit: its form opens, and leads back here."""
    row, instrument = access.fetch_visit(request.actor, appointment_id, access.VISIT_RECORD), request.POST.get("instrument", "")
    first = courses.first_dose_of_course(row.person_id, request.at)
    try:
        assignment_id = ask_scale(
            person_id=row.person_id, instrument=instrument, site_id=row.site_id, first_dose_at=first, by=request.actor, at=request.at
        )
    except Refusal as refusal:
        return _visit(request, row, _visit_form(request, row), refusal=refusal)
    return redirect(with_way_back(reverse("measures:ask", args=[assignment_id]), reverse("integration:visit", args=[appointment_id])))


def _visit_form(request: HttpRequest, row: AppointmentRow, *, sent: bool = False) -> VisitForm:
    first = {"key": ids.new_token(), "held": row.starts_at.astimezone(ZoneInfo(request.clinic.zone)).strftime(LOCAL)}
    return VisitForm(request.POST if sent else None, initial=first, paper=measures.paper(INTERVIEW))


def _visit(request: HttpRequest, row: AppointmentRow, form: VisitForm, *, refusal: Refusal | None = None, status: int = 422) -> HttpResponse:
    trail.read(events.visit_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"appointment": row.id})
    recorded = courses.recorded(row.id)
    context = {
        "identity": chart.identity(row.person_id),
        "row": row,
        "asked": courses.at_visit(row.person_id, row.id, request.at) if request.actor.may(READ) else None,
        "recorded": recorded,
        "note": _note(row.person_id, recorded),
        "form": form,
        "refusal": refusal,
        "has_begun": row.starts_at <= request.at,
        "may_record": request.actor.may(access.VISIT_RECORD),
        "may_note": request.actor.may(access.NOTE_WRITE),
        "may_chart": request.actor.may("chart.clinical.read"),
    }
    return render(request, "integration/visit.html", context, status=status)


def _note(person_id: UUID, recorded: courses.Recorded | None) -> chart.NoteRow | None:
    """What was written to the chart about it, where that note still stands."""
    if recorded is None or recorded.note_id is None:
        return None
    return next((note for note in chart.notes(person_id) if note.id == recorded.note_id), None)
