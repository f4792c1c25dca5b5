"""Put a document in front of a person, always in its newest version."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_file, library_row, released
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import events
from afterglow.pathway.consent.models import Offer
from afterglow.pathway.consent.queries import TREATMENT
from afterglow.pathway.consent.queries.research import research_state
from afterglow.pathway.consent.rules import is_asked, may_ask_research, speaks_of
from afterglow.pathway.screening import queries as screening
from afterglow.records.chart import access as chart


@transaction.atomic
def offer(*, person_id: UUID, document: str = TREATMENT, asked_for: bool = False, by: Actor, at: datetime) -> UUID:
    """The open offer of this document; offering the same version again gives the same offer; a new version, or one for
    something else that the person was cleared for since, replaces an open older one.

    Raises NotFound, Forbidden; Refusal `consent.not_cleared` for a treatment that the prescriber has not cleared,
    `consent.not_applicable` for a document whose courses are not in the library, `consent.research_not_now` for research beside an open
    treatment document, or after a no that the person did not take up again (`asked_for`).
    """
    chart.fetch_person(by, person_id, need="consent.consent.offer")
    chart.lock_person(person_id)
    record = library_file("consents", document)
    decision = screening.latest_decision(person_id)
    if record.content["purpose"] == "consent" and (decision is None or decision.outcome != "cleared"):
        raise Refusal(
            "consent.not_cleared",
            "This treatment is not cleared for this person, so there is nothing to agree to yet.",
            "Finish the screening; the prescriber decides.",
        )
    in_library = {file.id for file in released("protocols")}
    applies = is_asked(record.content["applies_to"]["protocols"], in_library)
    if not applies.is_met:
        raise Refusal("consent.not_applicable", applies.sentence, "Choose the document of the course that is meant.", field="document")
    indication = decision.indication if decision is not None and speaks_of(record.content) else ""
    rows = Offer.objects.filter(person_id=person_id, state="open").only("id", "document_id", "indication")
    held = {(row.document_id, row.indication): row.id for row in rows}
    if (record.pk, indication) in held:
        return held[record.pk, indication]
    if record.content["purpose"] == "research":
        _apart(person_id, asked_for, treatment_is_open=any(library_row(key).content["purpose"] == "consent" for key, _ in held))
    older = [offer_id for (key, _), offer_id in held.items() if library_row(key).id == document]
    Offer.objects.filter(id__in=older).update(state="replaced")
    fresh = Offer.objects.create(
        id=ids.new_id(at), person_id=person_id, document_id=record.pk, indication=indication, offered_at=at, offered_by=by.label
    )
    trail.record(events.offered, by=by, at=at, person_id=person_id, objects={"offer": fresh.id}, library=record.label)
    return fresh.id


def _apart(person_id: UUID, asked_for: bool, *, treatment_is_open: bool) -> None:
    """Raises Refusal `consent.research_not_now` with every reason."""
    verdict = may_ask_research(research_state(person_id).answer, asked_for=asked_for, treatment_is_open=treatment_is_open)
    if not verdict.met:
        raise Refusal(
            "consent.research_not_now",
            verdict.sentence,
            "Ask on another day, or note that the person brought it up.",
            field=verdict.open[0].item if verdict.open[0].item == "asked_for" else "document",
            findings=verdict.open,
        )
