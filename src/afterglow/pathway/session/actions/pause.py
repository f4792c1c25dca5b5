"""Pause the pump."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, step
from afterglow.pathway.session.actions.pump_times import last_pump_deed_at


@transaction.atomic
def pause_dose(*, session_id: UUID, reason: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> Charted:
    """The pump stands; the monitor stays.  Raises Refusal `session.not_now`, `session.too_early`, `clock.future`; NotFound; Forbidden."""
    session = hold(by, session_id, need="session.session.pause")
    if done := earlier(by, key, ["pause", session_id, reason, taken_at], at=at):
        return done
    session.state = step(session, "pause")
    true = happened(session, taken_at, at, not_before=last_pump_deed_at(session))
    charted = put(session, "paused", {"reason": reason.strip()}, event=events.paused, key=key, taken_at=true, at=at, by=by, reason=reason.strip())
    session.save(update_fields=["state"])
    return charted
