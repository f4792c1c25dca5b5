"""Write a note on the timeline, or a late addendum to a session that has ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open, words
from afterglow.pathway.session.rules.states import ENDED

ABOUT = ("note", "words", "touch", "support", "music", "position", "line")
"""What a note is about: anything, the person's own words, touch, support given, music, position, the line.  Analysis of what was said in
therapy is no note of this record (safety 45)."""


@transaction.atomic
def chart_note(*, session_id: UUID, text: str, about: str = "note", taken_at: datetime | None = None, key: str, by: Actor, at: datetime) -> Charted:
    """What happened, in words.  Raises Refusal `session.no_words`, `session.too_long`, `session.choice`, `session.ended`; NotFound; Forbidden."""
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["note", session_id, text, about, taken_at], at=at):
        return done
    still_open(session)
    if about not in ABOUT:
        raise Refusal("session.choice", "A note cannot be about that.", "Choose from the list.", field="about")
    true = happened(session, taken_at, at)
    payload = {"text": words(text, field="text"), "about": about}
    return put(session, "note", payload, event=events.note_charted, key=key, taken_at=true, at=at, by=by)


@transaction.atomic
def add_addendum(
    *, session_id: UUID, text: str, about_seq: int | None = None, taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """A late line after the end: it stands beside the record and changes nothing in it.

    Raises Refusal `session.still_open` while the session runs, `session.no_words`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    if done := earlier(by, key, ["addendum", session_id, text, about_seq, taken_at], at=at):
        return done
    if session.state not in ENDED:
        raise Refusal("session.still_open", "The session has not ended, so this is no late addendum.", "Write a note, or correct the entry.")
    if about_seq is not None and not 0 < about_seq <= session.seq:
        raise Refusal(
            "session.no_such_entry", f"There is no entry {about_seq} in this session.", "Choose an entry of the timeline.", field="about_seq"
        )
    true = happened(session, taken_at, at)
    payload = {"text": words(text, field="text"), "about_seq": about_seq}
    return put(session, "addendum", payload, event=events.addendum_written, key=key, taken_at=true, at=at, by=by)
