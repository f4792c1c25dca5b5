"""What every page may show without its view asking for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from afterglow.doors.desk import navigation
from afterglow.doors.jobs import senders


def page(request: HttpRequest) -> dict[str, Any]:
    """`demo`, `clinic_phone`, and for staff `nav` and `flags_open` with where they stand, and `paging_note` where pages reach nobody."""
    clinic = getattr(request, "clinic", None)
    actor = getattr(request, "actor", None)
    context: dict[str, Any] = {"demo": bool(clinic and clinic.is_demo), "clinic_phone": clinic.phone if clinic else "", "nav": [], "flags_open": 0}
    if actor is not None and actor.kind == "person":
        context |= navigation.for_page(actor, path=request.path, at=request.at)
        if actor.may("flags.flag.own") or actor.may("clinic.settings.edit"):
            context["paging_note"] = senders.note(demo=context["demo"])
        context["flags_url"] = reverse("flags:open_list") if actor.may("flags.flag.read") else ""
    return context
