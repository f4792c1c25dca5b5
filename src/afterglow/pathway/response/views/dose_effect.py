"""Dose and effect, session by session, with what published models say of each peak."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.response import access, events
from afterglow.pathway.response.queries import dose_effect
from afterglow.pathway.response.queries.predicted import READ_ONCE
from afterglow.pathway.response.queries.trajectory import trajectory
from afterglow.pathway.response.rules.dose_effect import draw
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart


@staff(access.TRAJECTORY_READ)
@require_safe
def doses(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Of the course in force, or the last one."""
    chart_access.fetch_person(request.actor, person_id, need=access.TRAJECTORY_READ)
    course = trajectory(person_id, request.at)
    plan = plans.plan(course.plan_id) if course.plan_id else None
    rows = dose_effect.rows_of(course)
    planned = dose_effect.next_planned(plan, course, reader=request.actor.user_id, clinic_id=request.clinic_id) if plan else None
    shown = (*rows, planned.row) if planned else rows
    leading = course.leading or course.scales[0]
    trail.read(events.dose_effect_read, by=request.actor, at=request.at, person_id=person_id, count=len(rows))
    context = {
        "identity": chart.identity(person_id),
        "plan": plan,
        "rows": rows,
        "planned": planned,
        "leading": leading,
        "read_once": READ_ONCE,
        "may_read_order": request.actor.may(plan_access.ORDER_READ),
        "picture": draw(shown, scale_title=leading.title, scale_highest=leading.highest) if shown else None,
    }
    return render(request, "response/dose_effect.html", context)
