"""What was asked and answered; asking in person at the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.here import site_here
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face import words
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.measures import access, events, queries
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign, withdraw_assignment
from afterglow.records.measures.actions.save_draft import save_draft
from afterglow.records.measures.forms import AnswersForm, AssignForm, WithdrawForm
from afterglow.records.measures.queries import licences, translations
from afterglow.records.measures.queries.beside import beside, calls_of


@staff("measures.answer.read")
@require_GET
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need="measures.answer.read")
    trail.read(events.list_read, by=request.actor, at=request.at, person_id=person_id)
    return _list(request, person_id)


def _list(request: HttpRequest, person_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "identity": chart.identity(person_id),
        "person_id": person_id,
        "open": queries.open_assignments(person_id),
        "answered": queries.answered(person_id),
        "form": AssignForm(licences.papers([site_here(request)], request.at)),
        "withdraw_form": WithdrawForm(),
        "may_ask": request.actor.may("measures.answer.record"),
        "may_withdraw": request.actor.may("measures.link.create"),
    }
    return render(request, "measures/list.html", context | more, status=status)


@staff("measures.answer.record")
@require_POST
def ask_in_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Assign, to be asked by staff, and open the form."""
    chart_access.fetch_person(request.actor, person_id, need="measures.answer.read")
    site = site_here(request)
    form = AssignForm(licences.papers([site], request.at), request.POST)
    if not form.is_valid():
        return _list(request, person_id, form=form, status=422)
    try:
        assignment_id = assign(person_id=person_id, **form.cleaned_data, channel="staff", site_id=site.id, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _list(request, person_id, form=form, refusal=refusal, status=422)
    return redirect("measures:ask", assignment_id)


@staff("measures.link.create")
@require_POST
def withdraw(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    row = access.fetch_assignment(request.actor, assignment_id, "measures.answer.read")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _list(request, row.person_id, withdraw_form=form, withdraw_id=assignment_id, status=422)
    withdraw_assignment(assignment_id=assignment_id, **form.cleaned_data, by=request.actor, at=request.at)
    return redirect("measures:of_person", row.person_id)


@staff("measures.answer.record")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """The whole form on one page; with `replaces` in the address it corrects earlier answers."""
    row = access.fetch_assignment(request.actor, assignment_id)
    held = translations.shown_as(queries.assignment_row(assignment_id), request.clinic_id, _wanted(request))
    replaces = _replaces(request, assignment_id)
    if request.method == "GET":
        trail.read(events.form_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"assignment": row.id})
        if held.state != "open" and replaces is None:
            return redirect("measures:of_person", row.person_id)
        return _form(request, held, AnswersForm(held.paper, initial={"key": ids.new_token()}), replaces)
    form = AnswersForm(held.paper, request.POST)
    if not form.is_valid():
        return _form(request, held, form, replaces, status=422)
    try:
        told = answer(
            assignment_id=assignment_id,
            answers=form.answers(),
            said=form.said(),
            wording=form.cleaned_data["wording"],
            taken_at=request.at,
            replaces=replaces,
            key=form.cleaned_data["key"],
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        return _form(request, held, form, replaces, refusal=refusal, status=422)
    return redirect(with_way_back(reverse("measures:response", args=[told.response_id]), _way_back(request)))


def _wanted(request: HttpRequest) -> str:
    """In which words staff want to see a form: those that the page was made with, or that were asked for; else its own."""
    named = request.POST.get("wording") if request.method == "POST" else request.GET.get("in")
    return named or translations.OWN


def with_way_back(address: str, path: str) -> str:
    """The address of a page of this room that leads back to another one, of the contact at which something is asked."""
    return f"{address}?{urlencode({'back': path})}" if path else address


def _way_back(request: HttpRequest) -> str:
    """The page of this clinic that asked for it; '' for none, and for an address elsewhere."""
    target = request.GET.get("back", "")
    return target if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


def _replaces(request: HttpRequest, assignment_id: UUID) -> UUID | None:
    """The earlier answers this form corrects, if the address names some of this assignment.  Raises NotFound."""
    text = request.GET.get("replaces", "")
    if not text:
        return None
    try:
        earlier = access.fetch_response(request.actor, UUID(text), need="measures.answer.record")
    except ValueError as error:
        raise NotFound("answer") from error
    if earlier.assignment_id != assignment_id:
        raise NotFound("answer")
    return earlier.id


def _form(
    request: HttpRequest, held: queries.AssignmentRow, form: AnswersForm, replaces: UUID | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    answers, said = ({}, {}) if replaces else (held.answers, held.said)
    context = {
        "identity": chart.identity(held.person_id),
        "held": held,
        "paper": held.paper,
        "form": form,
        "rows": form.rows(answers, said),
        "replaces": replaces,
        "way_back": _way_back(request),
        "others": [] if held.begun else translations.others(held, request.clinic_id),
        "person_reads": held.language_of_person,
    }
    return render(request, "measures/ask.html", context | more, status=status)


@staff("measures.answer.record")
@require_POST
def draft(request: HttpRequest, assignment_id: UUID) -> JsonResponse:
    """Autosave of the form at the desk."""
    access.fetch_assignment(request.actor, assignment_id)
    form = AnswersForm(queries.assignment_row(assignment_id).paper, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    wording = form.cleaned_data["wording"]
    crisis = save_draft(
        assignment_id=assignment_id, answers=form.answers(), said=form.said(), wording=wording, by=request.actor, at=request.at
    )  # fmt: skip
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone), "crisis": crisis})


@staff("measures.answer.read")
@require_GET
def response(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """Exactly what was asked, in the wording of its day, and what was answered."""
    row = access.fetch_response(request.actor, response_id)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"response": row.id})
    shown = queries.response_row(response_id)
    context = {
        "identity": chart.identity(row.person_id),
        "response": shown,
        "paper": shown.paper,
        "beside": beside(shown),
        "calls": calls_of(shown),
        "may_correct": request.actor.may("measures.answer.record") and not shown.replaced,
        "way_back": _way_back(request),
    }
    return render(request, "measures/response.html", context)
