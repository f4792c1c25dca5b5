"""Take drug off the shelf without a draw: expired, recalled, broken, lost at a count, or the rest of an opened vial."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.writes.once import answer, once
from afterglow.records.cabinet import access, queries, rules
from afterglow.records.cabinet.actions.movement import refuse_open, witness_finding, write_movement
from afterglow.science.verdict import Finding, Verdict


@transaction.atomic
def discard(*, lot_id: UUID, volume_ul: int, witness: Signature | None, reason: str, key: str, by: Actor, at: datetime, session_id: str = "") -> UUID:
    """So many microlitres leave the shelf while a second person watches.  `session_id`: out of the vial that was opened for this session.

    Raises Refusal `cabinet.not_discarded`; NotFound; Forbidden.
    """
    lot = access.fetch_lot(by, lot_id, need=access.WASTE)
    if earlier := once(by, key, [lot_id, volume_ul, reason.strip(), *([session_id] if session_id else [])], at=at):
        return UUID(earlier["movement"])
    queries.lock_lot(lot_id)
    amount_ug = volume_ul * lot.strength_ug_per_ml // 1000
    stated = Finding.met("amount") if amount_ug > 0 else Finding.unknown("amount", "How much is not stated, or is not above zero.")
    verdict = Verdict.of(
        stated,
        rules.enough_on_shelf(queries.balance_ul(lot_id), volume_ul),
        rules.may_discard_rest(queries.vials(lot_id), session_id, volume_ul),
        rules.has_reason(reason),
        witness_finding(witness, by=by, at=at),
    )
    refuse_open("cabinet.not_discarded", "Nothing was discarded.", verdict, field="volume")
    movement_id = write_movement(
        lot_id=lot_id,
        what="discarded",
        amount_ug=amount_ug,
        volume_ul=volume_ul,
        session_id=session_id,
        person_id=queries.opened_for(lot_id, session_id),
        witness=witness,
        reason=reason,
        by=by,
        at=at,
    )
    answer(by, key, {"movement": str(movement_id)})
    return movement_id
