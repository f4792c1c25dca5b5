"""Read, answer, sign, keep: the same pages for the person's own link and for the clinic's screen handed over.

No guard stands here: each door (views/staff.py, the portal) guards its own addresses and says where the pages lead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from afterglow.ground import ids
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.face.words import moment_words
from afterglow.pathway.consent import access, events, queries, rules
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.actions.sign import sign
from afterglow.pathway.consent.forms import QuestionsForm, SignForm
from afterglow.pathway.consent.queries import OfferRow

WITNESS = "consent.consent.witness"
READ = "consent.consent.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Whose addresses a page leads to: url names with the offer's id, and where a finished person goes."""

    read: str
    questions: str
    sign: str
    decline: str
    home: str
    by_staff: bool

    def links(self, offer: OfferRow) -> dict[str, Any]:
        return {
            "read_url": reverse(self.read, args=[offer.id]),
            "questions_url": reverse(self.questions, args=[offer.id]),
            "sign_url": reverse(self.sign, args=[offer.id]),
            "decline_url": reverse(self.decline, args=[offer.id]),
            "home_url": self.home_of(offer.person_id),
            "by_staff": self.by_staff,
        }

    def home_of(self, person_id: UUID) -> str:
        return reverse(self.home, args=[person_id]) if self.by_staff else reverse(self.home)


def read(request: HttpRequest, offer_id: UUID, door: Door) -> HttpResponse:
    """The document, in plain words, before anything is asked."""
    offer = _offer(request, offer_id)
    _log(request, events.document_read, offer)
    shown = queries.shown(offer, offer.answers)
    context = {"offer": offer, "page": shown.page, **signing_closed(offer.person_id, request.at), **door.links(offer)}
    return render(request, "consent/read.html", context)


def questions(request: HttpRequest, offer_id: UUID, door: Door) -> HttpResponse:
    """Every question; what was answered wrong is explained and may be tried again."""
    offer = _offer(request, offer_id)
    links = door.links(offer)
    if request.method == "GET":
        _log(request, events.document_read, offer)
        form = QuestionsForm(offer=offer, initial={"key": ids.new_token()})
        return render(request, "consent/questions.html", {"offer": offer, "form": form, **links})
    form = QuestionsForm(request.POST, offer=offer)
    if not form.is_valid():
        return render(request, "consent/questions.html", {"offer": offer, "form": form, **links}, status=422)
    try:
        wrong = save_answers(offer_id=offer_id, answers=form.answers, key=form.cleaned_data["key"], by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return render(request, "consent/questions.html", {"offer": offer, "form": form, "refusal": refusal, **links}, status=422)
    return redirect(links["questions_url"] if wrong else links["sign_url"])


def sign_page(request: HttpRequest, offer_id: UUID, door: Door) -> HttpResponse:
    """Everything that is signed, once more and word for word, with the statement, a tick and the typed name."""
    offer = _offer(request, offer_id)
    links = door.links(offer)
    shown = queries.shown(offer, offer.answers)
    context = {"offer": offer, "page": shown.page, **signing_closed(offer.person_id, request.at), **links}
    if request.method == "GET":
        if not offer.understood:
            return redirect(links["questions_url"])
        _log(request, events.document_read, offer)
        form = SignForm(initial={"key": ids.new_token(), "shown_sha256": shown.sha256})
        return render(request, "consent/sign.html", {**context, "form": form})
    form = SignForm(request.POST)
    if not form.is_valid():
        return render(request, "consent/sign.html", {**context, "form": form}, status=422)
    try:
        witness = confirm_signature(by=request.actor, password=request.POST.get("password", ""), at=request.at) if door.by_staff else None
        sign(offer_id=offer_id, **form.cleaned_data, answers=offer.answers, witness=witness, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        typed = {**form.cleaned_data, "shown_sha256": shown.sha256}
        return render(request, "consent/sign.html", {**context, "form": SignForm(initial=typed), "refusal": refusal}, status=422)
    return redirect(links["home_url"])


def signed_context(request: HttpRequest, consent_id: UUID) -> dict[str, Any]:
    """The signed page made again from its stored bytes.  Raises NotFound, Forbidden, Refusal `consent.bytes_changed`."""
    held = access.fetch_consent(request.actor, consent_id, need=READ)
    row = queries.signed_documents(held.person_id, consent_id)[0]
    zone = request.clinic.zone
    return {
        "signed": row,
        "page": queries.as_signed(consent_id).page,
        # A copy that is kept shows the day, also when it was signed today.
        "signed_words": moment_words(row.signed_at, zone, None),
        "withdrawn_words": "" if row.withdrawn_at is None else moment_words(row.withdrawn_at, zone, None),
    }


def download(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """The same as a file to keep."""
    context = signed_context(request, consent_id)
    row = context["signed"]
    trail.read(events.downloaded, by=request.actor, at=request.at, person_id=row.person_id, objects={"consent": consent_id})
    response = render(request, "consent/download.html", context)
    response["Content-Disposition"] = f'attachment; filename="signed-{row.document.id}-{row.document.version}.html"'
    return response


def signing_closed(person_id: UUID, at: datetime) -> dict[str, Any]:
    """Until when this person signs nothing, for the page; what stays open all the while is said beside it (safety 19)."""
    return {"locked_until": queries.locked_until(person_id, at), "always_open": rules.ALWAYS_OPEN}


def _offer(request: HttpRequest, offer_id: UUID) -> OfferRow:
    access.fetch_offer(request.actor, offer_id, need=WITNESS)
    return queries.offer(offer_id)


def _log(request: HttpRequest, event: str, offer: OfferRow) -> None:
    trail.read(event, by=request.actor, at=request.at, person_id=offer.person_id, objects={"offer": offer.id})
