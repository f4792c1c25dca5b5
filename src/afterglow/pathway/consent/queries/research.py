"""What people answered about research: one person for the page, a clinic's everybody for the lists that leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery

from afterglow.ground.columns import as_text
from afterglow.ground.content.queries import library_file
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.consent import rules
from afterglow.pathway.consent.models import Consent, Declined, Offer, Withdrawal

DOCUMENT: Final = "research"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchState:
    """The answer given last.  `at`: when it was given; None while there is none.  `by`: who or what recorded it."""

    answer: rules.ResearchAnswer
    at: datetime | None
    by: str


@prepared
def _signed(person_id: UUID) -> Rows:
    gone = Withdrawal.objects.filter(consent_id=OuterRef("id"))
    rows = Consent.objects.filter(person_id=person_id, document_name=DOCUMENT)
    rows = rows.annotate(gone_at=Subquery(gone.values("at")[:1]), gone_by=Subquery(gone.values("by")[:1])).order_by("-signed_at", "-id")
    return rows.values_list("signed_at", "signed_through", "document_version", "gone_at", "gone_by")[:1]


@prepared
def _said_no(person_id: UUID) -> Rows:
    rows = Declined.objects.filter(offer__person_id=person_id, offer__document__file_id=DOCUMENT)
    return rows.order_by("-at", "-id").values_list("at", "by")[:1]


@prepared
def _open(person_id: UUID) -> Rows:
    return Offer.objects.filter(person_id=person_id, document__file_id=DOCUMENT, state="open").order_by("-offered_at").values_list("id")[:1]


def research_state(person_id: UUID) -> ResearchState:
    """What this person answered, as it is committed now.  Three queries beside the library."""
    signed, no = first(_signed(person_id)), first(_said_no(person_id))
    signed_at, through, version, gone_at, gone_by = signed or (None, "", None, None, "")
    no_at, no_by = no or (None, "")
    answer = rules.research_answer(
        signed_at=signed_at,
        is_current=version == library_file("consents", DOCUMENT).version,
        taken_back=gone_at is not None,
        said_no_at=no_at,
        is_open=first(_open(person_id)) is not None,
    )
    given: dict[str, tuple[datetime | None, str]] = {"no": (no_at, no_by), "taken_back": (gone_at, gone_by)}
    at, by = given.get(answer, (signed_at, through))
    return ResearchState(answer=answer, at=at, by=by)


def research_answers(clinic_id: UUID) -> dict[str, rules.ResearchAnswer]:
    """Everybody of a clinic who was ever asked, by the person's key as `ground.columns` reads it, as it is committed now.  Three queries."""
    current = library_file("consents", DOCUMENT).version
    gone = Exists(Withdrawal.objects.filter(consent_id=OuterRef("id")))
    signed = Consent.objects.filter(person__clinic_id=clinic_id, document_name=DOCUMENT).annotate(person_key=as_text("person_id"), gone=gone)
    newest = {
        person: (at, version, taken_back)
        for person, at, version, taken_back in signed.order_by("signed_at", "id").values_list("person_key", "signed_at", "document_version", "gone")
    }
    said_no = Declined.objects.filter(offer__person__clinic_id=clinic_id, offer__document__file_id=DOCUMENT)
    refused = dict(said_no.annotate(person_key=as_text("offer__person_id")).order_by("at", "id").values_list("person_key", "at"))
    asked = Offer.objects.filter(person__clinic_id=clinic_id, document__file_id=DOCUMENT).annotate(person_key=as_text("person_id"))
    states: dict[str, bool] = {}
    for person, state in asked.values_list("person_key", "state"):
        states[person] = states.get(person, False) or state == "open"
    found: dict[str, rules.ResearchAnswer] = {}
    for person, is_open in states.items():
        at, version, taken_back = newest.get(person, (None, None, False))
        found[person] = rules.research_answer(
            signed_at=at, is_current=version == current, taken_back=taken_back, said_no_at=refused.get(person), is_open=is_open
        )
    return found
