"""Nothing is signed until this moment.

A dosing session calls it when somebody arrives with a drug on board, when it starts, when a sedating drug is given and when it ends: later
stations are not known here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.pathway.consent import events
from afterglow.pathway.consent.models import ConsentLock
from afterglow.pathway.consent.rules import clear_headed_from
from afterglow.records.chart import access as chart


@transaction.atomic
def lock_until(*, person_id: UUID, until: datetime, why: str = "a ketamine session", by: Actor, at: datetime) -> None:
    """No consent of this person can be signed before `until`; an earlier moment never shortens a lock.

    Needs no right of its own: whoever may start a dose brings it about.  Raises NotFound for a person of another clinic.
    """
    chart.lock_person(person_id)
    ConsentLock.objects.create(id=ids.new_id(at), person_id=person_id, until_at=until, why=why, made_at=at, made_by=by.label)
    trail.record(events.locked, by=by, at=at, person_id=person_id, new={"until": until}, reason=why)


def lock_after_drug(*, person_id: UUID, last_drug_at: datetime, zone: str, why: str = "a ketamine session", by: Actor, at: datetime) -> datetime:
    """Lock until the next day after sleep and at least 24 hours after this moment (safety 19); returns until when."""
    until = clear_headed_from(last_drug_at, zone)
    lock_until(person_id=person_id, until=until, why=why[:160], by=by, at=at)
    return until
