"""Let the paused pump go on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, put, step
from afterglow.pathway.session.actions.pump_times import held_infusion, last_pump_deed_at, possible_rate, rate_marks
from afterglow.pathway.session.actions.still_agreed import check_still_agreed
from afterglow.pathway.session.queries.silent import asking


@transaction.atomic
def resume_dose(
    *, session_id: UUID, rate_ul_per_h: int | None = None, reason: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """The pump runs again, at the rate it had or at another with its reason.

    Raises Refusal `session.consent_withdrawn` or `session.capacity_not_shown` once the consent was taken back, `session.marks_open` while a
    mark that asks for action is not answered, `session.no_reason`, `session.rate`, `session.not_now`, `session.too_early`, `clock.future`;
    NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.pause")  # a withdrawal holds the same lock on the person
    if done := earlier(by, key, ["resume", session_id, rate_ul_per_h, reason, taken_at], at=at):
        return done
    to = step(session, "resume")
    held = held_infusion(session)
    rate = possible_rate(rate_ul_per_h or held.rate_ul_per_h)
    if rate != held.rate_ul_per_h and not reason.strip():
        raise Refusal("session.no_reason", "The pump goes on at another rate, and no reason is given.", "Write why.", field="reason")
    check_still_agreed(session, at=at)
    waiting = [raised.mark.sentence for raised in asking(session, at=at)]
    if waiting:
        raise Refusal("session.marks_open", f"Not answered yet: {' '.join(waiting)}", "Look at the person, answer the mark, then resume.")
    true = happened(session, taken_at, at, not_before=last_pump_deed_at(session))
    payload = {"rate_ul_per_h": rate, "before_ul_per_h": held.rate_ul_per_h, "reason": reason.strip(), "marks": rate_marks(held, rate)}
    charted = put(session, "resumed", payload, event=events.resumed, key=key, taken_at=true, at=at, by=by, reason=reason.strip())
    session.state = to
    session.save(update_fields=["state"])
    return charted
