"""Record a seated pressure before the dose.  Every one is kept and counts, whether it pleased or not (hazard H15)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.answer_item import check_answerable, keep_answer
from afterglow.pathway.session.queries.check_in import PRESSURE
from afterglow.pathway.session.rules.check_in import may_record_pressure


@transaction.atomic
def record_pressure(*, session_id: UUID, sbp: float, dbp: float, taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> UUID:
    """One seated reading in mmHg.  Raises NotFound, Forbidden; Refusal `session.not_checked_in`, `session.pressure_impossible`, `clock.future`."""
    session = access.fetch_session(by, session_id, need="session.session.check_in")
    if earlier := once(by, key, [session_id, PRESSURE, sbp, dbp, taken_at], at=at):
        return UUID(earlier["answer"])
    session = access.lock_up_to_session(session)
    check_answerable(session)
    when = taken_at or at
    check_taken(when, at)
    verdict = may_record_pressure(sbp, dbp, taken_at=when, at=at)
    if not verdict.met:
        raise Refusal(
            "session.pressure_impossible", f"Nothing was recorded. {verdict.sentence}", "Read the cuff again.", field="sbp", findings=verdict.open
        )
    row = keep_answer(session, PRESSURE, {"sbp": sbp, "dbp": dbp}, taken_at=when, by=by, at=at)
    trail.record(
        events.pressure_recorded,
        by=by,
        at=at,
        person_id=session.person_id,
        objects={"session": session.id, "answer": row.id},
        new={"sbp": sbp, "dbp": dbp},
    )
    answer(by, key, {"answer": str(row.id)})
    return row.id
