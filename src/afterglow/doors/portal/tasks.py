"""What somebody keeps doing after their course, on their own phone: tick a day, with a few words if they like, or take the tick back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from afterglow.doors.portal.holder import holder_page, read
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.aftercare import access
from afterglow.pathway.aftercare.actions.own_day import own_day
from afterglow.pathway.aftercare.forms import OwnDayForm
from afterglow.pathway.aftercare.queries.aftercare import own_tasks
from afterglow.records.chart import access as chart

task_page = holder_page("course", "check_in")


@task_page
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Today first, then the days before it."""
    read(request, "tasks")
    return _page(request)


@task_page
@require_POST
def tick(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One day done, or taken back; sent twice it counts once."""
    form = OwnDayForm(request.POST)
    if not form.is_valid():
        raise NotFound("day")  # the words are never refused here: only a form that no page of ours made
    try:
        own_day(task_id=task_id, **form.told(), by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _page(request, refusal=refusal, typed={task_id: form.cleaned_data["words"]}, status=422)
    return redirect("portal:tasks")


def _page(request: HttpRequest, *, typed: dict[UUID, str] | None = None, status: int = 200, **more: Any) -> HttpResponse:
    """`typed`: words that were not taken, for the task they belong to."""
    person = chart.fetch_person(request.actor, request.link.person_id, need=access.BY_LINK)
    rows = [
        {
            "task": task,
            "before": [day for day in task.days[-2::-1] if day.open or day.done],
            "form": OwnDayForm(initial={"words": (typed or {}).get(task.id, "")}, auto_id=f"id_{task.id}_%s"),
        }
        for task in own_tasks(person.id, request.at)
    ]
    return render(request, "portal/tasks.html", {"rows": rows, "ends_at": request.link.expires_at} | more, status=status)


urlpatterns = [
    path("me/tasks/", tasks, name="tasks"),
    path("me/tasks/<uuid:task_id>/", tick, name="task_tick"),
]
