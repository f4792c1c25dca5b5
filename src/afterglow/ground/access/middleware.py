"""Who is asking, and where?  Puts `actor`, `clinic`, `link`, `clinic_id` and `chosen_site` on every request; decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from afterglow.ground.access import links
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import choose_site
from afterglow.ground.errors import NotFound

LINK_COOKIE = "afterglow_link"
CLINIC_KEY = "clinic_id"


class ActorMiddleware:
    """Runs after Django's login and authentication middleware and after the clock's (`request.at`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = request.clinic = request.link = request.clinic_id = request.chosen_site = None
        self._by_sign_in(request)
        self._by_link(request)
        return self.get_response(request)

    def _by_sign_in(self, request: HttpRequest) -> None:
        clinic = request.session.get(CLINIC_KEY)
        if clinic is None or not request.user.is_authenticated:
            return
        try:
            request.actor = accounts.actor_for(request.user.pk, UUID(clinic), request_id=request.request_id)
            request.clinic = accounts.clinic(UUID(clinic))
            request.clinic_id = request.clinic.id
            choose_site(request)
        except NotFound:
            request.session.flush()

    def _by_link(self, request: HttpRequest) -> None:
        cookie = request.COOKIES.get(LINK_COOKIE)
        if not cookie:
            return
        request.link = links.open_by_cookie(cookie, at=request.at)
        if request.link is not None and request.actor is None:
            request.actor = request.link.actor(request.request_id)
            request.clinic = accounts.clinic(request.link.clinic_id)
            request.clinic_id = request.clinic.id
