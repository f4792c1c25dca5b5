"""How far a person has come, kept beside the decision for the worklists.  Each caller holds the person's lock and has just written what changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Case, F, When

from afterglow.pathway.screening import queries
from afterglow.pathway.screening.models import Candidacy


def note_decision(person_id: UUID, clinic_id: UUID) -> None:
    """What was decided last, and about what; a consent that was signed for something else does not count for it."""
    newest = queries.latest_decision(person_id)
    if newest is not None:
        told = {"clinic_id": clinic_id, "outcome": newest.outcome, "decided_at": newest.signed_at, "indication": newest.indication, "is_over": False}
        Candidacy.objects.update_or_create(person_id=person_id, defaults=told)
        _note_standing(person_id)


def note_consent(person_id: UUID, version: int, signed_for: str) -> None:
    """The version of the treatment consent that stands with capacity shown, and what it was signed for; 0 for none.

    Nobody is a candidate who was never decided about.
    """
    Candidacy.objects.filter(person_id=person_id).update(signed_version=version, signed_for=signed_for if version else "")
    _note_standing(person_id)


def _note_standing(person_id: UUID) -> None:
    rows = Candidacy.objects.filter(person_id=person_id)
    rows.update(consented_version=Case(When(signed_for=F("indication"), then=F("signed_version")), default=0))


def note_plans(person_id: UUID, open_plans: int, last_signed_at: datetime | None) -> None:
    """How many plans are drafted or in force, and when the newest signed one was signed."""
    row = Candidacy.objects.filter(person_id=person_id)
    row.update(open_plans=open_plans, is_over=False)
    if open_plans == 0 and last_signed_at is not None:
        row.filter(decided_at__lte=last_signed_at).update(is_over=True)
