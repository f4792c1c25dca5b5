"""What every request gets: the time, an id, security headers; and what every refusal becomes."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from afterglow.conf.errors import unreadable
from afterglow.doors import clock
from afterglow.ground.errors import Refusal, SignInNeeded
from afterglow.ground.reading import one_page
from afterglow.records.staff.queries import rostered

log = logging.getLogger("afterglow")

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class RequestMiddleware:
    """`request.at` is the one wall clock of a request; `request.request_id` names it in the audit trail and on error pages.

    `request.rostered`: what the calendar asks of the roster; the two records do not know each other, so it is handed in here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = clock.now()
        request.request_id = secrets.token_hex(6)
        request.rostered = rostered
        with one_page() if request.method in {"GET", "HEAD"} else nullcontext():
            response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-Id"] = request.request_id
        response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        return response


class RefusalMiddleware:
    """The mapper of the page door: a refusal that no view caught becomes a page that says what, why and what next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, SignInNeeded) and request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
            return redirect(f"{reverse('accounts:sign_in')}?{urlencode({'next': request.get_full_path()})}")
        if isinstance(exception, SuspiciousOperation):
            return _said(request, *unreadable(exception))
        if isinstance(exception, Refusal):
            return _said(request, exception, exception.status)
        # The message of an exception may hold a patient's value: the log gets its type, its place and the reference number.
        place = _last_frame(exception)
        log.error("unexpected %s at %s reference %s", type(exception).__name__, place, request.request_id)
        return render(request, "face/500.html", {"reference": request.request_id}, status=500)


def _said(request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(as_json(refusal), status=status)
    return render(request, "face/refusal.html", {"refusal": refusal, "reference": request.request_id}, status=status)


def as_json(refusal: Refusal) -> dict[str, object]:
    """A refusal for a program: the same code, sentence and next step as on the page."""
    return {
        "code": refusal.code,
        "sentence": refusal.sentence,
        "now": refusal.now,
        "field": refusal.field,
        "findings": [{"item": finding.item, "state": finding.state, "sentence": finding.sentence} for finding in refusal.findings],
    }


def _last_frame(exception: Exception) -> str:
    trace = exception.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
