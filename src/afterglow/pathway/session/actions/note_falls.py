"""Note what is done against a fall, who walks with the person, and whether they fell in the last twelve months (S75; hazard H55)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries.falls import FALLS
from afterglow.pathway.session.rules.falls import LONGEST, MEASURES, may_note
from afterglow.pathway.session.rules.states import IN_THE_ROOM


@transaction.atomic
def note_falls(
    *,
    session_id: UUID,
    done: Collection[str] = (),
    walks_with: str = "",
    fell: str = "",
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """`done` are ids of `rules.falls.MEASURES`, all that stand now; `walks_with` a name; `fell` "yes", "no", or "" where it was not asked.

    The newest note counts, an answer to `fell` until another one.  Raises Refusal `session.answer_incomplete`, `session.not_now`, `session.ended`;
    NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    marked, name = [each for each in MEASURES if each in done], walks_with.replace("\x00", "").strip()[:LONGEST]
    if again := earlier(by, key, ["falls", session_id, sorted(done), name, fell, taken_at], at=at):
        return again
    still_open(session)
    if session.state not in IN_THE_ROOM:
        raise Refusal("session.not_now", "Nobody is in the room yet.", "Check the person in first.", facts={"state": session.state})
    verdict = may_note(tuple(done), name, fell)
    if not verdict.met:
        raise Refusal("session.answer_incomplete", verdict.sentence, "Complete the note.", field=verdict.open[0].item, findings=verdict.open)
    payload = {"done": marked, "walks_with": name, "fell": fell}
    return put(session, FALLS, payload, event=events.falls_noted, key=key, taken_at=happened(session, taken_at, at), at=at, by=by)
