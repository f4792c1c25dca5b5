"""Answers about research of many people at once, written directly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.pathway.consent.models import Consent, Declined, Offer, Withdrawal
from afterglow.pathway.consent.queries.research import DOCUMENT


def agreed(people: Iterable[UUID], at: datetime, *, taken_back: bool = False) -> None:
    """Each of these people read the document and said yes; with `taken_back`, and took it back."""
    document = library_file("consents", DOCUMENT)
    offers = [_offer(person, document.pk, at, "signed") for person in people]
    consents = [
        Consent(
            id=ids.new_id(at), person_id=offer.person_id, offer=offer, document_id=document.pk, document_name=DOCUMENT, document_version=document.version,
            shown_text="{}", shown_sha256="0" * 64, signer_name="Counted Person", signed_at=at, signed_through="test",
        )
        for offer in offers
    ]  # fmt: skip
    Offer.objects.bulk_create(offers)
    Consent.objects.bulk_create(consents)
    if taken_back:
        Withdrawal.objects.bulk_create([Withdrawal(id=ids.new_id(at), consent=each, at=at, by="test") for each in consents])


def said_no(people: Iterable[UUID], at: datetime) -> None:
    """Each of these people read the document and said no."""
    offers = [_offer(person, library_file("consents", DOCUMENT).pk, at, "declined") for person in people]
    Offer.objects.bulk_create(offers)
    Declined.objects.bulk_create([Declined(id=ids.new_id(at), offer=each, at=at, by="test") for each in offers])


def _offer(person: UUID, document: UUID, at: datetime, state: str) -> Offer:
    return Offer(id=ids.new_id(at), person_id=person, document_id=document, offered_at=at, offered_by="test", state=state)
