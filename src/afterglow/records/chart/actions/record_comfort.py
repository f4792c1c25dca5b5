"""Record the comfort card: how this person wants to be called, calmed, touched and spoken to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access, events
from afterglow.records.chart.actions.rows import add_row
from afterglow.records.chart.queries.comfort import SAID, comfort

ANY_CARD = UUID(int=0)
"""`seen` of a writer that was shown no card: a test, the simulator."""


@transaction.atomic
def record_comfort(
    *,
    person_id: UUID,
    call_me: str = "",
    calm_by: str = "",
    touch: str = "unknown",
    music: str = "",
    light: str = "",
    words: str = "",
    avoid_words: str = "",
    position: str = "",
    people: str = "",
    triggers: str = "",
    intention: str = "",
    seen: UUID | None = ANY_CARD,
    by: Actor,
    at: datetime,
) -> UUID:
    """The whole card as it now is; it takes the place of the earlier one.  `seen`: the card that the form was made from, None when there was none.

    Raises Refusal `chart.only_the_person` for somebody who acts for them: touch and what to keep away from nobody says for another;
    `chart.comfort_changed` when a newer card stands than the one that was seen; and as `add_row`.
    """
    access.fetch_person(by, person_id, need="chart.clinical.record")
    if by.proxy_id is not None:
        raise Refusal("chart.only_the_person", "Only the person can say this.", "Leave it open: the clinic asks them.")
    access.lock_person(person_id)
    earlier = comfort(person_id)
    said = (call_me, calm_by, touch, music, light, words, avoid_words, position, people, triggers, intention)
    values = dict(zip(SAID, said, strict=True))
    if earlier is not None and all(getattr(earlier, name) == value.strip() for name, value in values.items()):
        return earlier.id  # the same card again
    if seen != ANY_CARD and seen != (earlier.id if earlier else None):
        raise Refusal(
            "chart.comfort_changed",
            "Someone wrote a newer card since you opened this page, so nothing was saved.",
            "Compare it with what you typed, keep what is right, and save again.",
            facts={"version": str(earlier.id) if earlier else ""},
        )
    return add_row(
        kind="comfort", person_id=person_id, values=values, replaces=earlier.id if earlier else None, event=events.comfort_recorded, by=by, at=at
    )
