"""The only way to a check-in, a trajectory or a review: through the person it is about."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.pathway.response.models import CheckIn
from afterglow.records.chart import access as chart

CHECK_IN_READ, CHECK_IN_CALL = "response.check_in.read", "response.check_in.call"
TRAJECTORY_READ, REVIEW_SIGN = "response.trajectory.read", "response.review.sign"


def fetch_check_in(actor: Actor, check_in_id: UUID, need: str = CHECK_IN_READ, *, lock: bool = False) -> CheckIn:
    """A check-in of a person whom the actor may see.  Raises NotFound, Forbidden."""
    rows = CheckIn.objects.select_for_update(of=("self",)) if lock else CheckIn.objects
    row = rows.filter(id=check_in_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("check-in")
    chart.fetch_person(actor, row.person_id, need=need)
    return row
