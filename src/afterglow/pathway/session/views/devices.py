"""The monitors of a site: which room each writes to, when it was last heard; registering one, and taking one out of use."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.register_device import NEED, RegisteredDevice, end_device, register_device
from afterglow.pathway.session.forms.device import DeviceForm
from afterglow.pathway.session.queries.devices import devices_of
from afterglow.records.schedule import queries as schedule


@staff(NEED)
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """GET: the list, one audit row.  POST: register one (its key is shown once, in this answer), or end the one that `end` names."""
    site = site_here(request)
    if request.method == "POST":
        return _end(request, site) if request.POST.get("end") else _register(request, site)
    return _page(request, site, _form(site))


def _form(site: SiteRow, data: object = None) -> DeviceForm:
    return DeviceForm(data, rooms=schedule.rooms_of(site.id, "dosing"))


def _register(request: HttpRequest, site: SiteRow) -> HttpResponse:
    form = _form(site, request.POST)
    if not form.is_valid():
        return _page(request, site, form, status=422)
    said = form.cleaned_data
    try:
        made = register_device(
            site_id=site.id,
            room_id=form.room_id,
            name=said["name"],
            profile=said["profile"],
            caution=said["caution"],
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, site, form, refusal=refusal, status=422)
    return _page(request, site, _form(site), made=made)


def _end(request: HttpRequest, site: SiteRow) -> HttpResponse:
    try:
        device_id = UUID(request.POST["end"])
    except ValueError:
        raise NotFound("device") from None
    end_device(device_id=device_id, by=request.actor, at=request.at)
    return redirect(f"{reverse('session:devices')}?site={site.id}")


def _page(
    request: HttpRequest, site: SiteRow, form: DeviceForm, *, made: RegisteredDevice | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    lines = devices_of(site.id)
    trail.read(events.devices_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(lines))
    address = request.build_absolute_uri(reverse("devices:readings"))
    context = {"site": site, "lines": lines, "form": form, "made": made, "refusal": refusal, "address": address}
    return render(request, "session/board_devices.html", context, status=status)
