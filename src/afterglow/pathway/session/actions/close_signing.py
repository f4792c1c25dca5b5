"""While drug acts nothing is signed: the session says so to the consent station (safety 19; hazard H28)."""

from __future__ import annotations

from datetime import datetime

from afterglow.ground.access.actor import Actor
from afterglow.pathway.consent.actions.lock_until import lock_after_drug
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.place import zone_of


def close_signing(session: Session, *, last_drug_at: datetime, why: str, by: Actor, at: datetime) -> datetime:
    """Until the next day after sleep and at least 24 hours after this drug; until when.  A longer lock stays.  The caller holds the person."""
    return lock_after_drug(person_id=session.person_id, last_drug_at=last_drug_at, zone=zone_of(session).key, why=why, by=by, at=at)
