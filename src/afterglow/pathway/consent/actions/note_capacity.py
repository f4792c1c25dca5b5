"""A clinician states whether this person could decide, with a signature: without it no dose is started (safety 4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.queries import library_row
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import access, events, rules
from afterglow.pathway.consent.actions.standing import note_standing
from afterglow.pathway.consent.models import CapacityNote
from afterglow.records.chart import access as chart
from afterglow.records.staff import queries as staff


@transaction.atomic
def note_capacity(
    *,
    consent_id: UUID,
    has_capacity: bool,
    asked_alone: bool,
    checks: Collection[str] = (),
    note: str = "",
    signed: Signature,
    by: Actor,
    at: datetime,
) -> UUID:
    """The statement counts until a newer one; `checks` are the ids of the document's capacity checks that were ticked.

    Raises NotFound, Forbidden; Refusal `consent.no_capacity_note` with every open item, `consent.capacity_not_asked` for a document without one.
    """
    consent = access.fetch_consent(by, consent_id, need="consent.consent.witness")
    chart.lock_person(consent.person_id)
    check_signature(signed, by=by, at=at)
    capacity = library_row(consent.document_id).content["capacity"]
    if capacity is None:
        raise Refusal("consent.capacity_not_asked", "This document asks for no statement about capacity.", "Go back to the person's documents.")
    _decide(
        rules.CapacityFacts(
            has_capacity=has_capacity,
            asked_alone=asked_alone,
            checks=frozenset(checks),
            needed={check["id"]: check["text"] for check in capacity["checks"]},
            note=note,
            licensed=_is_licensed(signed, by, at),
        )
    )
    row = CapacityNote.objects.create(
        id=ids.new_id(at),
        consent_id=consent.id,
        has_capacity=has_capacity,
        asked_alone=asked_alone,
        checks_text=canonical(sorted(set(checks))),
        note=note.strip(),
        signed_at=at,
        signed_by_id=signed.user_id,
    )
    note_standing(consent.person_id, at)
    objects, said = {"consent": consent.id, "note": row.id}, {"has_capacity": has_capacity, "asked_alone": asked_alone}
    trail.record(events.capacity_noted, by=by, at=at, person_id=consent.person_id, objects=objects, new=said)
    return row.id


def _decide(facts: rules.CapacityFacts) -> None:
    """Raises Refusal `consent.no_capacity_note` with every open item."""
    verdict = rules.may_note_capacity(facts)
    if not verdict.met:
        first = verdict.open[0].item
        raise Refusal(
            "consent.no_capacity_note",
            verdict.sentence,
            "Nothing was signed. Complete it, or record that the person could not decide.",
            field=first if first in {"note", "checks", "asked_alone"} else None,
            findings=verdict.open,
        )


def _is_licensed(signed: Signature, by: Actor, at: datetime) -> bool:
    """Any licence in date on the clinic's own day."""
    on = at.astimezone(ZoneInfo(accounts.clinic(by.clinic_id).zone)).date()
    return staff.is_licensed(signed.user_id, by.clinic_id, on)
