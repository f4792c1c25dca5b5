"""The Limits page: what this site accepted, what it changed and why, and what is open."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from afterglow.ground import ids
from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.accounts.here import site_here
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.accept_limit import accept_limits
from afterglow.pathway.session.forms.signing import LimitsForm
from afterglow.pathway.session.queries.limits import site_limits


@staff("session.limits.read")
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest, site_id: UUID | None = None) -> HttpResponse:
    site = site_here(request) if site_id is None else access.fetch_site(request.actor, site_id, need="session.limits.read")
    state = site_limits(site.id)
    form = LimitsForm(request.POST or None, rows=state.rows, initial={"key": ids.new_token()})
    refusal, status = None, 200
    if request.method == "POST":
        require(request.actor, "session.limits.accept")
        status = 422
        if form.is_valid():
            try:
                signed = confirm_signature(by=request.actor, password=form.cleaned_data["password"], at=request.at)
                accept_limits(
                    site_id=site.id,
                    values=form.values(),
                    reasons=form.reasons(),
                    signed=signed,
                    key=form.cleaned_data["key"],
                    by=request.actor,
                    at=request.at,
                )
                return redirect("session:limits_of", site.id)
            except Refusal as caught:
                if caught.status != 409:
                    raise
                refusal = caught
    else:
        trail.read(events.limits_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(state.rows))
    context = {"site": site, "state": state, "form": form, "refusal": refusal, "may_accept": request.actor.may("session.limits.accept")}
    return render(request, "session/limits.html", context, status=status)
