"""Keep how distressed the person is and what was done for them; from the plan's line on it asks for an answer (S80)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.comfort import DISTRESS, distress_file
from afterglow.pathway.session.rules.distress import LONGEST, marks_for, may_chart, plan_from


@transaction.atomic
def support_person(
    *,
    session_id: UUID,
    rating: int | None,
    declined: str = "",
    did: Collection[str] = (),
    words: str = "",
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """`rating` 0 to 10 as the person gave it, None where `declined` says why or nobody asked; `did`: ids of the plan's supports.

    Raises Refusal `session.answer_incomplete`, `session.ended`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["distress", session_id, rating, declined, sorted(did), words, taken_at], at=at):
        return done
    still_open(session)
    file = distress_file()
    plan = plan_from(file.content)
    verdict = may_chart(rating, declined, tuple(did), plan)
    if not verdict.met:
        raise Refusal("session.answer_incomplete", verdict.sentence, "Complete the entry.", field=verdict.open[0].item, findings=verdict.open)
    payload = {
        "rating": rating,
        "declined": declined.replace("\x00", "").strip()[:LONGEST],
        "did": [title for name, title in plan.supports.items() if name in did],
        "text": words.replace("\x00", "").strip()[:LONGEST],
        "plan": file.version,
        "marks": [deeds.mark_text(mark) for mark in marks_for(rating, plan)],
    }
    return put(session, DISTRESS, payload, event=events.distress_charted, key=key, taken_at=happened(session, taken_at, at), at=at, by=by)
