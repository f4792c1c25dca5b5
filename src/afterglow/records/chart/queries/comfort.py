"""The comfort card: how this person wants to be called, calmed and touched.  The newest counts; the earlier ones stay readable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.access.actor import was_at_a_link
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.records.chart.models import ComfortCard

SAID = ("call_me", "calm_by", "touch", "music", "light", "words", "avoid_words", "position", "people", "triggers", "intention")
"""What a card says, in the order in which it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortRow:
    """One card, whole.  `touch` "unknown": nobody asked, which is never a yes."""

    id: UUID
    call_me: str
    calm_by: str
    touch: str
    music: str
    light: str
    words: str
    avoid_words: str
    position: str
    people: str
    triggers: str
    intention: str
    recorded_at: datetime
    recorded_by: str

    @property
    def own_hand(self) -> bool:
        """Did the person write it themselves, by their link?  Else staff wrote what they were told."""
        return was_at_a_link(self.recorded_by)


def comfort(person_id: UUID) -> ComfortRow | None:
    """The comfort card as it stands, or None when nobody asked."""
    row = first(_comfort(person_id))
    return None if row is None else ComfortRow(**row)


@prepared
def _comfort(person_id: UUID) -> Rows:
    later = ComfortCard.objects.filter(replaces=OuterRef("pk"))
    rows = ComfortCard.objects.filter(~Exists(later), person_id=person_id, withdrawn=False)
    return rows.order_by("-recorded_at", "-id").values(*ComfortRow.__dataclass_fields__)[:1]


def earlier_cards(person_id: UUID, most: int = 50) -> list[ComfortRow]:
    """The cards that a later one has replaced, newest first."""
    later = ComfortCard.objects.filter(replaces=OuterRef("pk"))
    rows = ComfortCard.objects.filter(Exists(later), person_id=person_id, withdrawn=False).order_by("-recorded_at", "-id")[:most]
    return [ComfortRow(**row) for row in rows.values(*ComfortRow.__dataclass_fields__)]
