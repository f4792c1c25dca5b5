"""Danger that came up in a talk becomes a flag that a named person must own and close: a note is never its only place (safety 45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.records.flags.actions.open_flag import open_flag


@transaction.atomic
def raise_danger(*, person_id: UUID, words: str, source_kind: str, source_id: UUID, by: Actor, at: datetime) -> UUID:
    """The flag's id.  `words`: what the team must know, written for them; nothing else of a psychotherapy note goes in.

    It needs no right of its own, as every answer that raises a flag: the caller has asked for its own, holds the person's lock, and has decided.
    """
    return open_flag(
        person_id=person_id,
        kind="danger_in_a_talk",
        urgency="urgent",
        sentence=f"A talk pointed to danger: {words.strip()}",
        source_kind=source_kind,
        source_id=str(source_id),
        by=by,
        at=at,
    )
