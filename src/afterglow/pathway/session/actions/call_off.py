"""Call a session off before its start: no dose today."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.chain import append_entry
from afterglow.pathway.session.rules.states import may_go
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.schedule.actions.book import lock_calendar
from afterglow.records.schedule.actions.change import cancel


@transaction.atomic
def call_off(*, session_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """To `not_started`, with its reason; the appointment is cancelled with the same cause.  Calling off again changes nothing.

    Raises NotFound, Forbidden; Refusal `session.not_possible`, `session.no_reason`, `session.drug_still_drawn`.
    """
    session = access.fetch_session(by, session_id, need="session.session.check_in")
    lock_calendar(by, session.person_id)  # the appointment is marked too: its locks, sites and person, come before the session's
    session = access.lock_session(session_id)
    if session.state == "not_started":
        return
    step = may_go(session.state, "call_off")  # type: ignore[arg-type]
    if step.to is None:
        raise Refusal("session.not_possible", step.verdict.sentence, "Open the room: a started dose is stopped there.", findings=step.verdict.open)
    if not reason.strip():
        raise Refusal("session.no_reason", "No reason is given.", "Say why there is no dose today.", field="reason")
    if cabinet.draws_of(session.id).open_ug > 0:
        raise Refusal(
            "session.drug_still_drawn", "Drug drawn for this session is not accounted for.", "Waste or return it with a witness, then call off."
        )
    session.state, session.ended_at = step.to, at
    session.save(update_fields=["state", "ended_at"])
    append_entry(session, "called_off", {"reason": reason.strip()}, taken_at=at, at=at, by=by)
    cancel(appointment_id=session.appointment_id, cause=reason.strip()[:120], by=by, at=at)
    trail.record(events.called_off, by=by, at=at, person_id=session.person_id, objects={"session": session.id}, reason=reason.strip())
