"""The page on which what was done for a mark is tied to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.follow_mark import follow_mark
from afterglow.pathway.session.forms.course import FollowedForm
from afterglow.pathway.session.queries import deeds, place
from afterglow.pathway.session.queries.followed import courses_of_marks, may_be_named
from afterglow.pathway.session.queries.timeline import text_of
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry

CHART = "session.session.chart"
OFFERED = 20
"""So many of the newest entries are offered; older ones are told in words (J)."""


@json_refusals
@staff(CHART)
@require_http_methods(["GET", "POST"])
def followed(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Choose the mark, what was charted for it, and how it ended."""
    session = access.fetch_session(request.actor, session_id, need=CHART)
    rows, zone = deeds.deeds(session.id), place.zone_of(session)
    courses = courses_of_marks(rows)
    answers = [(str(each.seq), f"{each.answered_at.astimezone(zone):%H:%M} {each.sentence}") for each in courses]
    entries = [(str(each.seq), f"{each.taken_at.astimezone(zone):%H:%M} {text_of(each.kind, each.payload)}") for each in may_be_named(rows)[:OFFERED]]
    page = EntryPage(
        title="What was done for a mark",
        template="session/mark_followed.html",
        form=FollowedForm,
        need=CHART,
        more={"answers": answers, "entries": entries},
        act=_act,
    )
    return entry(request, session_id, page, initial={"answer": request.GET.get("answer", "")}, courses=courses)


def _act(form: FollowedForm, common: dict[str, Any]) -> Any:
    held = form.cleaned_data
    told = {"did": held["did"], "ended": held["ended"], "taken_at": held["taken_at"]}
    return follow_mark(answer=int(held["answer"]), entries=[int(one) for one in held["entries"]], **told, **common)
