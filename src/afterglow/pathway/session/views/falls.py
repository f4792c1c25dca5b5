"""The note against a fall: its page, and what the room and the leaving page show of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.note_falls import note_falls
from afterglow.pathway.session.forms.falls import FallsForm
from afterglow.pathway.session.queries.falls import fall_note
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry

CHART = "session.session.chart"


@json_refusals
@staff(CHART)
@require_http_methods(["GET", "POST"])
def falls(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=CHART)
    held = fall_note(session, at=request.at)
    page = EntryPage(
        title="Against a fall",
        template="session/falls.html",
        form=FallsForm,
        need=CHART,
        act=lambda form, common: note_falls(
            done=form.cleaned_data["done"],
            walks_with=form.cleaned_data["walks_with"],
            fell=form.cleaned_data["fell"],
            taken_at=form.cleaned_data["taken_at"],
            **common,
        ),
    )
    return entry(request, session_id, page, initial={"done": list(held.marked), "walks_with": held.walks_with}, falls=held)
