"""Pages for the holder of a personal link: from the door on, they act as themselves, whoever else is signed in on this browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from afterglow.ground.access.guard import by_link
from afterglow.ground.access.links import PROXY
from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound
from afterglow.records.chart import access as chart

View = Callable[..., HttpResponseBase]
JOURNAL_COOKIE = "afterglow_journal"


def holder_page(*purposes: str) -> Callable[[View], View]:
    """Open to a working link of one of these purposes only; `request.actor` is its holder."""

    def decorate(view: View) -> View:
        @by_link(*purposes)
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.actor = request.link.actor(request.request_id)
            request.clinic = accounts.clinic(request.link.clinic_id)
            request.clinic_id = request.clinic.id
            if request.actor.proxy_id is not None and not chart.knows(request.actor, request.link.person_id):
                raise NotFound  # the person's consent to this proxy was withdrawn
            return view(request, *args, **kwargs)

        return opened

    return decorate


own_intake_page = holder_page("intake")  # what nobody fills in for somebody else
intake_page = holder_page("intake", PROXY)
asked_page = holder_page("intake", PROXY, "check_in")  # questionnaires, and the page that leads to them


def read(request: HttpRequest, page: str) -> None:
    """One audit row for a page about the holder's own record."""
    trail.read("portal.page_read", by=request.actor, at=request.at, person_id=request.link.person_id, objects={"page": page})


def left(request: HttpRequest) -> HttpResponse:
    """Finish for now: this browser forgets the link, so that the next person at a shared device finds nothing; the answers stay."""
    response = render(request, "portal/left.html", {"ends_at": request.link.expires_at})
    response.delete_cookie(LINK_COOKIE, samesite="Lax")
    response.delete_cookie(JOURNAL_COOKIE, samesite="Lax")
    return response
