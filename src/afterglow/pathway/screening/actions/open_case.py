"""Begin to find out whether this treatment is right for this person."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.screening import events, queries
from afterglow.pathway.screening.models import Case
from afterglow.records.chart import access as chart

DEFINITION: Final = "mgh_atrq"  # what a site uses until it chooses the other one; both are always shown (safety 37)


@transaction.atomic
def open_case(*, person_id: UUID, site_id: UUID, trd_definition: str = DEFINITION, by: Actor, at: datetime) -> UUID:
    """The open case of this person; there is one at a time, and opening it again gives the same.

    Raises NotFound, Forbidden; Refusal `screening.unknown_definition`.
    """
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    chart.fetch_person(by, person_id, need="screening.case.record")
    chart.lock_person(person_id)
    if trd_definition not in queries.knowledge()[0].definitions:
        raise Refusal("screening.unknown_definition", "The library has no such definition of treatment resistance.", "Choose one from the list.")
    held = Case.objects.filter(person_id=person_id, state="open").values_list("id", flat=True).first()
    if held is not None:
        return held
    case = Case.objects.create(
        id=ids.new_id(at), person_id=person_id, site_id=site.id, opened_at=at, opened_by=by.label, trd_definition=trd_definition
    )
    trail.record(events.case_opened, by=by, at=at, person_id=person_id, objects={"case": case.id}, new={"definition": trd_definition})
    return case.id
