"""The day's check of the emergency equipment."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.here import site_here
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.queries.gate_facts_place import equipment_of
from afterglow.pathway.session.queries.waiting import today_at


@staff("session.equipment.check")
@require_http_methods(["GET", "POST"])
def equipment(request: HttpRequest, site_id: UUID | None = None) -> HttpResponse:
    site = site_here(request) if site_id is None else access.fetch_site(request.actor, site_id, need="session.equipment.check")
    library = library_file("alerts", "equipment")
    refusal, status = None, 200
    if request.method == "POST":
        said = {item["id"]: request.POST.get(item["id"]) == "there" for item in library.content["items"] if request.POST.get(item["id"])}
        try:
            check_equipment(site_id=site.id, items=said, key=request.POST.get("key", ""), by=request.actor, at=request.at)
            return redirect("session:equipment_of", site.id)
        except Refusal as caught:
            if caught.status != 409:
                raise
            refusal, status = caught, 422
    today = today_at(site, request.at)
    context = {
        "site": site,
        "library": library,
        "items": [{**item, "typed": request.POST.get(item["id"], "")} for item in library.content["items"]],
        "last": equipment_of(site.id, today),
        "today": today,
        "key": ids.new_token(),
        "refusal": refusal,
        "choices": [{"value": "there", "label": "there and working"}, {"value": "missing", "label": "missing or not working"}],
    }
    return render(request, "session/equipment.html", context, status=status)
