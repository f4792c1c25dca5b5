"""Write down a call to somebody who did not answer: reached and well, reached and worried about, or not reached."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.response import access, events
from afterglow.pathway.response.models import CheckInCall
from afterglow.records.chart import access as chart
from afterglow.records.flags.actions.open_flag import open_flag

OUTCOMES: Final = {"well": "reached, and doing well", "worried": "reached, and there is reason to worry", "no_answer": "not reached"}
SHORTEST_NOTE: Final = 10  # characters: what was said, in a few words
WORRIED_WITHIN: Final = timedelta(minutes=15)  # J: as any other urgent flag


@transaction.atomic
def record_call(*, check_in_id: UUID, outcome: str, note: str, called_at: datetime, key: str, by: Actor, at: datetime) -> UUID:
    """The call's id.  Worry opens an urgent flag in the caller's name at once; the flag that asked for the call is closed by its owner, not here.

    Raises Refusal `response.unknown_outcome`, `response.call_says_nothing`, `clock.future`; NotFound; Forbidden.
    """
    row = access.fetch_check_in(by, check_in_id, access.CHECK_IN_CALL)
    if by.user_id is None:
        raise NotFound("check-in")
    chart.lock_person(row.person_id)
    said = note.strip()
    if stored := once(by, key, {"check_in": str(check_in_id), "outcome": outcome, "note": said, "called_at": called_at.isoformat()}, at=at):
        return UUID(stored["call"])
    row = access.fetch_check_in(by, check_in_id, access.CHECK_IN_CALL, lock=True)
    _check(outcome, said, called_at, at)
    call = CheckInCall.objects.create(
        id=ids.new_id(at), check_in_id=row.id, outcome=outcome, note=said, called_at=called_at, recorded_at=at, by=by.label, by_user_id=by.user_id
    )
    if outcome != "no_answer" and row.state != "answered":
        row.state = "called"
        row.save(update_fields=["state"])
    objects = {"check_in": row.id, "call": call.id}
    if outcome == "worried":
        objects["flag"] = open_flag(
            person_id=row.person_id,
            kind="call_worried",
            urgency="urgent",
            sentence=f"On a call about {row.title.lower()}: {said}"[:300],
            source_kind="response.call",
            source_id=str(call.id),
            due_at=at + WORRIED_WITHIN,
            owner_id=by.user_id if by.may("flags.flag.own") else None,
            by=by,
            at=at,
        )
    trail.record(events.check_in_called, by=by, at=at, person_id=row.person_id, objects=objects, new={"outcome": outcome})
    answer(by, key, {"call": str(call.id)})
    return call.id


def _check(outcome: str, said: str, called_at: datetime, at: datetime) -> None:
    check_taken(called_at, at)
    if outcome not in OUTCOMES:
        raise Refusal("response.unknown_outcome", "It was not said how the call ended.", "Choose one of the three.", field="outcome")
    if "\x00" in said or (outcome != "no_answer" and len(said) < SHORTEST_NOTE):
        raise Refusal("response.call_says_nothing", "It is not written down what was said.", "Write it in a few words.", field="note")
