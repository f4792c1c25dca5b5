"""Sign in, choose a clinic, sign out."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.guard import public, signed_in, staff
from afterglow.ground.access.middleware import CLINIC_KEY
from afterglow.ground.accounts import actions, events, password_links, queries, sites
from afterglow.ground.accounts.forms import ChooseForm, NewSiteForm, PasswordForm, SignInForm, SiteForm
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal

NO_CLINIC = UUID(int=0)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    refusal, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.sign_in(**form.cleaned_data, source=request.META.get("REMOTE_ADDR", ""), at=request.at)
            clinics = queries.clinics_of(user.id)
            if not clinics:
                raise Refusal("accounts.no_clinic", "You hold no role at any clinic here.", "Ask the clinic's owner.")
        except Refusal as caught:
            refusal, status = caught, 422
            trail.record(events.sign_in_failed, by=Actor.job("sign-in", NO_CLINIC), at=request.at, reason=caught.code)
        else:
            login(request, user, backend="afterglow.ground.accounts.backend.LoginBackend")
            request.session[CLINIC_KEY] = str(clinics[0].id)
            trail.record(events.signed_in, by=queries.actor_for(user.id, clinics[0].id, request_id=request.request_id), at=request.at)
            return redirect(_next(request))
    return render(
        request,
        "accounts/sign_in.html",
        {"form": form, "refusal": refusal, "next": request.GET.get("next", ""), "was_chosen": "chosen" in request.GET},
        status=status,
    )


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Choose one's own password; other browsers of the same person are signed out by it."""
    form = PasswordForm(request.POST or None)
    refusal, changed = None, False
    if request.method == "POST" and form.is_valid():
        try:
            signed = actions.confirm_signature(by=request.actor, password=form.cleaned_data["old"], at=request.at)
            user = actions.change_password(new=form.cleaned_data["new"], signed=signed, by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            update_session_auth_hash(request, user)
            form, changed = PasswordForm(), True
    status = 422 if request.method == "POST" and not changed else 200
    return render(request, "accounts/password.html", {"form": form, "refusal": refusal, "changed": changed}, status=status)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponse:
    """The holder of a password link chooses their own; looking at the page uses nothing up."""
    form, refusal, status = ChooseForm(request.POST or None), None, 200
    try:
        link = password_links.open_password_link(token, at=request.at)
    except Refusal as caught:
        return _no_referrer(render(request, "accounts/link_not_open.html", {"refusal": caught}, status=410))
    request.clinic = queries.clinic(link.clinic_id)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                password_links.choose_password(token=token, new=form.cleaned_data["password"], at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect(f"{reverse('accounts:sign_in')}?chosen=yes")
    return _no_referrer(render(request, "accounts/choose.html", {"form": form, "refusal": refusal, "link": link}, status=status))


def _no_referrer(response: HttpResponse) -> HttpResponse:
    """The address holds the secret: it is told to nobody."""
    response["Referrer-Policy"] = "no-referrer"
    return response


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.actor is not None and request.actor.kind == "person":
        trail.record(events.signed_out, by=request.actor, at=request.at)
    logout(request)
    return redirect("accounts:sign_in")


@staff(sites.CHANGES)
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, site_id: UUID) -> HttpResponse:
    """Where a site is, how to reach it, and when it is open."""
    row = queries.site(site_id, clinic_id=request.clinic_id)
    held = {"phone": row.phone, "address": row.address, "open_days": list(row.open_days), "opens": row.opens, "closes": row.closes}
    form, refusal = SiteForm(request.POST or None, initial=held), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"open_days": "".join(form.cleaned_data["open_days"])}
        try:
            sites.change_site(site_id=site_id, **told, by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("desk:setup")
    trail.read(events.site_read, by=request.actor, at=request.at, objects={"site": site_id})
    return render(request, "accounts/site.html", {"site": row, "form": form, "refusal": refusal}, status=422 if request.method == "POST" else 200)


@staff(sites.CHANGES)
@require_http_methods(["GET", "POST"])
def add_site(request: HttpRequest) -> HttpResponse:
    """One more site; what it still lacks stands on the page Clinic afterwards."""
    first = {"key": ids.new_token(), "zone": request.clinic.zone, "open_days": list("12345"), "opens": "09:00", "closes": "17:00"}
    form, refusal = NewSiteForm(request.POST or None, initial=first), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data | {"open_days": "".join(form.cleaned_data["open_days"])}
        try:
            sites.add_site(**told, by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("desk:setup")
    return render(request, "accounts/add_site.html", {"form": form, "refusal": refusal}, status=422 if request.method == "POST" else 200)


@public
@require_POST
def choose_clinic(request: HttpRequest, clinic_id: UUID) -> HttpResponse:
    """Change to another clinic where the same person works; one clinic is active per login."""
    if not request.user.is_authenticated or clinic_id not in {row.id for row in queries.clinics_of(request.user.pk)}:
        raise NotFound("clinic")
    request.session.cycle_key()
    request.session[CLINIC_KEY] = str(clinic_id)
    trail.record(events.signed_in, by=queries.actor_for(request.user.pk, clinic_id, request_id=request.request_id), at=request.at)
    return redirect("desk:home")


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/") else "/desk/"
