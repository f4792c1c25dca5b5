"""The intake as staff see it: what is done, what is open, and the personal link to hand over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from afterglow.doors.portal import steps
from afterglow.doors.portal.forms import LinkForm
from afterglow.doors.portal.invite import invite, invite_proxy, pageable
from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.face.qr import qr_code
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries.proxies import proxies_of
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import licences

# Where staff fill in the same page at the desk: name of the chart's address, and its list
AT_THE_DESK: dict[str, tuple[str, tuple[str, ...]]] = {
    "about": ("chart:edit", ()),
    "private": ("chart:edit", ()),
    "problems": ("chart:list", ("problems",)),
    "medicines": ("chart:list", ("medicines",)),
    "allergies": ("chart:list", ("allergies",)),
    "treatments": ("chart:list", ("trials",)),
}


@staff("measures.link.create")
@require_safe
def intake(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need="measures.link.create")
    trail.read("portal.intake_read", by=request.actor, at=request.at, person_id=person_id)
    return _page(request, person_id)


@staff("measures.link.create")
@require_POST
def make_link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The link is shown on this one answer and kept nowhere."""
    chart_access.fetch_person(request.actor, person_id, need="measures.link.create")
    form = _form(request, person_id, request.POST)
    if not form.is_valid():
        return _page(request, person_id, form=form, status=422)
    data = form.cleaned_data
    try:
        made = invite(
            person_id=person_id, site_id=UUID(data["site_id"]), instruments=data["instruments"], key=data["key"], by=request.actor, at=request.at
        )
    except Refusal as refusal:
        return _page(request, person_id, form=form, refusal=refusal, status=422)
    address = request.build_absolute_uri(reverse("portal:open_link", args=[made.token]))
    return _page(request, person_id, address=address, qr=qr_code(address), ends_at=made.expires_at)


@staff("measures.link.create")
@require_POST
def make_proxy_link(request: HttpRequest, person_id: UUID, proxy_id: UUID) -> HttpResponse:
    """The same for somebody who acts for the person."""
    try:
        made = invite_proxy(person_id=person_id, proxy_id=proxy_id, key=request.POST.get("key", ""), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, person_id, refusal=refusal, status=422)
    address = request.build_absolute_uri(reverse("portal:open_link", args=[made.token]))
    name = next(row.name for row in proxies_of(person_id) if row.id == proxy_id)
    return _page(request, person_id, address=address, qr=qr_code(address), ends_at=made.expires_at, link_for=name)


def _form(request: HttpRequest, person_id: UUID, data: Any = None) -> LinkForm:
    """Offers what goes by link, can be the baseline of a course (it says what a change is) and is not out already."""
    out = {row.paper.instrument.id for row in measures.open_assignments(person_id, channel="link")}
    here = accounts.sites_of(request.clinic_id)
    fit = [paper for paper in licences.papers(here, request.at) if "link" in paper.instrument.ways and paper.instrument.change is not None]
    papers = [paper for paper in fit if paper.instrument.id not in out]
    sites = [(str(site.id), site.name) for site in here]
    given = {paper.instrument.id for paper in papers if measures.last_complete_at(person_id, paper.instrument.id) is None}
    start = {"key": ids.new_token(), "site_id": sites[0][0], "instruments": sorted(given)}
    return LinkForm(papers, sites, data, initial=start)


def _desk_url(slug: str, person_id: UUID, by: Actor) -> str:
    """Where this member of staff fills in the same page; '' where they may not.  A step without a page of its own is a questionnaire."""
    name, more = AT_THE_DESK.get(slug, ("", ()))
    if not by.may("chart.person.edit" if name == "chart:edit" else "chart.clinical.record"):
        return ""
    if slug == "private" and not by.may("chart.clinical.read"):  # that page shows its private part to clinical staff only
        return ""
    return reverse(name, args=[person_id, *more]) if name else reverse("measures:ask", args=[slug])


def _page(request: HttpRequest, person_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    person = chart_access.fetch_person(request.actor, person_id)
    rows = []
    for step in steps.steps_of(person):
        rows.append({"step": step, "url": _desk_url(step.slug, person_id, request.actor)})
    sites = accounts.sites_of(request.clinic_id)
    context = {
        "identity": chart.identity(person_id) if request.actor.may("chart.clinical.read") else None,
        "person": person,
        "rows": rows,
        "form": _form(request, person_id),
        "on_call": any(pageable(site.id, request.at) for site in sites),
        "proxies": [{"row": row, "key": ids.new_token()} for row in proxies_of(person_id) if row.may_fill_intake],
        "many_sites": len(sites) > 1,
        "may_ask": request.actor.may("measures.answer.read"),
    }
    return render(request, "portal/intake.html", context | more, status=status)
