"""The day's dosing visits at a site: who is due, where each stands, and the checks that every dose needs."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.check_in import check_in
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.gate_facts_place import equipment_of
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.pathway.session.queries.waiting import due_today, today_at


@staff("session.session.read")
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    return _day(request, site_here(request))


@staff("session.session.check_in")
@require_POST
def check_in_visit(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Open the visit's session and check the person in; a second press finds the same session."""
    try:
        session_id = open_session(appointment_id=appointment_id, by=request.actor, at=request.at)
        check_in(session_id=session_id, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _day(request, site_here(request), refusal)
    return redirect("session:check_in", session_id)


def _day(request: HttpRequest, site: SiteRow, refusal: Refusal | None = None) -> HttpResponse:
    rows = due_today(request.actor, site, request.at)
    trail.read(events.day_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(rows))
    limits = site_limits(site.id)
    today = today_at(site, request.at)
    equipment = equipment_of(site.id, today)
    context = {
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "today": today,
        "rows": rows,
        "refusal": refusal,
        "limits_open": len(limits.open),
        "limits_of": len(limits.rows),
        "equipment": equipment,
        "equipment_today": equipment is not None and equipment.checked_on == today,
        "may_check": request.actor.may("session.equipment.check"),
        "may_read_limits": request.actor.may("session.limits.read"),
        "may_check_in": request.actor.may("session.session.check_in"),
    }
    return render(request, "session/day.html", context, status=422 if refusal else 200)


def fetch_for_page(request: HttpRequest, session_id: UUID, *, need: str, event: str) -> Session:
    """The session for a page about one person, with its one audit row; times on the page are those of the session's site."""
    session = access.fetch_session(request.actor, session_id, need=need)
    request.clinic = replace(request.clinic, zone=accounts.site(session.site_id, clinic_id=request.clinic_id).zone)
    trail.read(event, by=request.actor, at=request.at, person_id=session.person_id, objects={"session": session.id})
    return session
