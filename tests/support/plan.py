"""Someone who was cleared and consented, as the earlier stations leave it; and plans and orders made from there by the real actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.pathway.consent.actions.standing import note_standing
from afterglow.pathway.consent.models import CapacityNote, Consent, Offer
from afterglow.pathway.plan.actions.make_plan import make_plan
from afterglow.pathway.plan.actions.sign_order import sign_order
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.screening.actions.note_candidacy import note_decision
from afterglow.pathway.screening.models import Case, ScreeningDecision
from afterglow.records.chart.actions.record_height import record_height
from tests.support.cabinet import signature
from tests.support.cast import Cast

DOCUMENT = "iv_ketamine_treatment"


def clear(cast: Cast, at: datetime, person_id: UUID, outcome: str = "cleared", indication: str = "trd", saw: str = "{}") -> None:
    """A decided case.  Rows, not actions: what makes a case clear is screening's own test."""
    case = Case.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=cast.site_id,
        indication=indication,
        opened_at=at,
        opened_by="Ana Ruiz",
        state="cleared" if outcome == "cleared" else "declined",
    )
    ScreeningDecision.objects.create(
        id=ids.new_id(at), case=case, outcome=outcome, reason="decided for a test", saw_text=saw, signed_at=at, signed_by_id=cast.ana.user_id
    )
    note_decision(person_id, cast.clinic_id)


def consent(cast: Cast, at: datetime, person_id: UUID, *, capacity: bool = True, version: int | None = None, indication: str = "trd") -> UUID:
    """A signed consent in the version in force unless told, with a clinician's note of capacity."""
    document = library_file("consents", DOCUMENT, version)
    offer = Offer.objects.create(
        id=ids.new_id(at), person_id=person_id, document_id=document.pk, offered_at=at, offered_by="Ben Okoye", state="signed", indication=indication
    )
    row = Consent.objects.create(
        id=ids.new_id(at), person_id=person_id, offer=offer, document_id=document.pk, document_name=DOCUMENT, document_version=document.version, indication=indication,
        shown_text="shown", shown_sha256="0" * 64, signer_name="Dan Marsh", signed_at=at, signed_through="Ben Okoye",
    )  # fmt: skip
    if capacity:
        CapacityNote.objects.create(
            id=ids.new_id(at),
            consent=row,
            has_capacity=True,
            asked_alone=True,
            note="Understood and decided freely.",
            signed_at=at,
            signed_by_id=cast.ana.user_id,
        )
    note_standing(person_id, at)
    return row.id


def ready(cast: Cast, at: datetime, person_id: UUID | None = None, *, indication: str = "trd") -> UUID:
    """Cleared, consented, and with a height; Dan unless told."""
    person_id = person_id or cast.dan_id
    clear(cast, at, person_id, indication=indication)
    consent(cast, at, person_id, indication=indication)
    record_height(person_id=person_id, value="178", unit="cm", on_site=True, taken_at=at, by=cast.ben, at=at)
    return person_id


def a_draft(cast: Cast, at: datetime, **other: Any) -> UUID:
    told: dict[str, Any] = {"person_id": cast.dan_id, "key": "make", "by": cast.ana} | other
    return make_plan(site_id=cast.site_id, at=at, **told)


def a_plan(cast: Cast, at: datetime, **other: Any) -> UUID:
    """A signed standard plan."""
    plan_id = a_draft(cast, at, **other)
    sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    return plan_id


def an_order(cast: Cast, at: datetime, plan_id: UUID, dose_no: int = 1, **other: Any) -> UUID:
    told: dict[str, Any] = {"key": f"order {dose_no}", "by": cast.ana, "signed": signature(cast.ana, at)} | other
    return sign_order(plan_id=plan_id, dose_no=dose_no, at=at, **told)


def monday_after(at: datetime) -> date:
    """The Monday of the week after next: time enough for the preparation visit."""
    return at.date() + timedelta(days=14 - at.weekday())
