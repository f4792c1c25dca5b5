"""Take a consent back: at any time, for any reason, in force at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.pathway.consent import access, events
from afterglow.pathway.consent.actions.standing import note_standing
from afterglow.pathway.consent.models import Withdrawal
from afterglow.records.chart import access as chart


@transaction.atomic
def withdraw(*, consent_id: UUID, said: str = "", by: Actor, at: datetime) -> None:
    """No dose starts from this moment: Start holds the same lock on the person.  Withdrawing again changes nothing; no reason is needed.

    It is never refused, also not while the drug acts: saying stop needs no clear head.  Raises NotFound, Forbidden.
    """
    consent = access.fetch_consent(by, consent_id, need="consent.consent.withdraw")
    chart.lock_person(consent.person_id)
    if Withdrawal.objects.filter(consent_id=consent.id).exists():
        return
    Withdrawal.objects.create(id=ids.new_id(at), consent_id=consent.id, at=at, by=by.label, said=said.replace("\x00", "").strip())
    note_standing(consent.person_id, at)
    trail.record(
        events.withdrawn,
        by=by,
        at=at,
        person_id=consent.person_id,
        objects={"consent": consent.id},
        old={"document": consent.document_name, "version": consent.document_version},
        reason=said.replace("\x00", "").strip(),
    )
