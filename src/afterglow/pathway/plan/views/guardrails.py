"""The guardrails of the protocols at a site: which are accepted, and by whom; a prescriber reads and accepts those of one protocol."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.accept_guardrails import accept_guardrails
from afterglow.pathway.plan.forms import GuardrailsForm
from afterglow.pathway.plan.queries import guardrails as queries
from afterglow.pathway.plan.queries.guardrails import Guardrails


@staff(access.GUARDRAILS_READ)
@require_GET
def protocols(request: HttpRequest) -> HttpResponse:
    """Every protocol of a site, with how many of its guardrails wait."""
    site = site_here(request)
    states = queries.guardrails_at(site.id, queries.protocols_at(site.id))
    trail.read(events.guardrails_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(states))
    return render(request, "plan/guardrails.html", {"site": site, "states": states})


@staff(access.GUARDRAILS_READ)
@require_http_methods(["GET", "POST"])
def protocol(request: HttpRequest, site_id: UUID, protocol_id: UUID) -> HttpResponse:
    """The guardrails of one protocol version; a POST accepts those that were open on the page."""
    site = access.fetch_site(request.actor, site_id, access.GUARDRAILS_READ)
    state = _state(site, protocol_id)
    form, refusal = GuardrailsForm(request.POST or None, state=state, initial={"key": ids.new_token()}), None
    if request.method == "POST":
        require(request.actor, access.GUARDRAILS_ACCEPT)
        if form.is_valid():
            try:
                _accept(request, site, state, form)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("plan:guardrails_of", site.id, protocol_id)
    else:
        trail.read(events.guardrails_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(state.rows))
    context = {"site": site, "state": state, "form": form, "refusal": refusal, "may_accept": request.actor.may(access.GUARDRAILS_ACCEPT)}
    return render(request, "plan/guardrails_of.html", context, status=422 if request.method == "POST" else 200)


def _state(site: SiteRow, protocol_id: UUID) -> Guardrails:
    """Raises NotFound for a version under which nobody here is treated or can be."""
    found = next((each for each in queries.protocols_at(site.id) if each.pk == protocol_id), None)
    if found is None:
        raise NotFound("protocol")
    return queries.guardrails(site.id, found)


def _accept(request: HttpRequest, site: SiteRow, state: Guardrails, form: GuardrailsForm) -> None:
    signed = confirm_signature(by=request.actor, password=form.cleaned_data["password"], at=request.at)
    key, parts = form.cleaned_data["key"], form.cleaned_data["part"]
    accept_guardrails(site_id=site.id, protocol_id=state.protocol.pk, parts=parts, signed=signed, key=key, by=request.actor, at=request.at)
