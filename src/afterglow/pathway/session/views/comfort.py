"""Distress with its plan, touch, and the setting: entry pages with the person's comfort card on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.chart_touch import chart_touch
from afterglow.pathway.session.actions.note_setting import note_setting
from afterglow.pathway.session.actions.support_person import support_person
from afterglow.pathway.session.forms.comfort import DistressForm, SettingForm, TouchForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.comfort import comfort_now, distress_file, distress_of
from afterglow.pathway.session.queries.setting import setting_now
from afterglow.pathway.session.rules.distress import plan_from
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry
from afterglow.records.staff import queries as staff_queries

CHART = "session.session.chart"
SETTING_WORDS = ("intention", "music", "light", "others")


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


@json_refusals
@staff(CHART)
@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Set and setting: who is in the room and how the room is, as it is now."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    crew = [(str(row.user_id), row.name) for row in staff_queries.on_site(session.site_id, request.at)]
    now = setting_now(session)
    page = EntryPage(
        title="Set and setting",
        template="session/setting.html",
        form=SettingForm,
        need=CHART,
        more={"crew": crew},
        act=lambda form, common: note_setting(
            here=[UUID(each) for each in form.cleaned_data["here"]],
            **{name: form.cleaned_data[name] for name in (*SETTING_WORDS, "eyeshade", "taken_at")},
            **common,
        ),
    )
    stands = {name: getattr(now.setting, name) for name in (*SETTING_WORDS, "eyeshade")} if now.setting else {}
    here = [user_id for user_id, name in crew if now.setting and name in now.setting.here]
    return entry(request, session_id, page, initial={**stands, "here": here}, setting=now, **card(session))
