"""The clinic's side: who still has to sign, a person's documents, capacity, taking back, and the screen handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.consent import access, events, queries
from afterglow.pathway.consent.actions.decline import decline
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.talk_through import talk_through
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.forms import CapacityForm, OfferForm, TalkForm, WithdrawForm
from afterglow.pathway.consent.queries.research import research_state
from afterglow.pathway.consent.views import flow
from afterglow.records.chart import queries as chart

DOOR = flow.Door(
    read="consent:read", questions="consent:questions", sign="consent:sign", decline="consent:decline", home="consent:person", by_staff=True
)


@staff("consent.consent.read")
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    people = queries.waiting(request.actor, request.at)
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(people))
    return render(request, "consent/list.html", {"people": people})


@staff("consent.consent.read")
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    access.may_reach(request.actor, person_id, need="consent.consent.read")
    trail.read(events.page_read, by=request.actor, at=request.at, person_id=person_id)
    return _person(request, person_id)


@staff("consent.consent.offer")
@require_POST
def offer_one(request: HttpRequest, person_id: UUID) -> HttpResponse:
    access.may_reach(request.actor, person_id, need="consent.consent.offer")
    form = OfferForm(request.POST, documents=queries.asked())
    if not form.is_valid():
        return _person(request, person_id, status=422, offer_form=form)
    try:
        offer(person_id=person_id, document=form.cleaned_data["document"], asked_for=form.cleaned_data["asked_for"], by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, person_id, status=422, refusal=refusal, offer_form=form)
    return redirect("consent:person", person_id)


@staff("consent.consent.witness")
@require_GET
def read(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.read(request, offer_id, DOOR)


@staff("consent.consent.witness")
@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.questions(request, offer_id, DOOR)


@staff("consent.consent.witness")
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    return flow.sign_page(request, offer_id, DOOR)


@staff("consent.consent.offer")
@require_POST
def say_no(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    held = access.fetch_offer(request.actor, offer_id, need="consent.consent.offer")
    decline(offer_id=offer_id, said=request.POST.get("said", "")[:2000], by=request.actor, at=request.at)
    return redirect("consent:person", held.person_id)


@staff("consent.consent.witness")
@require_POST
def talk(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    held = access.fetch_offer(request.actor, offer_id, need="consent.consent.witness")
    form = TalkForm(request.POST)
    if not form.is_valid():
        return _person(request, held.person_id, status=422, talk_form=form, talk_about=offer_id)
    try:
        talk_through(offer_id=offer_id, **form.cleaned_data, by=request.actor, at=request.at)
    except Refusal as refusal:
        return _person(request, held.person_id, status=422, talk_form=form, talk_about=offer_id, refusal=refusal)
    return redirect("consent:person", held.person_id)


@staff("consent.consent.read")
@require_GET
def signed(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    context = flow.signed_context(request, consent_id)
    person_id = context["signed"].person_id
    trail.read(events.signed_read, by=request.actor, at=request.at, person_id=person_id, objects={"consent": consent_id})
    return render(request, "consent/signed.html", {**context, "identity": chart.identity(person_id)})


@staff("consent.consent.read")
@require_GET
def download(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    return flow.download(request, consent_id)


@staff("consent.consent.witness")
@require_http_methods(["GET", "POST"])
def capacity(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """A clinician's statement, signed with the password."""
    held = access.fetch_consent(request.actor, consent_id, need="consent.consent.witness")
    row = queries.signed_documents(held.person_id, consent_id)[0]
    if row.document.content["capacity"] is None:
        raise NotFound("statement")
    context: dict[str, Any] = {"identity": chart.identity(held.person_id), "signed": row, "statement": row.document.content["capacity"]["statement"]}
    if request.method == "GET":
        trail.read(events.signed_read, by=request.actor, at=request.at, person_id=held.person_id, objects={"consent": consent_id})
        return render(request, "consent/capacity.html", {**context, "form": CapacityForm(document=row.document)})
    form = CapacityForm(request.POST, document=row.document)
    if not form.is_valid():
        return render(request, "consent/capacity.html", {**context, "form": form}, status=422)
    said = form.cleaned_data
    try:
        note_capacity(
            consent_id=consent_id,
            has_capacity=said["has_capacity"] == "yes",
            asked_alone="asked_alone" in said["checks"],
            checks=said["checks"],
            note=said["note"],
            signed=confirm_signature(by=request.actor, password=said["password"], at=request.at),
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        return render(request, "consent/capacity.html", {**context, "form": form, "refusal": refusal}, status=422)
    return redirect("consent:person", held.person_id)


@staff("consent.consent.withdraw")
@require_POST
def take_back(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    held = access.fetch_consent(request.actor, consent_id, need="consent.consent.withdraw")
    withdraw(consent_id=consent_id, said=request.POST.get("said", "")[:2000], by=request.actor, at=request.at)
    return redirect("consent:person", held.person_id)


def _person(request: HttpRequest, person_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    actor = request.actor
    reached = access.may_reach(actor, person_id, need="consent.consent.read")
    context = {
        "identity": chart.identity(person_id),
        "person": reached,
        "state": queries.in_force(person_id, at=request.at),
        **flow.signing_closed(person_id, request.at),
        "research": research_state(person_id),
        "offers": queries.open_offers(person_id),
        "documents": queries.signed_documents(person_id),
        "offer_form": OfferForm(documents=queries.asked()),
        "talk_form": TalkForm(initial={"key": ids.new_token()}),
        "withdraw_form": WithdrawForm(),
        "may_offer": actor.may("consent.consent.offer"),
        "may_witness": actor.may("consent.consent.witness"),
        "may_withdraw": actor.may("consent.consent.withdraw"),
    }
    return render(request, "consent/person.html", context | more, status=status)
