"""Check-ins for staff: who has to be called, what was sent and answered, and the page of one with the call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.response import access, events
from afterglow.pathway.response.actions.record_call import OUTCOMES, record_call
from afterglow.pathway.response.forms.calls import LOCAL, CallForm
from afterglow.pathway.response.queries import check_ins
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart

ANSWERING_OVER: Final = timedelta(days=28)  # J: long enough to count, short enough to notice a change


@staff(access.CHECK_IN_READ)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every call first, then the last week, page by page."""
    calls = check_ins.waiting_calls(request.actor)
    part, rows = check_ins.recent(request.actor, request.at, request.GET.get("page", ""))
    trail.read(events.check_ins_read, by=request.actor, at=request.at, count=len({row.id for row in (*calls, *rows)}))
    answering = check_ins.answering(request.actor, request.at - ANSWERING_OVER, request.at)
    context = {"calls": calls, "rows": rows, "part": part, "answering": answering, "over_days": ANSWERING_OVER.days}
    return render(request, "response/check_ins.html", context)


@staff(access.CHECK_IN_READ)
@require_safe
def page(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    row = access.fetch_check_in(request.actor, check_in_id)
    trail.read(events.check_in_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"check_in": row.id})
    return _page(request, check_in_id)


@staff(access.CHECK_IN_CALL)
@require_POST
def call(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    access.fetch_check_in(request.actor, check_in_id, access.CHECK_IN_CALL)
    form = CallForm(request.POST, zone=check_ins.check_in(check_in_id).zone)
    if not form.is_valid():
        return _page(request, check_in_id, form=form, status=422)
    try:
        record_call(check_in_id=check_in_id, **form.deed(), by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, check_in_id, form=form, refusal=refusal, status=422)
    return redirect("response:check_in", check_in_id)


@staff(access.CHECK_IN_READ)
@require_safe
def of_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Every check-in of one person."""
    chart_access.fetch_person(request.actor, person_id, need=access.CHECK_IN_READ)
    rows = check_ins.check_ins_of(person_id)
    trail.read(events.check_in_read, by=request.actor, at=request.at, person_id=person_id)
    return render(request, "response/check_ins_of.html", {"identity": chart.identity(person_id), "rows": rows, "person_id": person_id})


def _page(request: HttpRequest, check_in_id: UUID, *, form: CallForm | None = None, status: int = 200, **more: Any) -> HttpResponse:
    row = check_ins.check_in(check_in_id)
    now = request.at.astimezone(ZoneInfo(row.zone))
    start = {"key": ids.new_token(), "called": now.strftime(LOCAL)}
    context = {
        "row": row,
        "identity": chart.identity(row.person_id),
        "person": chart_access.fetch_person(request.actor, row.person_id),
        "calls": [(each, OUTCOMES[each.outcome]) for each in check_ins.calls_of(check_in_id)],
        "form": form or CallForm(initial=start, zone=row.zone),
        "may_call": request.actor.may(access.CHECK_IN_CALL),
    }
    return render(request, "response/check_in.html", context | more, status=status)
