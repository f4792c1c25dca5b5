"""The practice of the week on the person's own phone: read it, tick a day, take a tick back.  And the link to it, made by staff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from afterglow.doors.portal.holder import holder_page, left, read
from afterglow.ground.access import links
from afterglow.ground.access.guard import staff
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face.qr import qr_code
from afterglow.pathway.aftercare.queries.aftercare import own_tasks
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.practice_done import practice_done
from afterglow.pathway.integration.queries.practice import practices_now, today_of
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart

LINK_LASTS: Final = timedelta(days=28)
"""As long as a course of six infusions with its last week of practice (J, a site value)."""

practice_page = holder_page("course", "check_in")


@practice_page
@require_safe
def practice(request: HttpRequest) -> HttpResponse:
    """This week's practices, day by day."""
    read(request, "practice")
    return _page(request)


@practice_page
@require_POST
def tick(request: HttpRequest, practice_id: UUID) -> HttpResponse:
    """One day done, or not done after all; sent twice it counts once."""
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError as error:
        raise NotFound("day") from error
    try:
        practice_done(practice_id=practice_id, on=on, done=request.POST.get("done") == "yes", by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(request, refusal=refusal, status=422)
    return redirect("portal:practice")


@practice_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    return left(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    person = chart_access.fetch_person(request.actor, request.link.person_id, need=access.BY_LINK)
    rows = practices_now(person.id, today_of(person.clinic_id, request.at))
    context = {"person": person, "practices": rows, "tasks": own_tasks(person.id, request.at), "ends_at": request.link.expires_at}
    return render(request, "portal/practice.html", context | more, status=status)


@staff(access.GOAL_RECORD)
@require_POST
@transaction.atomic
def make_practice_link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The link is shown on this one answer and kept nowhere; an earlier one for the same stops working."""
    person = chart_access.fetch_person(request.actor, person_id, need=access.GOAL_RECORD)
    _, token = links.make_link(
        clinic_id=request.clinic_id, person_id=person_id, holder=person.name, purpose="course", lasts=LINK_LASTS, by=request.actor, at=request.at
    )
    address = request.build_absolute_uri(reverse("portal:open_link", args=[token]))
    context = {"identity": chart.identity(person_id), "address": address, "qr": qr_code(address), "days": LINK_LASTS.days}
    return render(request, "portal/practice_link.html", context)


urlpatterns = [
    path("me/practice/", practice, name="practice"),
    path("me/practice/<uuid:practice_id>/", tick, name="practice_tick"),
    path("me/practice/leave/", leave, name="practice_leave"),
    path("intake/<uuid:person_id>/practice/", make_practice_link, name="practice_link"),
]
