"""Begin to find out whether this treatment is right for this person, and for what."""

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
from afterglow.pathway.screening import events
from afterglow.pathway.screening.actions.locked import lock_case, refuse_closed
from afterglow.pathway.screening.models import Case
from afterglow.pathway.screening.queries.known import indications, knowledge
from afterglow.pathway.screening.rules.indications import FIRST, may_be_chosen
from afterglow.records.chart import access as chart

DEFINITION: Final = "mgh_atrq"  # what a site uses until it chooses the other one; both are always shown (safety 37)


@transaction.atomic
def open_case(*, person_id: UUID, site_id: UUID, indication: str = FIRST, trd_definition: str = DEFINITION, by: Actor, at: datetime) -> UUID:
    """The open case of this person; there is one at a time, and opening it again gives the same.

    Raises NotFound, Forbidden; Refusal `screening.unknown_definition`, `screening.indication_not_offered`.
    """
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    chart.fetch_person(by, person_id, need="screening.case.record")
    chart.lock_person(person_id)
    if trd_definition not in knowledge()[0].definitions:
        raise Refusal("screening.unknown_definition", "The library has no such definition of treatment resistance.", "Choose one from the list.")
    _refuse_not_offered(indication)
    held = Case.objects.filter(person_id=person_id, state="open").values_list("id", flat=True).first()
    if held is not None:
        return held
    case = Case.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=site.id,
        indication=indication,
        opened_at=at,
        opened_by=by.label,
        trd_definition=trd_definition,
    )
    told = {"definition": trd_definition, "indication": indication}
    trail.record(events.case_opened, by=by, at=at, person_id=person_id, objects={"case": case.id}, new=told)
    return case.id


@transaction.atomic
def choose_indication(*, case_id: UUID, indication: str, by: Actor, at: datetime) -> None:
    """Screen for something else: every answer stays, and the criteria of the new indication are asked.

    Choosing what is chosen already changes nothing.
    Raises NotFound, Forbidden; Refusal `screening.case_closed`, `screening.indication_not_offered`.
    """
    case = lock_case(by, case_id, "screening.case.record")
    refuse_closed(case)
    _refuse_not_offered(indication)
    if case.indication == indication:
        return
    before, case.indication = case.indication, indication
    case.save(update_fields=["indication"])
    trail.record(
        events.indication_chosen,
        by=by,
        at=at,
        person_id=case.person_id,
        objects={"case": case.id},
        old={"indication": before},
        new={"indication": indication},
    )


def _refuse_not_offered(indication: str) -> None:
    chosen = may_be_chosen(indication, indications())
    if not chosen.is_met:
        raise Refusal("screening.indication_not_offered", chosen.sentence, "Choose one from the list.", field="indication")
