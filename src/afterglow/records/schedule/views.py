"""The day at a site, one appointment, booking, and the rooms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import access, events, queries
from afterglow.records.schedule.actions.add_room import add_room, close_room
from afterglow.records.schedule.actions.book import book as book_appointment
from afterglow.records.schedule.actions.change import cancel as cancel_appointment
from afterglow.records.schedule.actions.change import mark as mark_appointment
from afterglow.records.schedule.actions.change import move as move_appointment
from afterglow.records.schedule.forms import BookForm, CancelForm, MoveForm, RoomForm
from afterglow.records.schedule.rules import ByHand

Choices = list[tuple[str, str]]


@staff("schedule.appointment.read")
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """One day at one site, a column for each room."""
    sites, site = accounts.sites_of(request.clinic_id), site_here(request)
    now = request.at.astimezone(ZoneInfo(site.zone)).date()
    on = _day(request.GET.get("day", "")) or now
    rows = queries.day_visible_to(request.actor, site.id, on, site.zone)
    columns = [(room.name, room.kind_name, [row for row in rows if row.room_id == room.id]) for room in queries.rooms_of(site.id)]
    shown = {row.id for _, _, held in columns for row in held}
    elsewhere = [row for row in rows if row.id not in shown]
    if elsewhere:
        columns.append(("No room", "by phone, or not decided", elsewhere))
    trail.read(events.day_read, by=request.actor, at=request.at, objects={"site": site.id, "day": on}, count=len(rows))
    context = {
        "site": site,
        "sites": sites,
        "on": on,
        "now": now,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "columns": columns,
        "rows": rows,
        "may_set": request.actor.may("clinic.settings.edit"),
    }
    return render(request, "schedule/day.html", context)


@staff("schedule.appointment.book")
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Book one appointment for one person."""
    person = chart_access.fetch_person(request.actor, person_id, need="schedule.appointment.book")
    sites, site = accounts.sites_of(request.clinic_id), site_here(request)
    now = request.at.astimezone(ZoneInfo(site.zone)).date()
    first = {"key": ids.new_token(), "day": _day(request.GET.get("day", "")) or now, "minutes": 60}
    form, refusal = BookForm(request.POST or None, initial=first, **_choices(request, site)), None
    if request.method == "POST" and form.is_valid():
        told = form.values(site.zone)
        try:
            made = book_appointment(
                person_id=person_id,
                site_id=site.id,
                kind=form.cleaned_data["kind"],
                key=form.cleaned_data["key"],
                **told,
                by_hand=_by_hand(request, site.id, told, form.cleaned_data["reason"]),
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("schedule:appointment", made)
    trail.read(events.appointment_read, by=request.actor, at=request.at, person_id=person_id)
    context = {"person": person, "site": site, "sites": sites, "form": form, "refusal": refusal, "identity": _identity(request, person_id)}
    return render(request, "schedule/book.html", context, status=422 if request.method == "POST" else 200)


@staff("schedule.appointment.read")
@require_GET
def appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """One appointment and what may be done with it."""
    return _appointment(request, appointment_id)


@staff("schedule.appointment.move")
@require_POST
def move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    row = _row(request, appointment_id, "schedule.appointment.move")
    form = MoveForm(request.POST, **_choices(request, _site_of(request, row.site_id)))
    if not form.is_valid():
        return _appointment(request, appointment_id, move_form=form)
    told, reason = form.values(row.zone), form.cleaned_data["reason"]
    by_hand = _by_hand(request, row.site_id, told, reason)
    try:
        move_appointment(appointment_id=appointment_id, **told, reason=reason, by_hand=by_hand, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _appointment(request, appointment_id, move_form=form, refusal=refusal)
    return redirect("schedule:appointment", appointment_id)


@staff("schedule.appointment.cancel")
@require_POST
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    _row(request, appointment_id, "schedule.appointment.cancel")
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _appointment(request, appointment_id, cancel_form=form)
    try:
        cancel_appointment(appointment_id=appointment_id, cause=form.said(), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _appointment(request, appointment_id, cancel_form=form, refusal=refusal)
    return redirect("schedule:appointment", appointment_id)


@staff("schedule.appointment.move")
@require_POST
def mark(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    _row(request, appointment_id, "schedule.appointment.move")
    try:
        mark_appointment(appointment_id=appointment_id, state=request.POST.get("state", ""), by=request.actor, at=request.at)
    except Refusal as refusal:
        return _appointment(request, appointment_id, refusal=refusal)
    return redirect("schedule:appointment", appointment_id)


@staff("schedule.appointment.read")
@require_http_methods(["GET", "POST"])
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms of a site; a POST adds one."""
    sites, site = accounts.sites_of(request.clinic_id), site_here(request)
    form, refusal = RoomForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            add_room(site_id=site.id, **form.cleaned_data, by=request.actor, at=request.at)
        except Refusal as caught:
            if caught.status == 403:
                raise
            refusal = caught
        else:
            return redirect(f"{request.path}?site={site.id}")
    held = queries.rooms_of(site.id)
    trail.read(events.rooms_read, by=request.actor, at=request.at, objects={"site": site.id}, count=len(held))
    context = {"site": site, "sites": sites, "rooms": held, "form": form, "refusal": refusal, "may_set": request.actor.may("clinic.settings.edit")}
    return render(request, "schedule/rooms.html", context, status=422 if request.method == "POST" else 200)


@staff("clinic.settings.edit")
@require_POST
def close(request: HttpRequest, room_id: UUID) -> HttpResponse:
    site_id = queries.room(room_id, request.clinic_id).site_id
    close_room(room_id=room_id, site_id=site_id, reason=request.POST.get("reason", ""), by=request.actor, at=request.at)
    return redirect(f"{reverse('schedule:rooms')}?site={site_id}")


def _appointment(request: HttpRequest, appointment_id: UUID, **more: Any) -> HttpResponse:
    row = _row(request, appointment_id, "schedule.appointment.read")
    local = row.starts_at.astimezone(ZoneInfo(row.zone))
    told = {
        "day": local.date(),
        "starts": local.time(),
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "room_id": str(row.room_id or ""),
        "staff_user_id": str(row.staff_user_id or ""),
    }
    trail.read(
        events.appointment_read,
        by=request.actor,
        at=request.at,
        person_id=row.person_id if row.is_with_a_person else None,
        objects={"appointment": row.id},
    )
    context = {
        "row": row,
        "identity": _identity(request, row.person_id) if row.is_with_a_person else None,
        "may_open_enquiry": row.purpose_kind == "enquiry" and request.actor.may("enquiry.enquiry.read"),
        "may_move": request.actor.may("schedule.appointment.move"),
        "may_cancel": request.actor.may("schedule.appointment.cancel"),
        "has_begun": row.starts_at <= request.at,
        "move_form": MoveForm(initial=told, **_choices(request, _site_of(request, row.site_id))),
        "cancel_form": CancelForm(),
    }
    return render(request, "schedule/appointment.html", context | more, status=422 if more else 200)


def _by_hand(request: HttpRequest, site_id: UUID, told: dict[str, Any], reason: str) -> ByHand:
    """The roster is another record: who is on it comes with the request, from above."""
    return ByHand(reason=reason, rostered=request.rostered(site_id, told["staff_user_id"], told["starts_at"], told["ends_at"]))


def _row(request: HttpRequest, appointment_id: UUID, need: str) -> queries.AppointmentRow:
    access.fetch_appointment(request.actor, appointment_id, need=need)
    return queries.appointment(appointment_id, request.clinic_id)


def _identity(request: HttpRequest, person_id: UUID) -> chart.Identity | None:
    """The identity band for those who may read clinical facts; the front desk sees the name only."""
    return chart.identity(person_id) if request.actor.may("chart.clinical.read") else None


def _choices(request: HttpRequest, site: SiteRow) -> dict[str, Choices]:
    return {
        "rooms": [(str(room.id), f"{room.name} ({room.kind_name})") for room in queries.rooms_of(site.id)],
        "colleagues": [(str(row.user_id), row.name) for row in accounts.staff_of(request.clinic_id)],
    }


def _site_of(request: HttpRequest, site_id: UUID) -> SiteRow:
    return accounts.site(site_id, clinic_id=request.clinic_id)


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None
