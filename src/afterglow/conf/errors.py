"""Pages for what never reached a view."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afterglow.ground.errors import NotFound, Refusal


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "face/refusal.html", {"refusal": NotFound()}, status=404)


def unreadable(exception: SuspiciousOperation) -> tuple[Refusal, int]:
    """What was sent is no form of ours: the refusal, and 413 when it is too much or 400 when it cannot be read."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        too_much = "More was sent than any form here takes, so nothing was saved."
        return Refusal("access.too_much", too_much, "Go back, shorten the longest text, and send it again."), 413
    unread = "What was sent could not be read as a form, so nothing was saved."
    return Refusal("access.unreadable", unread, "Go back, copy what you typed if you need it, reload the page and send it again."), 400


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    refusal, status = unreadable(exception if isinstance(exception, SuspiciousOperation) else SuspiciousOperation())
    return render(request, "face/refusal.html", {"refusal": refusal}, status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "face/500.html", {"reference": getattr(request, "request_id", "")}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    refusal = Refusal(
        "access.stale_form",
        "This form is from an earlier sign-in, so nothing was saved.",
        "Go back, copy what you typed if you need it, reload the page and send it again.",
    )
    return render(request, "face/refusal.html", {"refusal": refusal}, status=403)
