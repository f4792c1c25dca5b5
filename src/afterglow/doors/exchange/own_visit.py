"""A person's own visit on their phone: the link that staff make once they have left, and the page that it opens."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterglow.doors.exchange import events
from afterglow.doors.exchange.summary import visit_leaflet
from afterglow.doors.portal.holder import holder_page, left
from afterglow.ground.access import links
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face.qr import qr_code
from afterglow.pathway.session import access
from afterglow.pathway.session.queries.room import room
from afterglow.records.chart import queries as chart

LINK_LASTS: Final = timedelta(days=14)  # a site value (J), as for the intake
MAY_HAND_OUT: Final = "exchange.document.read"  # whoever may print the leaflet may hand out the link to it


@staff(MAY_HAND_OUT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit_link(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A POST makes the link and shows it on this one answer; it is kept nowhere, and an earlier one for the same visit ends."""
    session = access.fetch_session(request.actor, session_id, need=MAY_HAND_OUT)
    identity = chart.identity(session.person_id)
    context = {"identity": identity, "session_id": session_id, "refusal": None}
    try:
        visit_leaflet(session_id, clinic=request.clinic, at=request.at)
        if request.method == "POST":
            made, token = links.make_link(
                clinic_id=request.clinic_id, person_id=session.person_id, holder=identity.name, purpose="summary", subject=str(session_id),
                lasts=LINK_LASTS, by=request.actor, at=request.at,
            )  # fmt: skip
            address = request.build_absolute_uri(reverse("portal:open_link", args=[token]))
            context |= {"address": address, "qr": qr_code(address), "ends_at": made.expires_at}
            return render(request, "exchange/visit_link.html", context)
    except Refusal as refusal:
        context["refusal"] = refusal
    trail.read(events.link_page_read, by=request.actor, at=request.at, person_id=session.person_id, objects={"session": session_id})
    return render(request, "exchange/visit_link.html", context, status=422 if request.method == "POST" else 200)


def own_session(request: HttpRequest) -> UUID:
    """The visit that the holder's link names, and no other.  Raises NotFound."""
    try:
        session_id = UUID(request.link.subject)
    except ValueError:
        raise NotFound("document") from None
    if room(session_id, request.at).person_id != request.link.person_id:
        raise NotFound("document")
    return session_id


@holder_page("summary")
@never_cache
@require_safe
def own_visit(request: HttpRequest) -> HttpResponse:
    """What happened, what to leave alone until when, and whom to call."""
    session_id = own_session(request)
    document, end = visit_leaflet(session_id, clinic=request.clinic, at=request.at)
    trail.read(events.own_visit_read, by=request.actor, at=request.at, person_id=request.link.person_id, objects={"session": session_id})
    context = {
        "document": document,
        "no_driving_until": end.no_driving_until,
        "may_have_note": end.how == "discharged",
        "ends_at": request.link.expires_at,
    }
    return render(request, "exchange/own_visit.html", context)


@holder_page("summary")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    return left(request)
