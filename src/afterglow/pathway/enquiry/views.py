"""The inbox, one enquiry, the phone-call form, and the three decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access import roles
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.enquiry import access, events, queries, rules
from afterglow.pathway.enquiry.actions.accept import accept as accept_enquiry
from afterglow.pathway.enquiry.actions.accept_and_book import accept_and_book
from afterglow.pathway.enquiry.actions.decide_against import decline as decline_enquiry
from afterglow.pathway.enquiry.actions.decide_against import refer as refer_enquiry
from afterglow.pathway.enquiry.actions.first_call import book_first_call
from afterglow.pathway.enquiry.actions.receive_enquiry import receive_enquiry
from afterglow.pathway.enquiry.forms import AcceptForm, DeclineForm, FirstCallForm, KnownPersonForm, PhoneEnquiryForm, ReferForm, SlotForm
from afterglow.pathway.enquiry.rules import Slot
from afterglow.records.chart import queries as chart
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.rules import ByHand

BOOK = "schedule.appointment.book"


@staff("enquiry.enquiry.read")
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    box = queries.inbox(request.actor, request.at)
    trail.read(events.inbox_read, by=request.actor, at=request.at, count=len(box.waiting) + len(box.decided))
    return render(request, "enquiry/inbox.html", {"inbox": box, "may_record": request.actor.may("enquiry.enquiry.record")})


@staff("enquiry.enquiry.record")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A phone call, written down while it lasts."""
    form = PhoneEnquiryForm(request.POST or None, initial={"key": ids.new_token()})
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            enquiry_id = receive_enquiry(**form.cleaned_data, by=request.actor, at=request.at)
            return redirect("enquiry:page" if request.actor.may("enquiry.enquiry.read") else "enquiry:inbox", enquiry_id)
        except Refusal as caught:
            refusal = caught
    status = 422 if request.method == "POST" else 200
    return render(request, "enquiry/new.html", {"form": form, "refusal": refusal}, status=status)


@staff("enquiry.enquiry.read")
@require_GET
def page(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    row = access.fetch_enquiry(request.actor, enquiry_id)
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"enquiry": row.id})
    return _page(request, enquiry_id)


@staff("enquiry.enquiry.decide")
@require_POST
def accept(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """A new person, or one who is in the chart already; `book_for` (new, or whose) books the consultation in the same step."""
    access.fetch_enquiry(request.actor, enquiry_id, "enquiry.enquiry.decide")
    book_for, site = request.POST.get("book_for", ""), site_here(request)
    named = request.POST.get("person_id") if "person_id" in request.POST else book_for if book_for != "new" else ""
    form: AcceptForm | KnownPersonForm = KnownPersonForm({"key": request.POST.get("key"), "person_id": named}) if named else AcceptForm(request.POST)
    slot_form = SlotForm(request.POST, prefix="visit", **_choices(request, site)) if book_for else None
    more: dict[str, Any] = {} if named and slot_form is None else {"accept_form": AcceptForm(request.POST)}
    more |= {"slot_form": slot_form} if slot_form else {}
    if not form.is_valid() or (slot_form is not None and not slot_form.is_valid()):
        return _page(request, enquiry_id, status=422, **more)
    told = {"enquiry_id": enquiry_id, **form.cleaned_data, "by": request.actor, "at": request.at}
    try:
        if slot_form is None:
            return redirect("portal:intake", accept_enquiry(**told))
        _, booked_id = accept_and_book(slot=_slot(request, site, slot_form), **told)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _page(request, enquiry_id, status=422, refusal=refusal, **more)
    return redirect("schedule:appointment", booked_id)


@staff("enquiry.enquiry.decide")
@require_POST
def call(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """Book the first call, without charge; what is decided on this page ends it."""
    access.fetch_enquiry(request.actor, enquiry_id, "enquiry.enquiry.decide")
    site = site_here(request)
    form = FirstCallForm(request.POST, auto_id="call_%s", colleagues=_callers(request))
    if not form.is_valid():
        return _page(request, enquiry_id, status=422, call_form=form)
    try:
        book_first_call(enquiry_id=enquiry_id, slot=_slot(request, site, form), key=form.cleaned_data["key"], by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _page(request, enquiry_id, status=422, refusal=refusal, call_form=form)
    return redirect("enquiry:page", enquiry_id)


@staff("enquiry.enquiry.decide")
@require_POST
def decline(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    form = DeclineForm(request.POST)
    return _decided(request, enquiry_id, decline_enquiry, form, "decline_form")


@staff("enquiry.enquiry.decide")
@require_POST
def refer(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    form = ReferForm(request.POST)
    return _decided(request, enquiry_id, refer_enquiry, form, "refer_form")


def _decided(request: HttpRequest, enquiry_id: UUID, action: Any, form: Any, name: str) -> HttpResponse:
    access.fetch_enquiry(request.actor, enquiry_id, "enquiry.enquiry.decide")
    if not form.is_valid():
        return _page(request, enquiry_id, status=422, **{name: form})
    try:
        action(enquiry_id=enquiry_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, enquiry_id, status=422, refusal=refusal, **{name: form})
    return redirect("enquiry:inbox")


def _page(request: HttpRequest, enquiry_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    row = access.fetch_enquiry(request.actor, enquiry_id)
    may_decide = row.state == "new" and request.actor.may("enquiry.enquiry.decide")
    similar = chart.search(request.actor, f"{row.given_name} {row.family_name}") if may_decide and request.actor.may("chart.person.search") else []
    calls = queries.first_calls(row.id)
    context = {
        "enquiry": row,
        "answer_by_at": rules.answer_by(row.urgency, row.received_at),
        "may_decide": may_decide,
        "calls": calls,
        "call_stands": any(each.state in schedule.HOLDS for each in calls),
        "may_read_calendar": request.actor.may("schedule.appointment.read"),
        "similar": similar,
        "accept_form": AcceptForm(initial={"key": ids.new_token(), "given_name": row.given_name, "family_name": row.family_name}),
        "decline_form": DeclineForm(initial={"key": ids.new_token()}, auto_id="decline_%s"),
        "refer_form": ReferForm(initial={"key": ids.new_token()}, auto_id="refer_%s"),
        "known_key": ids.new_token(),
    }
    return render(request, "enquiry/page.html", context | (_calendar(request) if may_decide else {}) | more, status=status)


def _calendar(request: HttpRequest) -> dict[str, Any]:
    """What booking needs, for those who may."""
    if not request.actor.may(BOOK):
        return {}
    site = site_here(request)
    today = request.at.astimezone(ZoneInfo(site.zone)).date()
    return {
        "may_book": True,
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "slot_form": SlotForm(prefix="visit", initial={"day": today, "minutes": rules.CONSULTATION_MINUTES}, **_choices(request, site)),
        "call_form": FirstCallForm(
            auto_id="call_%s",
            initial={"key": ids.new_token(), "day": today, "minutes": rules.FIRST_CALL_MINUTES, "staff_user_id": str(request.actor.user_id)},
            colleagues=_callers(request),
        ),
    }


def _slot(request: HttpRequest, site: SiteRow, form: SlotForm) -> Slot:
    """The roster is another record: who is on it comes with the request, from above."""
    place = form.values(site.zone)
    rostered = request.rostered(site.id, place["staff_user_id"], place["starts_at"], place["ends_at"])
    return Slot(site_id=site.id, **place, by_hand=ByHand(reason=form.cleaned_data["why"], rostered=rostered))


def _choices(request: HttpRequest, site: SiteRow) -> dict[str, list[tuple[str, str]]]:
    return {
        "rooms": [(str(room.id), f"{room.name} ({room.kind_name})") for room in schedule.rooms_of(site.id)],
        "colleagues": [(str(row.user_id), row.name) for row in accounts.staff_of(request.clinic_id)],
    }


def _callers(request: HttpRequest) -> list[tuple[str, str]]:
    """A first call is held by somebody who may say how it ended."""
    staff_here = accounts.staff_of(request.clinic_id)
    return [(str(row.user_id), row.name) for row in staff_here if "enquiry.enquiry.decide" in roles.permissions_of(frozenset(row.roles))]
