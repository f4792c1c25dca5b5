"""A person tells the clinic, now, from their own page: an urgent flag that a named person must own and close (safety 44, 45)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.rules.journal import HELP_WORDS
from afterglow.records.chart import access as chart
from afterglow.records.flags.actions.open_flag import open_flag

SOURCE: Final = "integration.help"
ASKED: Final = "Asked on their own page that somebody contacts them now."


@transaction.atomic
def ask_for_help(*, words: str, key: str, by: Actor, at: datetime) -> UUID:
    """The flag.  `words`: what the person chose to add, never anything of their journal; too long is cut, never turned away.

    Each asking is a flag of its own, so that nothing said later is lost in an earlier one.  Raises NotFound; Forbidden; Refusal `write.no_key`.
    """
    if by.kind != "link" or by.person_id is None:
        raise NotFound("person")
    person_id = chart.fetch_person(by, by.person_id, need=access.JOURNAL).id
    said = " ".join(words.replace("\x00", "").split())[:HELP_WORDS]
    # Other words from the same form are another asking, never a refusal: the words are part of the key.
    once_key = f"{key}.{hashlib.sha256(said.encode()).hexdigest()[:16]}" if key else ""
    if earlier := once(by, once_key, ["help", str(person_id)], at=at):
        return UUID(earlier["flag"])
    chart.lock_person(person_id)
    flag_id = open_flag(
        person_id=person_id,
        kind="asked_for_help",
        urgency="urgent",
        sentence=f'{ASKED} They wrote: "{said}"' if said else ASKED,
        source_kind=SOURCE,
        source_id=str(ids.new_id(at)),
        by=by,
        at=at,
    )
    trail.record(events.help_asked, by=by, at=at, person_id=person_id, objects={"flag": flag_id})
    answer(by, once_key, {"flag": str(flag_id)})
    return flag_id
