"""The inbox, one enquiry, the phone-call form, and the three decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.enquiry import access, events, queries, rules
from afterglow.pathway.enquiry.actions.accept import accept as accept_enquiry
from afterglow.pathway.enquiry.actions.decide_against import decline as decline_enquiry
from afterglow.pathway.enquiry.actions.decide_against import refer as refer_enquiry
from afterglow.pathway.enquiry.actions.receive_enquiry import receive_enquiry
from afterglow.pathway.enquiry.forms import AcceptForm, DeclineForm, KnownPersonForm, PhoneEnquiryForm, ReferForm
from afterglow.records.chart import queries as chart


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
    access.fetch_enquiry(request.actor, enquiry_id, "enquiry.enquiry.decide")
    known = "person_id" in request.POST
    form: AcceptForm | KnownPersonForm = KnownPersonForm(request.POST) if known else AcceptForm(request.POST)
    more = {} if known else {"accept_form": form}
    if not form.is_valid():
        return _page(request, enquiry_id, status=422, **more)
    try:
        person_id = accept_enquiry(enquiry_id=enquiry_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _page(request, enquiry_id, status=422, refusal=refusal, **more)
    return redirect("portal:intake", person_id)


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
    context = {
        "enquiry": row,
        "answer_by_at": rules.answer_by(row.urgency, row.received_at),
        "may_decide": may_decide,
        "similar": similar,
        "accept_form": AcceptForm(initial={"key": ids.new_token(), "given_name": row.given_name, "family_name": row.family_name}),
        "decline_form": DeclineForm(initial={"key": ids.new_token()}, auto_id="decline_%s"),
        "refer_form": ReferForm(initial={"key": ids.new_token()}, auto_id="refer_%s"),
        "known_key": ids.new_token(),
    }
    return render(request, "enquiry/page.html", context | more, status=status)
