"""What becomes of a draw: given, wasted or returned, until nothing of it is open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.clock import check_taken
from afterglow.ground.writes.once import answer, once
from afterglow.records.cabinet import access, queries, rules
from afterglow.records.cabinet.actions.movement import refuse_open, witness_finding, write_movement
from afterglow.science.verdict import Verdict


@transaction.atomic
def give(*, draw_id: UUID, amount_ug: int, key: str, by: Actor, at: datetime, taken_at: datetime | None = None) -> UUID:
    """So much of the draw went into the person, as it was charted.  Raises Refusal `cabinet.not_given`; NotFound; Forbidden."""
    return _part("given", draw_id, amount_ug, None, "", key, by, at, taken_at)


@transaction.atomic
def waste(
    *, draw_id: UUID, amount_ug: int, witness: Signature | None, reason: str, key: str, by: Actor, at: datetime, taken_at: datetime | None = None
) -> UUID:
    """So much was destroyed while a second person watched.  Raises Refusal `cabinet.not_wasted`; NotFound; Forbidden."""
    return _part("wasted", draw_id, amount_ug, witness, reason, key, by, at, taken_at)


@transaction.atomic
def return_unused(
    *, draw_id: UUID, amount_ug: int, witness: Signature | None, reason: str, key: str, by: Actor, at: datetime, taken_at: datetime | None = None
) -> UUID:
    """The whole draw goes back to the shelf, never opened, while a second person watches.  Raises Refusal `cabinet.not_returned`; NotFound; Forbidden."""
    return _part("returned", draw_id, amount_ug, witness, reason, key, by, at, taken_at)


_NEEDS: dict[rules.Parting, str] = {"given": access.DRAW, "wasted": access.WASTE, "returned": access.WASTE}


def _part(
    what: rules.Parting,
    draw_id: UUID,
    amount_ug: int,
    witness: Signature | None,
    reason: str,
    key: str,
    by: Actor,
    at: datetime,
    taken_at: datetime | None,
) -> UUID:
    source = access.fetch_draw(by, draw_id, need=_NEEDS[what])
    if earlier := once(by, key, [what, draw_id, amount_ug, reason.strip()], at=at):
        return UUID(earlier["movement"])
    check_taken(taken_at or at, at)
    queries.lock_lot(source.lot_id)
    held = queries.draw_sum(draw_id)
    verdict = Verdict.of(rules.may_part(held, what, amount_ug))
    if what != "given":
        verdict = Verdict.of(*verdict, rules.has_reason(reason), witness_finding(witness, by=by, at=at))
    refuse_open(f"cabinet.not_{what}", f"Nothing was recorded as {what}.", verdict, field="amount")
    movement_id = write_movement(
        lot_id=source.lot_id,
        what=what,
        draw_id=draw_id,
        amount_ug=amount_ug,
        volume_ul=rules.volume_of_part(held, amount_ug),
        session_id=source.session_id,
        person_id=source.person_id,
        witness=witness,
        reason=reason,
        taken_at=taken_at,
        by=by,
        at=at,
    )
    answer(by, key, {"movement": str(movement_id)})
    return movement_id
