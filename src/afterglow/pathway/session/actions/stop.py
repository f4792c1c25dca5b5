"""Stop the dose now.  Any signed-in member of staff may: no password, no permission, never behind anything (safety 41)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, hold_in_emergency, put, step
from afterglow.pathway.session.actions.pump_times import last_pump_deed_at
from afterglow.pathway.session.queries.watching import watch_in_recovery


@transaction.atomic
def stop_dose(*, session_id: UUID, reason: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> Charted:
    """The dose ends here and recovery begins; what the pump shows is charted after it (`finish_dose`).

    It is never refused for a time: one that lies ahead of ours counts as now, one before the pump's last deed as that deed's.
    Raises Refusal `session.not_now`; NotFound for a stranger.
    """
    session = hold_in_emergency(by, session_id)
    if done := earlier(by, key, ["stop", session_id, reason, taken_at], at=at):
        return done
    session.state = step(session, "stop")
    true = at if taken_at is None or taken_at.tzinfo is None else min(taken_at, at)
    true = max(true, last_pump_deed_at(session) or true)
    session.dosing_ended_at = true
    watch = watch_in_recovery(session, clinic_id=by.clinic_id, at=at)  # told and charted, never in the way
    payload = {"reason": reason.strip()[:300], **({"watch": watch} if watch else {})}
    charted = put(
        session, "stopped", payload, event=events.stopped, key=key, taken_at=true, at=at, by=by, says=" ".join(watch), reason=reason.strip()[:200]
    )
    session.save(update_fields=["state", "dosing_ended_at"])
    return charted
