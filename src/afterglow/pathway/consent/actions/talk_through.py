"""A clinician went through the questions with the person, after too many wrong answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent import access, events
from afterglow.pathway.consent.models import TalkedThrough
from afterglow.pathway.consent.rules import SHORTEST_NOTE
from afterglow.records.chart import access as chart


@transaction.atomic
def talk_through(*, offer_id: UUID, note: str, key: str, by: Actor, at: datetime) -> UUID:
    """Wrong answers are counted afresh from here.  Raises NotFound, Forbidden; Refusal `consent.empty_talk`."""
    held = access.fetch_offer(by, offer_id, need="consent.consent.witness")
    if by.kind == "link":
        raise Refusal("consent.talk_by_staff", "A member of the team notes this talk.", "Ask the clinic to call you.")
    chart.lock_person(held.person_id)
    if (earlier := once(by, key, {"offer": str(offer_id), "note": note}, at=at)) is not None:
        return UUID(earlier["talk"])
    if len(note.strip()) < SHORTEST_NOTE:
        raise Refusal(
            "consent.empty_talk", "Nothing is written about the talk.", "Write in a few words what was not clear and what was said.", field="note"
        )
    row = TalkedThrough.objects.create(id=ids.new_id(at), offer_id=held.id, note=note.strip(), talked_at=at, talked_by=by.label)
    trail.record(events.talked_through, by=by, at=at, person_id=held.person_id, objects={"offer": held.id, "talk": row.id})
    answer(by, key, {"talk": str(row.id)})
    return row.id
