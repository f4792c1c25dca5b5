"""Dan reading and signing: by his own link, with every question right; and a clinician's word that he could decide."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.access.links import make_link, open_by_token
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.content.queries import library_file
from afterglow.ground.ids import new_id
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.actions.sign import sign
from tests.support.cast import Cast
from tests.support.screening import signature

TREATMENT = queries.TREATMENT


def right_answers(document: str = TREATMENT, indication: str = "trd") -> dict[str, str]:
    """What a reader who understood answers, on the page for this indication."""
    page = queries.reads_for(library_file("consents", document), indication)
    return {question["id"]: question["right"] for question in page.content["comprehension"]}


def checks(document: str = TREATMENT) -> frozenset[str]:
    """Every check a clinician ticks before stating capacity."""
    return frozenset(check["id"] for check in library_file("consents", document).content["capacity"]["checks"])


def dans_link(cast: Cast, at: datetime) -> tuple[Actor, str]:
    """Dan as the holder of a consent link, and the cookie of his browser."""
    _, token = make_link(
        clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Dan Marsh", purpose="consent", lasts=timedelta(days=14), by=cast.ana, at=at
    )
    link, cookie = open_by_token(token, at=at)
    return link.actor(), cookie


def offered(cast: Cast, at: datetime, document: str = TREATMENT) -> UUID:
    """An offer to Dan; for the treatment he must be cleared (tests.support.screening.cleared)."""
    return offer(person_id=cast.dan_id, document=document, by=cast.ben, at=at)


def signed(cast: Cast, at: datetime, offer_id: UUID | None = None) -> UUID:
    """Dan reads, answers right at once and signs by his own link."""
    dan, _ = dans_link(cast, at)
    offer_id = offer_id or offered(cast, at)
    row = queries.offer(offer_id)
    answers = right_answers(row.document.id, row.indication)
    save_answers(offer_id=offer_id, answers=answers, key=f"answers {offer_id}", by=dan, at=at)
    return sign(
        offer_id=offer_id,
        signer_name="Dan Marsh",
        answers=answers,
        shown_sha256=queries.shown_for(offer_id).sha256,
        key=f"sign {offer_id}",
        by=dan,
        at=at,
    )


def able(cast: Cast, at: datetime, consent_id: UUID) -> UUID:
    """Ana states that Dan could decide."""
    return note_capacity(
        consent_id=consent_id, has_capacity=True, asked_alone=True, checks=checks(), signed=signature(cast.ana, at), by=cast.ana, at=at
    )


def a_document(at: datetime, version: int, **changes: Any) -> None:
    """The treatment consent as the library might hold it in another version, or under another name."""
    first = library_file("consents", TREATMENT)
    made = {**first.content, "version": version, **changes}
    text = json.dumps(made)
    LibraryRow.objects.create(
        id=new_id(at), kind="consents", file_id=made["id"], version=version, status="unreviewed", origin="shipped", sha256="2" * 64, source_text=text,
        content_text=text, loaded_at=at,
    )  # fmt: skip
