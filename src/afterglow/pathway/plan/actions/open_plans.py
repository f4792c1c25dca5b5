"""How many plans of a person are open, told to screening for the worklists."""

from __future__ import annotations

from uuid import UUID

from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.screening.actions.note_candidacy import note_plans


def note_open_plans(person_id: UUID) -> None:
    """After each draft and each end, under the lock on the person."""
    note_plans(person_id, TreatmentPlan.objects.filter(person_id=person_id, state__in=("draft", "in_force")).count())
