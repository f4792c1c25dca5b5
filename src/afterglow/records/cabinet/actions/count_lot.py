"""Two people count a lot; what they find is kept beside what the ledger says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit import trail
from afterglow.ground.writes.once import answer, once
from afterglow.records.cabinet import access, events, queries, rules
from afterglow.records.cabinet.actions.movement import refuse_open, witness_finding
from afterglow.records.cabinet.models import Count
from afterglow.science.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Counted:
    """What the ledger said when the lot was counted, and what was found."""

    id: UUID
    expected_ul: int
    found_ul: int


@transaction.atomic
def count_lot(*, lot_id: UUID, found_ul: int, witness: Signature | None, note: str = "", key: str, by: Actor, at: datetime) -> Counted:
    """A difference needs a note, and stays visible: the ledger is never bent to the count.  Raises Refusal `cabinet.not_counted`; NotFound; Forbidden."""
    access.fetch_lot(by, lot_id, need=access.COUNT)
    if earlier := once(by, key, [lot_id, found_ul, note.strip()], at=at):
        return Counted(UUID(earlier["count"]), earlier["expected_ul"], found_ul)
    queries.lock_lot(lot_id)
    expected_ul = queries.balance_ul(lot_id)
    verdict = Verdict.of(rules.count_is_explained(expected_ul, found_ul, note), witness_finding(witness, by=by, at=at))
    refuse_open("cabinet.not_counted", "The count was not recorded.", verdict, field="note")
    if by.user_id is None or witness is None:  # the verdict above has refused both
        raise AssertionError("a count without two people")
    row = Count.objects.create(
        id=ids.new_id(at),
        lot_id=lot_id,
        expected_ul=expected_ul,
        found_ul=found_ul,
        at=at,
        by=by.label,
        by_user_id=by.user_id,
        witness_id=witness.user_id,
        note=note.strip(),
    )
    trail.record(
        events.counted,
        by=by,
        at=at,
        objects={"count": row.id, "lot": lot_id},
        new={"expected_ul": expected_ul, "found_ul": found_ul, "witness": witness.name},
        reason=note.strip(),
    )
    answer(by, key, {"count": str(row.id), "expected_ul": expected_ul})
    return Counted(row.id, expected_ul, found_ul)
