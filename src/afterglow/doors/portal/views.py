"""Pages open to everyone: what this portal is, help in a crisis, the enquiry, and the door for personal links."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from afterglow.ground import ids
from afterglow.ground.access import links
from afterglow.ground.access.guard import public
from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.enquiry import rules
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.enquiry.forms import EnquiryForm

# where the holder of a link starts
FIRST_PAGE = {
    "intake": "portal:today",
    "proxy": "portal:today",
    "consent": "portal:consent",
    "summary": "exchange:own_visit",
    "course": "portal:practice",
    "check_in": "portal:today",
}


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/front.html")


@public
@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    """Reads nothing from the database of its own, so that it works whatever else does not."""
    return render(request, "portal/crisis.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enquire(request: HttpRequest, clinic_id: UUID | None = None) -> HttpResponse:
    """Ask for help.  With several clinics here, the person chooses first."""
    clinics = [accounts.clinic(one) for one in accounts.clinic_ids()]
    chosen = clinics if clinic_id is None else [row for row in clinics if row.id == clinic_id]
    if not chosen:
        raise NotFound("clinic")
    if len(chosen) > 1:
        return render(request, "portal/choose_clinic.html", {"clinics": sorted(chosen, key=lambda row: row.name)})
    request.clinic = chosen[0]
    form, refusal = EnquiryForm(request.POST or None, initial={"key": ids.new_token()}), None
    if request.method == "POST" and form.is_valid():
        try:
            source = request.META.get("REMOTE_ADDR", "") or "unknown"
            receive_enquiry(channel="web", **form.cleaned_data, source=source, by=public_page(chosen[0].id, request.request_id), at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            helped = rules.shows_help(form.cleaned_data["danger_now"])
            return redirect(reverse("portal:enquired") + ("?help=now" if helped else ""))
    held = refusal is not None and refusal.code == "enquiry.too_many"
    status = 429 if held else 422 if request.method == "POST" else 200
    help_now = held and rules.shows_help(form.cleaned_data["danger_now"])
    return render(request, "portal/enquire.html", {"form": form, "refusal": refusal, "help_now": help_now}, status=status)


@public
@require_safe
def enquired(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/enquired.html", {"help_now": request.GET.get("help") == "now"})


@public
@require_GET
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Exchange the secret in the address for a cookie, and go on to an address that says nothing."""
    try:
        link, cookie = links.open_by_token(token, at=request.at)
    except Refusal as refusal:
        return render(request, "portal/link_ended.html", {"refusal": refusal}, status=410)
    if link.purpose not in FIRST_PAGE:
        raise NotFound("page")
    response = redirect(FIRST_PAGE[link.purpose])
    response.set_cookie(
        LINK_COOKIE,
        cookie,
        max_age=int((link.expires_at - request.at).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    response["Referrer-Policy"] = "no-referrer"  # the address that was opened holds the secret: it is told to nobody, not even to ourselves
    return response
