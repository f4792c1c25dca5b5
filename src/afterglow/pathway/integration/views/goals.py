"""Deeds on one person's goals and practice; each leads back to the person's page, with what was refused on top."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from afterglow.ground.access.guard import staff
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.give_practice import end_practice, give_practice
from afterglow.pathway.integration.actions.practice_done import practice_done
from afterglow.pathway.integration.actions.set_goal import change_goal, set_goal
from afterglow.pathway.integration.forms import GoalChangeForm, GoalForm, PracticeForm
from afterglow.pathway.integration.views.staff import person_page, visit_choices
from afterglow.records.chart import access as chart_access


@staff(access.GOAL_RECORD)
@require_POST
def goal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A new goal."""
    chart_access.fetch_person(request.actor, person_id, need=access.GOAL_RECORD)
    form = GoalForm(request.POST, visits=visit_choices(request, person_id))
    if not form.is_valid():
        return person_page(request, person_id, status=422, goal_form=form)
    told = form.cleaned_data
    visit_id = UUID(told.pop("visit_id")) if told.get("visit_id") else None
    told.pop("visit_id", None)
    try:
        set_goal(person_id=person_id, visit_id=visit_id, **told, by=request.actor, at=request.at)
    except Refusal as refusal:
        return person_page(request, person_id, status=422, goal_form=form, refusal=refusal)
    return redirect("integration:person", person_id)


@staff(access.GOAL_RECORD)
@require_POST
def change(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """Other words, reached, or let go."""
    row = access.fetch_goal(request.actor, goal_id, access.GOAL_RECORD)
    form = GoalChangeForm(request.POST)
    if not form.is_valid():
        return person_page(request, row.person_id, status=422, failed=form)
    return _done(request, row.person_id, lambda: change_goal(goal_id=goal_id, **form.cleaned_data, by=request.actor, at=request.at))


@staff(access.GOAL_RECORD)
@require_POST
def practice(request: HttpRequest, goal_id: UUID) -> HttpResponse:
    """A week of practice towards a goal."""
    row = access.fetch_goal(request.actor, goal_id, access.GOAL_RECORD)
    form = PracticeForm(request.POST)
    if not form.is_valid():
        return person_page(request, row.person_id, status=422, failed=form)
    return _done(request, row.person_id, lambda: give_practice(goal_id=goal_id, **form.cleaned_data, by=request.actor, at=request.at))


@staff(access.GOAL_RECORD)
@require_POST
def end(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """End a practice early."""
    row = access.fetch_practice(request.actor, practice_id, access.GOAL_RECORD)
    reason = request.POST.get("reason", "")
    return _done(request, row.person_id, lambda: end_practice(practice_id=practice_id, reason=reason, by=request.actor, at=request.at))


@staff(access.GOAL_RECORD)
@require_POST
def tick(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """A day that the person told of, or its tick taken back."""
    row = access.fetch_practice(request.actor, practice_id, access.GOAL_RECORD)
    on, done = day_in(request), request.POST.get("done") == "yes"
    return _done(request, row.person_id, lambda: practice_done(practice_id=practice_id, on=on, done=done, by=request.actor, at=request.at))


def _done(request: HttpRequest, person_id: UUID, deed: Callable[[], object]) -> HttpResponse:
    """The person's page afterwards; with what was refused and why, when it was.  What is not there stays a 404."""
    try:
        deed()
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return person_page(request, person_id, status=422, refusal=refusal)
    return redirect("integration:person", person_id)


def day_in(request: HttpRequest) -> date:
    """The day that a tick is about.  Raises NotFound for what is no day."""
    try:
        return date.fromisoformat(request.POST.get("on", ""))
    except ValueError as error:
        raise NotFound("day") from error
