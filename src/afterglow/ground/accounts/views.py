"""Sign in, choose a clinic, sign out."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from afterglow.ground.access.actor import Actor
from afterglow.ground.access.guard import public, signed_in
from afterglow.ground.access.middleware import CLINIC_KEY
from afterglow.ground.accounts import actions, events, queries
from afterglow.ground.accounts.forms import PasswordForm, SignInForm
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
    return render(request, "accounts/sign_in.html", {"form": form, "refusal": refusal, "next": request.GET.get("next", "")}, status=status)


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
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.actor is not None and request.actor.kind == "person":
        trail.record(events.signed_out, by=request.actor, at=request.at)
    logout(request)
    return redirect("accounts:sign_in")


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
