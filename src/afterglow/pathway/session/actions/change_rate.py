"""Chart that the running pump was set to another rate."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, put
from afterglow.pathway.session.actions.pump_times import held_infusion, last_pump_deed_at, possible_rate, rate_marks
from afterglow.pathway.session.actions.still_agreed import check_still_agreed


@transaction.atomic
def change_rate(*, session_id: UUID, rate_ul_per_h: int, reason: str, taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> Charted:
    """The rate that runs now, with its reason: the record says what runs.  A faster rate than the ordered one is marked until it is answered.

    Raises Refusal `session.consent_withdrawn` or `session.capacity_not_shown` once the consent was taken back (the dose is stopped then, not
    slowed), `session.not_now`, `session.no_reason`, `session.rate`, `session.too_early`, `clock.future`; NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.pause")  # a withdrawal holds the same lock on the person
    if done := earlier(by, key, ["rate", session_id, rate_ul_per_h, reason, taken_at], at=at):
        return done
    if session.state != "dosing":
        raise Refusal("session.not_now", "The pump does not run, so its rate cannot change.", "A paused pump is given its rate when it is resumed.")
    if not reason.strip():
        raise Refusal("session.no_reason", "A change of rate has a reason, and none is given.", "Write why.", field="reason")
    held = held_infusion(session)
    rate = possible_rate(rate_ul_per_h)
    true = happened(session, taken_at, at, not_before=last_pump_deed_at(session))
    check_still_agreed(session, said_for=None if taken_at is None else true, at=at)
    payload = {"rate_ul_per_h": rate, "before_ul_per_h": held.rate_ul_per_h, "reason": reason.strip(), "marks": rate_marks(held, rate)}
    return put(session, "rate_changed", payload, event=events.rate_changed, key=key, taken_at=true, at=at, by=by, reason=reason.strip())
