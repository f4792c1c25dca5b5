"""The only way to an assignment or a set of answers: through the person they are about; to a licence: through the clinic that holds it."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import NotFound
from afterglow.records.chart import access as chart
from afterglow.records.measures.models import Assignment, Licence, Response

RECORD, READ = "measures.answer.record", "measures.answer.read"


def fetch_assignment(actor: Actor, assignment_id: UUID, need: str = RECORD, *, lock: bool = False) -> Assignment:
    """The assignment; a link's holder gets their own only.  Raises NotFound, Forbidden."""
    rows = Assignment.objects.select_for_update(of=("self",)) if lock else Assignment.objects
    row = rows.filter(id=assignment_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("questionnaire")
    chart.fetch_person(actor, row.person_id, need=need)
    return row


def fetch_response(actor: Actor, response_id: UUID, need: str = READ) -> Response:
    """A set of answers.  Raises NotFound, Forbidden."""
    row = Response.objects.filter(id=response_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("answer")
    chart.fetch_person(actor, row.person_id, need=need)
    return row


def fetch_licence(actor: Actor, licence_id: UUID, need: str = "measures.licence.read", *, lock: bool = False) -> Licence:
    """A licence of the actor's clinic.  Raises NotFound, Forbidden."""
    require(actor, need)
    rows = Licence.objects.select_for_update(of=("self",)) if lock else Licence.objects
    row = rows.filter(id=licence_id, clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("licence")
    return row
