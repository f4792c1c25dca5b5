"""Keep what the person rated, or why there is no number; a later rating of the same question counts instead (S53, S77)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries.experience import RATED
from afterglow.pathway.session.rules.experience import LONGEST_REASON, may_rate


@transaction.atomic
def rate_person(
    *, session_id: UUID, item: str, value: int | None, declined: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """`item` is one of `rules.experience.RATINGS`; `value` a whole number, or None with `declined` saying why.

    Raises Refusal `session.answer_incomplete`, `session.ended`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["rated", session_id, item, value, declined, taken_at], at=at):
        return done
    still_open(session)
    verdict = may_rate(item, value, declined, state=session.state)
    if not verdict.met:
        raise Refusal("session.answer_incomplete", verdict.sentence, "Complete the answer.", field=verdict.open[0].item, findings=verdict.open)
    ended = item in ("mood_end", "cadss_end")
    true = happened(session, taken_at, at, not_before=session.dosing_ended_at if ended else None)
    payload = {"item": item, "value": value, "declined": declined.replace("\x00", "").strip()[:LONGEST_REASON]}
    return put(session, RATED, payload, event=events.rated, key=key, taken_at=true, at=at, by=by)
