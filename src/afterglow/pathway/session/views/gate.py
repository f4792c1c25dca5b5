"""The gate page: every item at once, overrides with two signatures, and Start."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_other, confirm_signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.call_off import call_off
from afterglow.pathway.session.actions.second_sign import second_sign
from afterglow.pathway.session.actions.sign_override import sign_override
from afterglow.pathway.session.actions.start_session import start_session
from afterglow.pathway.session.forms.signing import CallOffForm, OverrideForm, SecondForm, StartForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in_page import asked_at
from afterglow.pathway.session.queries.draw import open_draw
from afterglow.pathway.session.queries.gate_verdict import gate_now
from afterglow.pathway.session.views.day import fetch_for_page
from afterglow.records.chart import queries as chart


@staff("session.session.read")
@require_GET
def gate_view(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = fetch_for_page(request, session_id, need="session.session.read", event=events.gate_read)
    return _page(request, session)


@staff("session.session.start")
@require_POST
def start(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need="session.session.start")
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, session, start_form=form, status=422)
    try:
        signed = confirm_signature(by=request.actor, password=form.cleaned_data["password"], at=request.at)
        start_session(session_id=session_id, signed=signed, key=form.cleaned_data["key"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _refused(request, session, refusal, title="The infusion was not started")
    return redirect("session:room", session_id)


@staff("session.session.override")
@require_POST
def override(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need="session.session.override")
    form = OverrideForm(request.POST)
    if not form.is_valid():
        return _page(request, session, override_form=form, status=422)
    said = form.cleaned_data
    try:
        signed = confirm_signature(by=request.actor, password=said["password"], at=request.at)
        sign_override(
            session_id=session_id,
            item=said["item"],
            saw=said["saw"],
            reason=said["reason"],
            signed=signed,
            key=said["key"],
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        return _refused(request, session, refusal, override_form=form)
    return redirect("session:gate", session_id)


@staff("session.session.read")
@require_POST
def second(request: HttpRequest, override_id: UUID) -> HttpResponse:
    """The second signer's own address and password, whoever is signed in at this screen."""
    held = access.fetch_override(request.actor, override_id, need="session.session.read")
    session = access.fetch_session(request.actor, held.session_id)
    form = SecondForm(request.POST)
    if not form.is_valid():
        return _page(request, session, second_form=form, second_of=override_id, status=422)
    try:
        _, signed = confirm_other(
            email=form.cleaned_data["second_email"],
            password=form.cleaned_data["second_password"],
            by=request.actor,
            at=request.at,
        )
        second_sign(override_id=override_id, signed=signed, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _refused(request, session, refusal, second_form=form, second_of=override_id)
    return redirect("session:gate", session.id)


@staff("session.session.check_in")
@require_POST
def call_off_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need="session.session.check_in")
    form = CallOffForm(request.POST)
    if not form.is_valid():
        return _page(request, session, call_off_form=form, status=422)
    try:
        call_off(session_id=session_id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _refused(request, session, refusal, call_off_form=form)
    return redirect("session:day")


def _refused(request: HttpRequest, session: Session, refusal: Refusal, **more: Any) -> HttpResponse:
    """The page again with the refusal on top; what has a page of its own (404, 403) goes there."""
    if refusal.status not in (409, 422):
        raise refusal
    return _page(request, session, refusal=refusal, status=422, **more)


def _page(request: HttpRequest, session: Session, status: int = 200, **more: Any) -> HttpResponse:
    """`more`: a refusal with its title, or the bound form that came back."""
    session = access.fetch_session(request.actor, session.id)
    gate = gate_now(session, by=request.actor, at=request.at)
    waiting = {first.item: first for first in gate.waiting}
    asked = asked_at(finding.item for finding in gate.verdict.open)
    may = request.actor.may
    context = {
        "session": session,
        "gate": gate,
        "order": gate.visit.order,
        "drawn": open_draw(gate.visit),
        "identity": chart.identity(session.person_id),
        "open_items": [(finding, waiting.get(finding.item), gate.found(finding.item), asked.get(finding.item, "")) for finding in gate.verdict.open],
        "met_items": [finding for finding in gate.verdict if finding.is_met],
        "before_start": session.state in ("scheduled", "checked_in"),
        "may_start": may("session.session.start") and session.state == "checked_in",
        "may_override": may("session.session.override") and session.state == "checked_in",
        "may_draw": may("cabinet.movement.draw") and session.state == "checked_in",
        "may_call_off": may("session.session.check_in"),
        "start_form": StartForm(initial={"key": ids.new_token()}),
        "override_form": OverrideForm(),
        "second_form": SecondForm(),
        "call_off_form": CallOffForm(),
        "key": ids.new_token(),
        "refusal": None,
        "title": "",
        **more,
    }
    return render(request, "session/gate.html", context, status=status)
