"""A person's own documents by a consent link: read, answer, sign, keep a copy, take it back.  And the link itself, made by staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.doors.portal.holder import left
from afterglow.ground.access import links
from afterglow.ground.access.guard import by_link, staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.face.qr import qr_code
from afterglow.pathway.consent import access, events, queries
from afterglow.pathway.consent.actions.decline import decline
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.forms import WithdrawForm
from afterglow.pathway.consent.queries.research import research_state
from afterglow.pathway.consent.rules import course_words
from afterglow.pathway.consent.views import flow
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.registry.queries import published_about
from afterglow.records.chart import queries as chart

LINK_LASTS: Final = timedelta(days=14)  # a site value (J), as for the intake
View = Callable[..., HttpResponseBase]
DOOR = flow.Door(
    read="portal:consent_read",
    questions="portal:consent_questions",
    sign="portal:consent_sign",
    decline="portal:consent_decline",
    home="portal:consent",
    by_staff=False,
)


def consent_page(view: View) -> View:
    """Open to a working consent link only; `request.actor` is its holder, whoever else is signed in on this browser."""

    @by_link("consent")
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.actor = request.link.actor(request.request_id)
        request.clinic = accounts.clinic(request.link.clinic_id)
        request.clinic_id = request.clinic.id
        return view(request, *args, **kwargs)

    return opened


@consent_page
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    person_id = request.link.person_id
    own = plans.plan_in_force(person_id)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=person_id)
    context = {
        "offers": queries.open_offers(person_id),
        "documents": queries.signed_documents(person_id),
        "research": research_state(person_id),
        **flow.signing_closed(person_id, request.at),
        "ends_at": request.link.expires_at,
        "own_course": None if own is None else course_words(own.effective["course"]),
        "about": _published(person_id),
    }
    return render(request, "portal/consent_documents.html", context)


def _published(person_id: UUID) -> str:
    """Which page of expectations is about what this person is treated for, as this system treats it; "" where nobody decided yet."""
    what_for = plans.cleared_for(person_id)
    return (published_about(what_for.id) or "") if what_for else ""


@consent_page
@require_GET
def read(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.read(request, offer_id, DOOR)


@consent_page
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.questions(request, offer_id, DOOR)


@consent_page
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.sign_page(request, offer_id, DOOR)


@consent_page
@require_POST
def say_no(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    decline(offer_id=offer_id, said=request.POST.get("said", "")[:2000], by=request.actor, at=request.at)
    return redirect("portal:consent")


@consent_page
@require_GET
def signed(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    context = flow.signed_context(request, consent_id)
    trail.read(events.signed_read, by=request.actor, at=request.at, person_id=request.link.person_id, objects={"consent": consent_id})
    return render(request, "portal/consent_signed.html", {**context, "form": WithdrawForm()})


@consent_page
@require_GET
def download(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    return flow.download(request, consent_id)


@consent_page
@require_POST
def take_back(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    withdraw(consent_id=consent_id, said=request.POST.get("said", "")[:2000], by=request.actor, at=request.at)
    return redirect("portal:consent_signed", consent_id)


@consent_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    return left(request)


@staff("consent.consent.offer")
@require_POST
def make_link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A link to this person's documents, shown on this one answer and kept nowhere."""
    person = access.may_reach(request.actor, person_id, need="consent.consent.offer")
    with transaction.atomic():
        made, token = links.make_link(
            clinic_id=request.clinic_id,
            person_id=person_id,
            holder=person.name,
            purpose="consent",
            lasts=LINK_LASTS,
            by=request.actor,
            at=request.at,
        )
    address = request.build_absolute_uri(reverse("portal:open_link", args=[token]))
    context = {"identity": chart.identity(person_id), "address": address, "qr": qr_code(address), "ends_at": made.expires_at}
    return render(request, "portal/consent_link.html", context)


urlpatterns = [
    path("me/consent/", documents, name="consent"),
    path("me/consent/leave/", leave, name="consent_leave"),
    path("me/consent/<uuid:offer_id>/", read, name="consent_read"),
    path("me/consent/<uuid:offer_id>/questions/", questions, name="consent_questions"),
    path("me/consent/<uuid:offer_id>/sign/", sign, name="consent_sign"),
    path("me/consent/<uuid:offer_id>/decline/", say_no, name="consent_decline"),
    path("me/consent/signed/<uuid:consent_id>/", signed, name="consent_signed"),
    path("me/consent/signed/<uuid:consent_id>/download/", download, name="consent_download"),
    path("me/consent/signed/<uuid:consent_id>/withdraw/", take_back, name="consent_withdraw"),
    path("consent-link/<uuid:person_id>/", make_link, name="consent_link"),
]
