"""Who is due, one person's aftercare, one check, and the tasks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare import access, events
from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.actions.record_check import record_check
from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare
from afterglow.pathway.aftercare.actions.tasks import end_task as end_one_task
from afterglow.pathway.aftercare.actions.tasks import set_task, tick_days
from afterglow.pathway.aftercare.forms import DaysForm, EndForm, RecordForm, TaskForm
from afterglow.pathway.aftercare.models import Check
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries import timing as own
from afterglow.pathway.aftercare.queries import waiting as lists
from afterglow.pathway.aftercare.queries.due import AHEAD_DAYS, due_list
from afterglow.pathway.aftercare.queries.late_effects import late_effects
from afterglow.pathway.integration import access as integration
from afterglow.pathway.plan.queries import plans
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.measures import queries as measures
from afterglow.records.measures.access import READ as MEASURES_READ
from afterglow.records.measures.actions.at_contact import ask_scale
from afterglow.records.measures.rules.contact import INTERVIEW
from afterglow.records.measures.views import with_way_back


@staff(access.READ)
@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """The due list: what got worse and who is to begin, then the checks of the next four weeks page by page, the longest overdue first."""
    first = lists.waiting_but_checks(request.actor, request.at)
    due = due_list(request.actor, request.at, request.GET.get("page", ""))
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(first) + len(due.rows))
    return render(request, "aftercare/due.html", {"first": first, "due": due, "part": due.part, "ahead_days": AHEAD_DAYS})


@staff(access.READ)
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need=access.READ)
    trail.read(events.person_read, by=request.actor, at=request.at, person_id=person_id)
    return _person(request, person_id)


@staff(access.MAKE)
@require_POST
def start(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need=access.MAKE)
    try:
        start_aftercare(person_id=person_id, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, person_id, refusal=refusal, status=422)
    return redirect("aftercare:person", person_id)


@staff(access.READ)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """One check with what was found; a POST records a contact."""
    posting = request.method == "POST"
    row = access.fetch_check(request.actor, check_id, access.CHECK if posting else access.READ)
    if not posting:
        return _check(request, row, _record_form(), status=200)
    form = RecordForm(request.POST, paper=measures.paper(INTERVIEW))
    if not form.is_valid():
        return _check(request, row, form)
    try:
        record_check(check_id=check_id, **form.told(), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _check(request, row, form, refusal=refusal)
    return redirect("aftercare:person", row.aftercare.person_id)


@staff(access.CHECK)
@require_POST
def ask(request: HttpRequest, check_id: UUID) -> HttpResponse:
    """Ask a scale of change at this contact: its form opens, and leads back here."""
    row = access.fetch_check(request.actor, check_id, access.CHECK)
    held = queries.aftercare(row.aftercare_id, request.at)
    try:
        assignment_id = ask_scale(
            person_id=held.person_id,
            instrument=request.POST.get("instrument", ""),
            site_id=held.site_id,
            first_dose_at=held.first_dose_at,
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        return _check(request, row, _record_form(), refusal=refusal)
    return redirect(with_way_back(reverse("measures:ask", args=[assignment_id]), reverse("aftercare:check", args=[check_id])))


def _record_form() -> RecordForm:
    return RecordForm(initial={"key": ids.new_token()}, paper=measures.paper(INTERVIEW))


def _check(request: HttpRequest, row: Check, form: RecordForm, *, refusal: Refusal | None = None, status: int = 422) -> HttpResponse:
    trail.read(events.check_read, by=request.actor, at=request.at, person_id=row.aftercare.person_id, objects={"check": row.id})
    page = queries.page(row.aftercare_id, request.at)
    shown = next(each for each in page.checks if each.id == row.id)
    context = {
        "page": page,
        "check": shown,
        "asked": queries.at_check(page.aftercare, shown, request.at),
        "may_read_answers": request.actor.may(MEASURES_READ),
        "identity": chart.identity(row.aftercare.person_id),
        "form": form,
        "refusal": refusal,
        "may_record": request.actor.may(access.CHECK) and page.aftercare.is_on and row.state != "dropped",
    }
    return render(request, "aftercare/check.html", context, status=status)


@staff(access.TASK)
@require_POST
def task(request: HttpRequest, aftercare_id: UUID) -> HttpResponse:
    row = access.fetch_aftercare(request.actor, aftercare_id, access.TASK)
    form = TaskForm(request.POST)
    if not form.is_valid():
        return _person(request, row.person_id, task_form=form, failed=form, status=422)
    try:
        set_task(aftercare_id=aftercare_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, row.person_id, task_form=form, refusal=refusal, status=422)
    return redirect("aftercare:person", row.person_id)


@staff(access.TASK)
@require_POST
def days(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tick the days of one task that may still be ticked."""
    row = access.fetch_task(request.actor, task_id)
    held = next(each for each in queries.tasks(queries.aftercare(row.aftercare_id, request.at)) if each.id == task_id)
    form = DaysForm(request.POST, days=[day.on for day in held.days if day.open])
    if not form.is_valid():
        return _person(request, row.aftercare.person_id, failed=form, status=422)
    try:
        tick_days(task_id=task_id, days=form.told(), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, row.aftercare.person_id, refusal=refusal, status=422)
    return redirect("aftercare:person", row.aftercare.person_id)


@staff(access.TASK)
@require_POST
def end_task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    row = access.fetch_task(request.actor, task_id)
    end_one_task(task_id=task_id, by=request.actor, at=request.at)
    return redirect("aftercare:person", row.aftercare.person_id)


@staff(access.MAKE)
@require_POST
def end(request: HttpRequest, aftercare_id: UUID) -> HttpResponse:
    row = access.fetch_aftercare(request.actor, aftercare_id, access.MAKE)
    form = EndForm(request.POST, auto_id="id_end_%s")
    if not form.is_valid():
        return _person(request, row.person_id, end_form=form, failed=form, status=422)
    try:
        end_aftercare(aftercare_id=aftercare_id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, row.person_id, end_form=form, refusal=refusal, status=422)
    return redirect("aftercare:person", row.person_id)


def _person(request: HttpRequest, person_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    rows = queries.of_person(person_id, request.at)
    newest = rows[0] if rows else None
    page = queries.page(newest.id, request.at) if newest else None
    review = lists.newest_review(person_id)
    on = page is not None and page.aftercare.is_on
    begun = {row.review_id for row in rows}
    held = plans.plan_in_force(person_id) if on else None
    context = {
        "identity": chart.identity(person_id),
        "page": page,
        "earlier": rows[1:],
        "review": review,
        "may_start": review is not None and review.decision == "aftercare" and review.id not in begun and request.actor.may(access.MAKE),
        "on": on,
        "timing": own.own_timing(person_id, request.at) if on else None,
        "reading": own.reading() if on else None,
        "late": late_effects(page.aftercare, request.at) if page and on and request.actor.may(MEASURES_READ) else (),
        "may_make": on and request.actor.may(access.MAKE),
        "may_task": on and request.actor.may(access.TASK),
        "may_link": on and request.actor.may(integration.GOAL_RECORD),
        "may_decide": on and held is not None and request.actor.may(access.BOOSTER),
        "may_book": on and held is not None and request.actor.may(access.BOOK),
        "may_read_orders": request.actor.may("plan.order.read"),
        "plan": held,
        "task_form": TaskForm(initial={"key": ids.new_token()}),
        "end_form": EndForm(auto_id="id_end_%s"),
    }
    return render(request, "aftercare/person.html", context | more, status=status)
