"""The gate's facts about harm that comes late: when it was last looked for, and how many doses were begun since."""

from __future__ import annotations

from typing import Any

from afterglow.ground.content.queries import released
from afterglow.pathway.session.queries.doses_given import doses_given
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.records.measures.queries import late


def about_late_effects(held: Visit) -> dict[str, Any]:
    """By the newest follow-up of the plan's protocol: a watch for harm is not frozen.  The dose of this session does not count itself."""
    file = next((file for file in released("follow_up") if held.plan.protocol.id in file.content["protocols"]), None)
    if file is None:
        return {"late_effects": ()}
    is_booster = held.session.dose_no > held.plan.infusions
    person_id = held.session.person_id
    begun = [dose.started_at for dose in doses_given([person_id]).get(person_id, ()) if dose.session_id != held.session.id]
    return {"late_effects": late.late_effects(file.content, person_id, begun, zone=held.site.zone, at=held.at), "is_booster": is_booster}
