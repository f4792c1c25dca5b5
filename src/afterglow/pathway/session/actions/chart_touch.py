"""Stamp a touch that is meant to comfort: offered and answered, asked for, given as agreed, ended, or given without their word (S83, N13)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries.comfort import TOUCH, comfort_now
from afterglow.pathway.session.rules.touch import LONGEST, may_stamp
from afterglow.records.flags.actions.open_flag import open_flag


@transaction.atomic
def chart_touch(*, session_id: UUID, stamp: str, words: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> Charted:
    """`stamp` is one of `rules.touch.STAMPS`; what counted then is kept with it.  Touch without their word opens a flag for a named person to look at.

    Raises Refusal `session.touch_not_agreed`, `session.answer_incomplete`, `session.ended`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["touch", session_id, stamp, words, taken_at], at=at):
        return done
    still_open(session)
    now = comfort_now(session).touch
    verdict = may_stamp(stamp, words, now)
    if not verdict.met:
        code = "session.touch_not_agreed" if stamp == "as_agreed" else "session.answer_incomplete"
        raise Refusal(code, verdict.sentence, "Choose what it was.", field=verdict.open[0].item, findings=verdict.open)
    payload = {"stamp": stamp, "text": words.replace("\x00", "").strip()[:LONGEST], "counted": now.word}
    charted = put(session, TOUCH, payload, event=events.touch_charted, key=key, taken_at=happened(session, taken_at, at), at=at, by=by)
    if stamp == "without":
        open_flag(
            person_id=session.person_id,
            kind="touch_without_word",
            urgency="today",
            sentence=f"{by.label} charted a touch without the person's word, entry {charted.seq}. Somebody else looks at it and speaks with the person."[
                :300
            ],
            source_kind="session_entry",
            source_id=f"{session.id.hex}:{charted.seq}",
            by=by,
            at=at,
        )
    return charted
