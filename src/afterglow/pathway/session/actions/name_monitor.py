"""Name the person who monitors this dose and nobody else (hazard H45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.chain import append_entry


@transaction.atomic
def name_monitor(*, session_id: UUID, user_id: UUID, by: Actor, at: datetime) -> None:
    """Before the start; whether they may monitor is the gate's question, asked again at the start.  The same name again changes nothing.

    Raises NotFound, Forbidden; Refusal `session.not_possible`.
    """
    session = access.lock_up_to_session(access.fetch_session(by, session_id, need="session.session.check_in"))
    if session.state not in ("scheduled", "checked_in"):
        raise Refusal("session.not_possible", "The monitor of a dose is named before its start.", "Hand over in the room.")
    member = accounts.staff_member(user_id, clinic_id=by.clinic_id)
    if session.monitor_id == user_id:
        return
    old, session.monitor_id = session.monitor_id, user_id
    session.save(update_fields=["monitor"])
    append_entry(session, "monitor_named", {"monitor": str(user_id), "name": member.name}, taken_at=at, at=at, by=by)
    trail.record(
        events.monitor_named,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id},
        old={"monitor": old},
        new={"monitor": user_id},
    )
