"""Who may reach a case: the clinic's staff with the right, and the care team for those who see own patients only."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.pathway.screening.models import Case, Override
from afterglow.records.chart import access as chart

READ = "screening.case.read"


def fetch_case(actor: Actor, case_id: UUID, need: str = READ, *, lock: bool = False) -> Case:
    """The case, if it is about a person whom this actor may see.  Raises NotFound, Forbidden."""
    rows = Case.objects.select_for_update(of=("self",)) if lock else Case.objects
    case = rows.filter(id=case_id, person__clinic_id=actor.clinic_id).first()
    if case is None:
        raise NotFound("screening")
    chart.fetch_person(actor, case.person_id, need=READ)
    if need != READ:
        chart.fetch_person(actor, case.person_id, need=need)
    return case


def fetch_override(actor: Actor, override_id: UUID, need: str) -> Override:
    """The override, on the terms of its case.  Raises NotFound, Forbidden."""
    override = Override.objects.filter(id=override_id).first()
    if override is None:
        raise NotFound("override")
    fetch_case(actor, override.case_id, need)
    return override
