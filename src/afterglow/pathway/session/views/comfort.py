"""Distress with its plan, and touch: two entry pages with the person's comfort card on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.chart_touch import chart_touch
from afterglow.pathway.session.actions.support_person import support_person
from afterglow.pathway.session.forms.comfort import DistressForm, TouchForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.comfort import comfort_now, distress_file, distress_of
from afterglow.pathway.session.rules.distress import plan_from
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry

CHART = "session.session.chart"


@json_refusals
@staff(CHART)
@require_http_methods(["GET", "POST"])
def distress(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What to do, in order; how distressed the person is; and what was done."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    file = distress_file()
    plan = plan_from(file.content)
    page = EntryPage(
        title="Distress",
        template="session/distress.html",
        form=DistressForm,
        need=CHART,
        more={"supports": plan.supports},
        act=lambda form, common: support_person(
            rating=form.number,
            declined=form.cleaned_data["declined"],
            did=form.cleaned_data["did"],
            words=form.cleaned_data["words"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    course = distress_of(deeds.deeds(session.id), started_at=session.started_at)
    return entry(request, session_id, page, plan=plan, library=file, course=course, **card(session))


@json_refusals
@staff(CHART)
@require_http_methods(["GET", "POST"])
def touch(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=CHART)
    page = EntryPage(
        title="Touch",
        template="session/touch.html",
        form=TouchForm,
        need=CHART,
        act=lambda form, common: chart_touch(
            stamp=form.cleaned_data["stamp"], words=form.cleaned_data["words"], taken_at=form.cleaned_data["taken_at"], **common
        ),
    )
    return entry(request, session_id, page, **card(session))


def card(session: Session) -> dict[str, Any]:
    """The comfort card as every page of a session shows it."""
    now = comfort_now(session)
    return {"comfort": now.card, "touch": now.touch}
