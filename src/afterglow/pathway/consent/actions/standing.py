"""What the treatment consent is worth now, told to screening for the worklists."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.pathway.consent import queries
from afterglow.pathway.screening.actions.note_candidacy import note_consent


def note_standing(person_id: UUID, at: datetime) -> None:
    """After each signature, statement about capacity and withdrawal, under the lock on the person."""
    held = queries.in_force(person_id, at=at)
    stands = held.state in ("in_force", "superseded") and held.capacity_shown is True
    note_consent(person_id, held.version or 0 if stands else 0, held.indication)
