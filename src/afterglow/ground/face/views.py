"""The styleguide: every component with example values, in day and in dusk, and the room and phone frames."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afterglow.ground.access.guard import public
from afterglow.ground.face import examples, examples_course
from afterglow.ground.face.qr import qr_code

ADDRESS = "https://clinic.example/l/an-example-that-leads-nowhere"


@public
def styleguide(request: HttpRequest) -> HttpResponse:
    """All components; `?theme=day` or `?theme=dusk` shows them in that theme."""
    return render(request, "face/styleguide.html", _examples(request) | {"qr": qr_code(ADDRESS), "address": ADDRESS})


@public
def styleguide_room(request: HttpRequest) -> HttpResponse:
    return render(request, "face/styleguide_room.html", _examples(request))


@public
def styleguide_phone(request: HttpRequest) -> HttpResponse:
    return render(request, "face/styleguide_phone.html", _examples(request))


def _examples(request: HttpRequest) -> dict[str, Any]:
    return {
        "forced_theme": request.GET.get("theme", ""),
        "dan": examples.DAN,
        "dana": examples.DANA,
        "blocked": examples.BLOCKED,
        "clear": examples.CLEAR,
        "refusal": examples.REFUSAL,
        "walk": examples.WALK,
        "due": examples.DUE,
        "timeline": examples.timeline(),
        "checklist": examples.CHECKLIST,
        "board": examples.BOARD,
        "scale": examples.scale_options(),
        "drawing": examples.drawing(),
        "started": examples.STARTED,
        "picture": examples_course.picture(),
        "hundred": examples_course.hundred(),
        "days": examples_course.DAYS,
        "window": examples_course.WINDOW,
        "decisions": examples_course.DECISIONS,
    }
