"""Ask a colleague to call: one flag for one check-in, with a clock and, where somebody is on call, an owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_row
from afterglow.pathway.response import events
from afterglow.pathway.response.models import CheckIn
from afterglow.records.flags.actions.open_flag import open_flag

SOURCE: Final = "response.check_in"
LONGEST_SENTENCE: Final = 300


def ask_to_call(row: CheckIn, why: str, *, on_call: Sequence[UUID], by: Actor, at: datetime) -> UUID:
    """The flag.  The caller holds the check-in; doing it again gives the same flag."""
    said = library_row(row.follow_up_id).content["silence"]
    flag_id = open_flag(
        person_id=row.person_id,
        kind=said["flag"],
        urgency=said["urgency"],
        sentence=f"Call: {row.title.lower()} (dose {row.dose_no}). {why}"[:LONGEST_SENTENCE],
        source_kind=SOURCE,
        source_id=str(row.id),
        due_at=at + timedelta(hours=said["due_within_h"]),
        owner_id=next(iter(on_call), None),
        by=by,
        at=at,
    )
    if row.silent_at is None:
        row.silent_at = at
        row.save(update_fields=["silent_at"])
        trail.record(events.check_in_silent, by=by, at=at, person_id=row.person_id, objects={"check_in": row.id, "flag": flag_id}, reason=why)
    return flag_id
