"""What left one session's syringes other than into the person: wasted and returned, by whom and before whose eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from afterglow.records.cabinet.models import Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One movement out of a draw: `what` is 'wasted' or 'returned'."""

    what: str
    amount_ug: int
    volume_ul: int
    lot_no: str
    taken_at: datetime
    by: str
    witness_name: str
    reason: str


def left_of(session_id: UUID | str) -> tuple[Left, ...]:
    """Everything that was drawn for this session and did not go in, in order; each has its witness."""
    rows = Movement.objects.filter(draw__session_id=str(session_id), what__in=("wasted", "returned")).order_by("taken_at", "id")
    named = rows.annotate(lot_no=F("lot__lot_no"), witness_name=F("witness__name"))
    return tuple(Left(**row) for row in named.values("what", "amount_ug", "volume_ul", "lot_no", "taken_at", "by", "witness_name", "reason"))
