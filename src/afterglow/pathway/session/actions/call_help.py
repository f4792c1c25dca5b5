"""Call for help, and the emergency itself: one tap, no password, no permission beyond being signed in (safety 41, hazard H58)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, hold_in_emergency, own_key, put, still_open
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.place import room_name
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.science.vitals.marks import EMERGENCY_SIGNS, Mark, mark_sign

EMERGENCY_STEPS = (
    "called_emergency",
    "oxygen",
    "airway_opened",
    "bag_mask",
    "compressions",
    "defibrillator",
    "drug_given",
    "handed_to_crew",
    "stood_down",
)
"""Steps of the clinic's own emergency card, each charted with its time; what to give and how much stands on the card, not here."""


@transaction.atomic
def call_help(*, session_id: UUID, sentence: str = "", key: str, by: Actor, at: datetime) -> Charted:
    """Somebody is needed in this room now: the call is charted and a flag of the clinic opens with the clock of an urgent one.

    It reaches those who look at Afterglow; the room's own call bell and voice come first.  Raises Refusal `session.ended`; NotFound.
    """
    session = hold_in_emergency(by, session_id)
    if done := earlier(by, key, ["help", session_id, sentence], at=at):
        return done
    still_open(session)
    room = room_name(session) or "the waiting area"
    said = sentence.replace("\x00", "").strip()[:200]
    charted = put(session, "help_called", {"text": said, "room": room}, event=events.help_called, key=key, taken_at=at, at=at, by=by)
    open_flag(
        person_id=session.person_id,
        kind="help_called",
        urgency="urgent",
        sentence=f"{by.label} calls for help in {room}. {said}".strip(),
        source_kind="session_help",
        source_id=own_key(key, session.id)[:40],
        by=by,
        at=at,
    )
    return charted


@transaction.atomic
def chart_emergency(
    *, session_id: UUID, sign: str = "", did: str = "", text: str = "", taken_at: datetime | None = None, key: str, by: Actor, at: datetime
) -> Charted:
    """A sign that is an emergency whatever the numbers say, or one step of the emergency card with its time.

    A sign raises a mark that stands until it is answered.  Never refused for a time: one ahead of ours counts as now, one before the
    check-in as the check-in's.  Raises Refusal `session.choice`, `session.ended`; NotFound.
    """
    session = hold_in_emergency(by, session_id)
    if done := earlier(by, key, ["emergency", session_id, sign, did, text, taken_at], at=at):
        return done
    still_open(session)
    if (sign and sign not in EMERGENCY_SIGNS) or (did and did not in EMERGENCY_STEPS) or not (sign or did):
        raise Refusal("session.choice", "Which sign was seen, or what was done?", "Choose one from the card.", field="sign")
    true = at if taken_at is None or taken_at.tzinfo is None else min(taken_at, at)
    true = max(true, session.checked_in_at or true)
    found: tuple[Mark, ...] = (mark_sign(sign),) if sign else ()
    payload = {"sign": sign, "did": did, "text": text.replace("\x00", "").strip()[:500], "marks": [deeds.mark_text(mark) for mark in found]}
    return put(
        session, "emergency", payload, event=events.emergency_charted, key=key, taken_at=true, at=at, by=by, says=found[0].says if found else ""
    )
