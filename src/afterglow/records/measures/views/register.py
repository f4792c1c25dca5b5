"""The register of instrument licences: what may be asked here, what may not and why, and the clinic's own licences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.measures import access, events
from afterglow.records.measures.actions.record_licence import end_licence, record_licence
from afterglow.records.measures.forms import EndLicenceForm, LicenceForm
from afterglow.records.measures.queries import licences as register


@staff("measures.licence.read")
@require_GET
def licences(request: HttpRequest) -> HttpResponse:
    """Every scale of the library at one site."""
    site = site_here(request)
    rows = register.scales(site, request.at)
    trail.read(events.licences_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(rows))
    context = {
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "licensed": [row for row in rows if row.needs_licence],
        "free": [row for row in rows if not row.needs_licence],
        "may_record": request.actor.may("measures.licence.record"),
    }
    return render(request, "measures/licences.html", context)


@staff("measures.licence.read")
@require_http_methods(["GET", "POST"])
def licence(request: HttpRequest, instrument: str) -> HttpResponse:
    """One scale: its licence, the clinic's own, and whether it may be asked here.  A POST records one more."""
    site = site_here(request)
    if request.method == "GET":
        trail.read(events.licence_read, by=request.actor, at=request.at, objects={"site": site.id, "instrument": instrument}, count=1)
        return _page(request, site, instrument)
    require(request.actor, "measures.licence.record")
    form = LicenceForm(request.POST)
    if not form.is_valid():
        return _page(request, site, instrument, form=form, status=422)
    try:
        record_licence(instrument=instrument, **form.told(), site_id=site.id, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, site, instrument, form=form, refusal=refusal, status=422)
    return redirect(_address(instrument, site))


@staff("measures.licence.record")
@require_POST
def end(request: HttpRequest, licence_id: UUID) -> HttpResponse:
    row = access.fetch_licence(request.actor, licence_id, need="measures.licence.record")
    site = site_here(request)
    form = EndLicenceForm(request.POST)
    if not form.is_valid():
        return _page(request, site, row.instrument_name, end_form=form, end_id=licence_id, status=422)
    end_licence(licence_id=licence_id, **form.cleaned_data, by=request.actor, at=request.at)
    return redirect(_address(row.instrument_name, site))


def _page(request: HttpRequest, site: SiteRow, instrument: str, *, status: int = 200, **more: Any) -> HttpResponse:
    sites = accounts.sites_of(request.clinic_id)
    context = {
        "site": site,
        "sites": sites,
        "scale": register.scale(instrument, site, request.at),
        "form": LicenceForm(),
        "may_record": request.actor.may("measures.licence.record"),
    }
    return render(request, "measures/licence.html", context | more, status=status)


def _address(instrument: str, site: SiteRow) -> str:
    return f"{reverse('measures:licence', args=[instrument])}?site={site.id}"
