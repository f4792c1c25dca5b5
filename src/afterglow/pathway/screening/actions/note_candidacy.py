"""How far a person has come, kept beside the decision for the worklists.  Each caller holds the person's lock and has just written what changed."""

from __future__ import annotations

from uuid import UUID

from afterglow.pathway.screening import queries
from afterglow.pathway.screening.models import Candidacy


def note_decision(person_id: UUID, clinic_id: UUID) -> None:
    """What was decided last."""
    newest = queries.latest_decision(person_id)
    if newest is not None:
        told = {"clinic_id": clinic_id, "outcome": newest.outcome, "decided_at": newest.signed_at}
        Candidacy.objects.update_or_create(person_id=person_id, defaults=told)


def note_consent(person_id: UUID, version: int) -> None:
    """The version of the treatment consent that stands with capacity shown; 0 for none.  Nobody is a candidate who was never decided about."""
    Candidacy.objects.filter(person_id=person_id).update(consented_version=version)


def note_plans(person_id: UUID, open_plans: int) -> None:
    """How many plans are drafted or in force."""
    Candidacy.objects.filter(person_id=person_id).update(open_plans=open_plans)
