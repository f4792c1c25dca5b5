"""One way for every entry page: show the form, or store what was sent and say so, in the words the sender asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.forms.course import EntryForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds, place, timeline
from afterglow.pathway.session.views.chart_json import refused, same_author, stored, wants_json
from afterglow.records.chart import queries as chart

LATEST = 10
Act = Callable[[Any, dict[str, Any]], Charted]
"""Takes the valid form and what every action takes (session_id, key, by, at); gives the stored entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """What makes one page of another: its words, its form, its deed, and where it goes when it is stored."""

    title: str
    template: str
    form: type[EntryForm]
    act: Act
    need: str = ""  # empty: any signed-in member of staff of the clinic (safety 41)
    then: str = "session:room"
    more: Mapping[str, Any] = field(default_factory=dict)


def entry(request: HttpRequest, session_id: UUID, page: EntryPage, *, initial: Mapping[str, Any] | None = None, **context: Any) -> HttpResponse:
    """GET: the form, empty.  POST: stored and back to the room, or refused with what was typed kept."""
    actor: Actor = request.actor
    session = access.fetch_session(actor, session_id, need=page.need) if page.need else access.fetch_session_in_emergency(actor, session_id)
    zone = place.zone_of(session)
    request.clinic = replace(request.clinic, zone=zone.key)  # times on this page are those of the session's site
    if request.method != "POST":
        trail.read(events.charting_read, by=actor, at=request.at, person_id=session.person_id, objects={"session": session.id})
        blank = page.form(initial={"key": ids.new_token(), "author": actor.id, **(initial or {})}, zone=zone, at=request.at, **page.more)
        return _show(request, session, page, blank, context=context)
    form = page.form(request.POST, zone=zone, at=request.at, **page.more)
    try:
        same_author(request, request.POST.get("author", ""))
        if not form.is_valid():
            return _invalid(request, session, page, form, context)
        charted = page.act(form, {"session_id": session_id, "key": form.cleaned_data["key"], "by": actor, "at": request.at})
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        at_its_field(form, refusal)
        return refused(refusal) if wants_json(request) else _show(request, session, page, form, refusal=refusal, status=422, context=context)
    if wants_json(request):
        return stored(form.cleaned_data["key"], charted)
    return redirect(page.then, session_id)


def at_its_field(form: Form, refusal: Refusal) -> None:
    """The form says at the field itself what the refusal above it says; a field that is no field of this form has only the refusal."""
    found = {finding.item: finding.sentence for finding in refusal.findings if finding.item in form.fields}
    for name, sentence in (found or {refusal.field or "": refusal.sentence}).items():
        if name in form.fields and form.is_bound and not form.has_error(name):
            form.add_error(name, sentence)


def _invalid(request: HttpRequest, session: Session, page: EntryPage, form: EntryForm, context: Mapping[str, Any]) -> HttpResponse:
    if not wants_json(request):
        return _show(request, session, page, form, status=422, context=context)
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else name
    return refused(
        Refusal("session.form_incomplete", f"{label}: {' '.join(str(error) for error in errors)}", "Complete it and send it again.", field=name)
    )


def _show(
    request: HttpRequest,
    session: Session,
    page: EntryPage,
    form: EntryForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
    context: Mapping[str, Any],
) -> HttpResponse:
    """Who only helps in an emergency (the front desk, a therapist of others) sees the button and no chart."""
    whole = _may_read(request.actor, session)
    shown = {
        "session": session,
        "page": page,
        "form": form,
        "refusal": refusal,
        "identity": chart.identity(session.person_id) if whole else None,
        "lines": timeline.newest(deeds.deeds(session.id), LATEST) if whole else (),
        **context,
    }
    return render(request, page.template, shown, status=status)


def _may_read(actor: Actor, session: Session) -> bool:
    """May this person see the chart behind the button?"""
    try:
        access.fetch_session(actor, session.id)
    except (NotFound, Forbidden):
        return False
    return True
