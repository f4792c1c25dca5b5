"""Staff: who works here, what they hold until when, and who is here or on call."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import signed_in, staff
from afterglow.ground.accounts import actions as accounts_actions
from afterglow.ground.accounts import password_links
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.face.qr import qr_code
from afterglow.records.staff import access, events, queries
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.actions.record_credential import record_credential
from afterglow.records.staff.actions.record_paging_phone import record_paging_phone
from afterglow.records.staff.actions.roster import cancel_shift
from afterglow.records.staff.actions.roster import roster as put_on_roster
from afterglow.records.staff.forms import DAYS_SHOWN, AddMemberForm, CredentialForm, PagingForm, ReasonForm, ShiftForm


def today(request: HttpRequest, zone: str) -> date:
    moment: datetime = request.at
    return moment.astimezone(ZoneInfo(zone)).date()


@staff("staff.credential.read")
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everyone who works here, with what is about to end."""
    rows = queries.members(request.clinic_id, today(request, request.clinic.zone))
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(rows))
    return render(request, "staff/people.html", {"members": rows, "may_invite": request.actor.may("access.staff.invite")})


@staff("access.staff.invite")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A colleague with roles in this clinic."""
    form, refusal = AddMemberForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            member = accounts_actions.add_staff(
                name=told["name"], email=told["email"], password=None, role_ids=tuple(told["role_ids"]), by=request.actor, at=request.at
            )
        except Refusal as caught:
            refusal = caught
        else:
            return _with_link(request, member.id) if password_links.needs_password(member.id) else redirect("staff:member", member.id)
    return render(request, "staff/add.html", {"form": form, "refusal": refusal}, status=422 if request.method == "POST" else 200)


@staff("staff.credential.read")
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """One colleague's credentials; a POST records one more."""
    row = access.fetch_member(request.actor, user_id, need="staff.credential.read")
    form, refusal = CredentialForm(request.POST or None), None
    if request.method == "POST":
        require(request.actor, "staff.credential.record")
        if form.is_valid():
            try:
                record_credential(user_id=user_id, **form.cleaned_data, by=request.actor, at=request.at)
            except Refusal as caught:
                refusal = caught
            else:
                return redirect("staff:member", user_id)
    on = today(request, request.clinic.zone)
    held = [(credential, credential.condition(on)) for credential in queries.credentials_of(user_id, request.clinic_id)]
    trail.read(events.member_read, by=request.actor, at=request.at, objects={"user": user_id})
    context = {
        "member": row,
        "credentials": held,
        "form": form,
        "refusal": refusal,
        "may_record": request.actor.may("staff.credential.record"),
        "may_invite": request.actor.may("access.staff.invite") and user_id != request.actor.user_id,
        "may_end": request.actor.may("access.staff.disable") and user_id != request.actor.user_id,
    }
    return render(request, "staff/member.html", context, status=422 if request.method == "POST" else 200)


@staff("access.staff.invite")
@never_cache
@require_POST
def password_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """A link by which a colleague chooses their password, shown on this one answer and kept nowhere."""
    access.fetch_member(request.actor, user_id, need="access.staff.invite")
    return _with_link(request, user_id)


def _with_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    token, expires_at = password_links.make_password_link(user_id=user_id, by=request.actor, at=request.at)
    address = request.build_absolute_uri(reverse("accounts:choose_password", args=[token]))
    context = {"member": accounts.staff_member(user_id, clinic_id=request.clinic_id), "address": address, "qr": qr_code(address)}
    return render(request, "staff/password_link.html", context | {"ends_at": expires_at})


@staff("staff.credential.record")
@require_POST
def end(request: HttpRequest, user_id: UUID, credential_id: UUID) -> HttpResponse:
    end_credential(credential_id=credential_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    return redirect("staff:member", user_id)


@signed_in
@require_http_methods(["GET", "POST"])
def my_paging(request: HttpRequest) -> HttpResponse:
    """Where my own pages go."""
    return _paging(request, request.actor.user_id, "staff:my_paging")


@staff("staff.credential.record")
@require_http_methods(["GET", "POST"])
def paging(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Where a colleague's pages go."""
    access.fetch_member(request.actor, user_id, need="staff.credential.record")
    return _paging(request, user_id, "staff:paging", user_id)


def _paging(request: HttpRequest, user_id: UUID, page: str, *place: UUID) -> HttpResponse:
    form, refusal = PagingForm(request.POST or None, initial={"number": queries.paging_phone(user_id, request.clinic_id)}), None
    if request.method == "POST" and form.is_valid():
        try:
            record_paging_phone(user_id=user_id, number=form.cleaned_data["number"], by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect(page, *place)
    member_row = accounts.staff_member(user_id, clinic_id=request.clinic_id)
    trail.read(events.paging_read, by=request.actor, at=request.at, objects={"user": user_id})
    context = {"member": member_row, "mine": user_id == request.actor.user_id, "form": form, "refusal": refusal}
    return render(request, "staff/paging.html", context, status=422 if request.method == "POST" else 200)


@staff("access.staff.disable")
@require_POST
def leave(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """All roles of a colleague in this clinic end now."""
    accounts_actions.end_membership(user_id=user_id, by=request.actor, at=request.at)
    return redirect("staff:people")


@staff("staff.roster.read")
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """A week of one site's roster: who is here, who can be called.  A POST adds a shift."""
    sites, site = accounts.sites_of(request.clinic_id), site_here(request)
    colleagues = [(str(row.user_id), row.name) for row in accounts.staff_of(request.clinic_id)]
    form, refusal = ShiftForm(request.POST or None, colleagues=colleagues), None
    first = _day(request.GET.get("day", "")) or today(request, site.zone)
    if request.method == "POST":
        require(request.actor, "staff.roster.record")
        if form.is_valid():
            starts_at, ends_at = form.span(site.zone)
            told = form.cleaned_data
            try:
                put_on_roster(
                    site_id=site.id,
                    user_id=UUID(told["user_id"]),
                    duty=told["duty"],
                    starts_at=starts_at,
                    ends_at=ends_at,
                    by=request.actor,
                    at=request.at,
                )
            except Refusal as caught:
                refusal = caught
            else:
                return redirect(f"{request.path}?site={site.id}&day={told['starts_on'].isoformat()}")
    starts = datetime.combine(first, time(0), ZoneInfo(site.zone))
    shifts = queries.roster(site.id, starts, starts + DAYS_SHOWN)
    trail.read(events.roster_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(shifts))
    context: dict[str, Any] = {
        "site": site,
        "sites": sites,
        "first": first,
        "before": first - DAYS_SHOWN,
        "after": first + DAYS_SHOWN,
        "shifts": shifts,
        "here": queries.on_site(site.id, request.at),
        "on_call": queries.on_call(site.id, request.at),
        "airway": queries.airway_competent_on_site(site.id, request.at),
        "form": form,
        "refusal": refusal,
        "reason_form": ReasonForm(),
        "may_record": request.actor.may("staff.roster.record"),
    }
    return render(request, "staff/roster.html", context, status=422 if request.method == "POST" else 200)


@staff("staff.roster.record")
@require_POST
def cancel(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    cancel_shift(shift_id=shift_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    back = site_here(request)
    return redirect(f"{reverse('staff:roster')}?site={back.id}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
