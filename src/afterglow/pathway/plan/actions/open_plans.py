"""How many plans of a person are open, and when the last one was signed: told to screening for the worklists."""

from __future__ import annotations

from uuid import UUID

from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.screening.actions.note_candidacy import note_plans


def note_open_plans(person_id: UUID) -> None:
    """After each draft and each end, under the lock on the person."""
    held = list(TreatmentPlan.objects.filter(person_id=person_id).values_list("state", "signed_at"))
    signed = max((signed_at for _, signed_at in held if signed_at is not None), default=None)
    note_plans(person_id, sum(state in ("draft", "in_force") for state, _ in held), signed)
