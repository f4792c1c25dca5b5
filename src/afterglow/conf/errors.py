"""Pages for what never reached a view."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afterglow.ground.errors import NotFound, Refusal


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "face/refusal.html", {"refusal": NotFound()}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "face/500.html", {"reference": getattr(request, "request_id", "")}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    refusal = Refusal(
        "access.stale_form",
        "This form is from an earlier sign-in, so nothing was saved.",
        "Go back, copy what you typed if you need it, reload the page and send it again.",
    )
    return render(request, "face/refusal.html", {"refusal": refusal}, status=403)
