"""The register of instrument licences: what may be asked here, what may not and why, and the clinic's own licences."""

from __future__ import annotations

from collections.abc import Sequence
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
from afterglow.records.measures import access, events, rules
from afterglow.records.measures.actions.load_text import load_text
from afterglow.records.measures.actions.record_licence import end_licence, record_licence
from afterglow.records.measures.forms import EndLicenceForm, LicenceForm, OwnTextForm, SheetForm
from afterglow.records.measures.queries import licences as register
from afterglow.records.measures.queries.licences import ScaleRow


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
        "free": [row for row in rows if not row.needs_licence and row.verdict.met],
        "never": [row for row in rows if not row.needs_licence and not row.verdict.met],
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


@staff("measures.licence.record")
@require_http_methods(["GET", "POST"])
def own_text(request: HttpRequest, instrument: str) -> HttpResponse:
    """The clinic's own text of one scale, field by field."""
    site = site_here(request)
    scale = register.scale(instrument, site, request.at)
    if request.method == "GET":
        trail.read(events.text_read, by=request.actor, at=request.at, objects={"site": site.id, "instrument": instrument}, count=1)
        return _text_page(request, site, scale)
    form = OwnTextForm(scale, request.POST)
    if not form.is_valid():
        return _text_page(request, site, scale, form=form, status=422)
    return _load(request, site, scale, form.lines(scale), form=form)


@staff("measures.licence.record")
@require_POST
def own_text_file(request: HttpRequest, instrument: str) -> HttpResponse:
    """The same from a filled-in sheet."""
    site = site_here(request)
    scale = register.scale(instrument, site, request.at)
    form = SheetForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            lines = rules.lines_of(form.cleaned_data["file"])
        except rules.SheetUnreadable as error:
            form.add_error("file", str(error))
        else:
            return _load(request, site, scale, lines, sheet_form=form)
    return _text_page(request, site, scale, sheet_form=form, status=422)


@staff("measures.licence.record")
@require_GET
def sheet(request: HttpRequest, instrument: str) -> HttpResponse:
    """The sheet to fill in, with what the clinic's text says already."""
    site = site_here(request)
    scale = register.scale(instrument, site, request.at)
    trail.read(events.text_taken, by=request.actor, at=request.at, objects={"site": site.id, "instrument": instrument}, count=1)
    text = rules.sheet_of(scale.shipped.instrument, scale.own_texts)
    answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")  # the mark at its head tells spreadsheets what it is
    answer["Content-Disposition"] = f'attachment; filename="{instrument}-text.csv"'
    return answer


def _load(request: HttpRequest, site: SiteRow, scale: ScaleRow, lines: Sequence[rules.Line], **forms: Any) -> HttpResponse:
    name = scale.shipped.instrument.id
    try:
        load_text(instrument=name, lines=lines, site_id=site.id, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _text_page(request, site, scale, refusal=refusal, status=422, **forms)
    return redirect(_address(name, site))


def _text_page(request: HttpRequest, site: SiteRow, scale: ScaleRow, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"site": site, "scale": scale, "form": OwnTextForm(scale), "sheet_form": SheetForm()}
    return render(request, "measures/own_text.html", context | more, status=status)


def _page(request: HttpRequest, site: SiteRow, instrument: str, *, status: int = 200, **more: Any) -> HttpResponse:
    scale = register.scale(instrument, site, request.at)
    left = register.open_forms(instrument, site.id) if scale.needs_licence and scale.in_date is None else 0
    context = {
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "scale": scale,
        "open_forms": left,
        "form": LicenceForm(),
        "may_record": request.actor.may("measures.licence.record"),
    }
    return render(request, "measures/licence.html", context | more, status=status)


def _address(instrument: str, site: SiteRow) -> str:
    return f"{reverse('measures:licence', args=[instrument])}?site={site.id}"
