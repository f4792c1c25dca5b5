"""Say what was done for a mark that was answered, and how it ended: tied to that answer, each with its own time (requirement S71)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.followed import FOLLOWED, may_be_named
from afterglow.pathway.session.queries.standing import ACKNOWLEDGED
from afterglow.pathway.session.rules.followed import Followed, may_follow


@transaction.atomic
def follow_mark(
    *,
    session_id: UUID,
    answer: int | None,
    entries: Sequence[int] = (),
    did: str = "",
    ended: str = "",
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """`answer`: the number of the acknowledgement; `entries`: what was charted and was done for it; `did`: in words, where it is no entry of its
    own; `ended`: one of `rules.followed.ENDS`.  Written once more, it adds, and the newest word on the end counts.

    Raises Refusal `session.not_tied` with every open item, `session.ended`, `session.too_early`, `clock.future`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["followed", session_id, answer, sorted(entries), did, ended, taken_at], at=at):
        return done
    still_open(session)
    rows = deeds.deeds(session.id)
    kept = did.replace("\x00", "").strip()
    given = {deed.seq: deed for deed in deeds.standing(rows, ACKNOWLEDGED)}
    named = {deed.seq for deed in may_be_named(rows)}
    verdict = may_follow(Followed(answer=answer, answers=given, entries=entries, deeds=named, did=kept, ended=ended))
    if answer is None or not verdict.met:
        raise Refusal(
            "session.not_tied", f"Nothing was charted. {verdict.sentence}", "Complete what is named here.", findings=verdict.open,
            field={"followed.answer": "answer", "followed.entries": "entries"}.get(verdict.open[0].item, "did"),
        )  # fmt: skip
    true = happened(session, taken_at, at)
    payload = {"answer": answer, "sentences": given[answer].payload["sentences"], "entries": sorted(entries), "did": kept, "ended": ended}
    return put(session, FOLLOWED, payload, event=events.mark_followed, key=key, taken_at=true, at=at, by=by)
