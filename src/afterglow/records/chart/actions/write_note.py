"""Write a chart note.  Psychotherapy notes have their own room and never come here (safety 45)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.records.chart import events
from afterglow.records.chart.actions.rows import add_row


@transaction.atomic
def write_note(*, person_id: UUID, kind: str, text: str, replaces: UUID | None = None, need: str = "", by: Actor, at: datetime) -> UUID:
    """`kind` is a short word such as "phone" or "visit"; `need` the right of the deed that writes it, where that is not charting itself.

    Refusals as `add_row` has them.
    """
    return add_row(
        kind="notes",
        person_id=person_id,
        values={"kind": kind, "text": text},
        must="text",
        replaces=replaces,
        event=events.note_written,
        need=need,
        by=by,
        at=at,
    )
