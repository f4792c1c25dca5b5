"""Who may see and answer a flag: the clinic's staff with the permission, and the care team for those who see own patients only."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import NotFound
from afterglow.records.chart import access as chart
from afterglow.records.flags.models import Flag


def fetch_flag(actor: Actor, flag_id: UUID, need: str = "flags.flag.read", *, lock: bool = False) -> Flag:
    """The flag, if it is about a person whom this actor may see.  Raises NotFound, Forbidden."""
    rows = Flag.objects.select_for_update(of=("self",)) if lock else Flag.objects
    flag = rows.filter(id=flag_id, person__clinic_id=actor.clinic_id).first()
    if flag is None:
        raise NotFound("flag")
    chart.fetch_person(actor, flag.person_id, need="flags.flag.read")
    require(actor, need)
    return flag
