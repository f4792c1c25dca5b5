"""Who may act for a person, on whose word, and the way back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.actions.record_proxy import record_proxy, withdraw_proxy
from afterglow.records.chart.forms import ProxyForm
from afterglow.records.chart.queries.proxies import ended_proxies, proxies_of
from afterglow.records.chart.views.person import frame


@staff("chart.person.read")
@require_http_methods(["GET", "POST"])
def proxies(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everybody who acts for this person, everybody who did, and a form for one more."""
    access.fetch_person(request.actor, person_id)
    form, refusal = ProxyForm(request.POST or None), None
    if request.method == "POST":
        require(request.actor, "chart.person.edit")
        if form.is_valid():
            try:
                record_proxy(person_id=person_id, **form.values(request.clinic.zone, request.at), by=request.actor, at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("chart:proxies", person_id)
    return _page(request, person_id, form, refusal)


@staff("chart.person.edit")
@require_POST
def withdraw(request: HttpRequest, person_id: UUID, proxy_id: UUID) -> HttpResponse:
    """At once: their links end with it."""
    access.fetch_person(request.actor, person_id, need="chart.person.edit")
    try:
        withdraw_proxy(proxy_id=proxy_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, person_id, ProxyForm(), refusal)
    return redirect("chart:proxies", person_id)


def _page(request: HttpRequest, person_id: UUID, form: ProxyForm, refusal: Refusal | None) -> HttpResponse:
    person = access.fetch_person(request.actor, person_id)
    trail.read(events.proxies_read, by=request.actor, at=request.at, person_id=person_id)
    context = frame(request, person, "proxies") | {
        "form": form,
        "refusal": refusal,
        "proxies": proxies_of(person_id),
        "ended": ended_proxies(person_id),
        "may_link": request.actor.may("measures.link.create"),
    }
    return render(request, "chart/proxies.html", context, status=422 if request.method == "POST" else 200)
