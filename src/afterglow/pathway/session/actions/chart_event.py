"""Chart an adverse event: graded, timed, with what was done; it stands on the timeline and in the list of adverse events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold_with_person, own_key, put, still_open
from afterglow.pathway.session.queries import deeds
from afterglow.records.adverse.actions.record_event import record_event
from afterglow.science.vitals.marks import Mark

EMERGENCY_KINDS = frozenset({"anaphylaxis", "seizure", "laryngospasm", "chest_pain"})
NOT_LEFT_UNGRADED = frozenset({"hallucination", "distress"})
"""What nobody sees on a monitor: without a grade nothing would say how bad it is (J)."""


@transaction.atomic
def chart_event(
    *, session_id: UUID, kind: str, grade: int | None = None, done: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """`kind`: id in `library/codes/adverse_events`; `grade` 1 to 5, or None: not graded yet.  Whoever may chart may report one.

    Grade 3 and above, every kind that is an emergency, and a hallucination or distress that nobody graded raise a mark that stands until answered.
    Raises Refusal `session.choice`, `session.ended` and those of the list of adverse events; NotFound; Forbidden.
    """
    session = hold_with_person(by, session_id, need="session.session.chart")
    if again := earlier(by, key, ["event", session_id, kind, grade, done, taken_at], at=at):
        return again
    still_open(session)
    if grade is not None and not 1 <= grade <= 5:
        raise Refusal("session.choice", "A grade is 1 (mild) to 5 (death).", "Choose a grade, or leave it open.", field="grade")
    true = happened(session, taken_at, at)
    kept = done.replace("\x00", "").strip()[:1000]
    reporter = replace(by, permissions=by.permissions | {"adverse.event.record"}, scope="clinic")  # the hand at the bedside reports what it saw
    event_id = record_event(
        person_id=session.person_id,
        session_id=str(session.id),
        kind=kind,
        grade=grade,
        began_at=true,
        done_text=kept,
        key=own_key(key, "adverse"),
        by=reporter,
        at=at,
    )
    payload = {"event": str(event_id), "what": kind, "grade": grade, "done": kept, "marks": [deeds.mark_text(mark) for mark in _marks(kind, grade)]}
    return put(session, "event", payload, event=events.event_charted, key=key, taken_at=true, at=at, by=by)


def _marks(kind: str, grade: int | None) -> tuple[Mark, ...]:
    name = kind.replace("_", " ").capitalize()
    if kind in EMERGENCY_KINDS:
        return (Mark(code=f"event_{kind}", level="act", channel="", sentence=f"{name}.", says="Stop dosing. Emergency: call now.", urgency="high"),)
    if grade is None and kind in NOT_LEFT_UNGRADED:
        says = "Look at the person now: does it frighten them, does it pass? Then grade it."
        return (Mark(code=f"event_{kind}", level="act", channel="", sentence=f"{name}, not graded.", says=says, urgency="medium"),)
    if grade is not None and grade >= 3:
        sentence = f"{name}, grade {grade}."
        return (
            Mark(
                code=f"event_{kind}",
                level="act",
                channel="",
                sentence=sentence,
                says="Look at the person now and call the prescriber.",
                urgency="high",
            ),
        )
    return ()
