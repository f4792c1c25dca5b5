"""After the signature: capacity stated by a clinician, a no, and taking it back at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.decline import decline
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import CapacityNote, Offer, Withdrawal
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.queries import credentials_of
from tests.support.cast import Cast
from tests.support.consent import able, checks, dans_link, offered, signed
from tests.support.screening import cleared, signature

pytestmark = pytest.mark.django_db


def noted(cast: Cast, at: datetime, consent_id: UUID, **changes: Any) -> UUID:
    by = changes.pop("by", cast.ana)
    values: dict[str, Any] = {
        "consent_id": consent_id,
        "has_capacity": True,
        "asked_alone": True,
        "checks": checks(),
        "signed": signature(by, at),
        "by": by,
        "at": at,
    }
    return note_capacity(**(values | changes))


# hazard: H29
def test_capacity_is_a_statement_with_every_check(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent = signed(cast, at)
    assert [row.person_id for row in queries.waiting(cast.ana, at)] == [cast.dan_id]
    for changes, item in (({"checks": ()}, "checks"), ({"checks": checks() - {"sober"}}, "checks"), ({"asked_alone": False}, "asked_alone")):
        with pytest.raises(Refusal) as refused:
            noted(cast, at, consent, **changes)
        assert (refused.value.code, refused.value.field) == ("consent.no_capacity_note", item)
    noted(cast, at, consent, by=cast.ben)
    assert queries.in_force(cast.dan_id, at=at).capacity_shown is True
    assert queries.waiting(cast.ana, at) == []
    with pytest.raises(Refusal) as refused:
        noted(cast, at, consent, has_capacity=False)
    assert refused.value.field == "note"
    later = at + timedelta(minutes=1)
    noted(cast, later, consent, has_capacity=False, checks=(), note="Could not say back what the risks are.")
    assert queries.in_force(cast.dan_id, at=later).capacity_shown is False
    assert queries.in_force(cast.dan_id, at=at).capacity_shown is False, "also for a Start that began before the note was committed"
    assert AuditRow.objects.filter(event="consent.capacity_noted").count() == 2


@pytest.mark.parametrize("who", ["theo", "faye", "olga", "cora"])
def test_who_may_state_capacity(cast: Cast, at: datetime, who: str) -> None:
    cleared(cast, at)
    consent = signed(cast, at)
    with pytest.raises((Forbidden, NotFound)):
        noted(cast, at, consent, by=getattr(cast, who))
    assert CapacityNote.objects.count() == 0


def test_capacity_needs_a_licence_and_a_document_that_asks(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    consent = signed(cast, at)
    notice = signed(cast, at, offered(cast, at, "privacy_notice"))
    with pytest.raises(Refusal, match=r"consent.capacity_not_asked"):
        noted(cast, at, notice)
    assert cast.ben.user_id is not None
    for row in credentials_of(cast.ben.user_id, cast.clinic_id):
        end_credential(credential_id=row.id, reason="Lapsed", by=cast.olga, at=at)
    with pytest.raises(Refusal) as refused:
        noted(cast, at, consent, by=cast.ben)
    assert [finding.item for finding in refused.value.findings] == ["capacity.by"]


# hazard: H28
@pytest.mark.parametrize("who", ["dan", "ana", "ben", "theo"])
def test_a_consent_is_taken_back_at_once_and_at_any_time(cast: Cast, at: datetime, who: str) -> None:
    cleared(cast, at)
    consent = signed(cast, at)
    able(cast, at, consent)
    lock_until(person_id=cast.dan_id, until=at + timedelta(days=1), by=cast.ben, at=at)
    by = dans_link(cast, at)[0] if who == "dan" else getattr(cast, who)
    later = at + timedelta(minutes=1)
    for _ in range(2):
        withdraw(consent_id=consent, said="I do not want this.", by=by, at=later)
    assert queries.in_force(cast.dan_id, at=later).state == "withdrawn"
    assert queries.in_force(cast.dan_id, at=at).state == "withdrawn", "whoever asked a moment earlier and waited for the lock finds it too"
    assert Withdrawal.objects.count() == 1
    assert [row.person_id for row in queries.waiting(cast.ana, later)] == [cast.dan_id]
    assert AuditRow.objects.filter(event="consent.consent_withdrawn", person_id=cast.dan_id).count() == 1


@pytest.mark.parametrize("who", ["faye", "olga", "cora"])
def test_who_may_not_take_it_back(cast: Cast, at: datetime, who: str) -> None:
    cleared(cast, at)
    consent = signed(cast, at)
    with pytest.raises((Forbidden, NotFound)):
        withdraw(consent_id=consent, by=getattr(cast, who), at=at)


def test_after_a_withdrawal_a_new_signature_counts(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    withdraw(consent_id=signed(cast, at), by=cast.ana, at=at)
    later = at + timedelta(hours=1)
    signed(cast, later, offered(cast, later))
    assert queries.in_force(cast.dan_id, at=later).state == "in_force"
    assert [row.state for row in queries.signed_documents(cast.dan_id)] == ["in_force", "withdrawn"]


def test_saying_no_closes_the_offer(cast: Cast, at: datetime) -> None:
    cleared(cast, at)
    dan, _ = dans_link(cast, at)
    offer_id = offered(cast, at)
    for _ in range(2):
        decline(offer_id=offer_id, said="Not now.", by=dan, at=at)
    assert Offer.objects.get().state == "declined"
    again = offered(cast, at)
    signed(cast, at, again)
    with pytest.raises(Refusal, match=r"consent.not_open"):
        decline(offer_id=again, by=dan, at=at)
