"""Draw drug for one person's session: a second person watches (safety 15, hazards H3, H26, H27)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.cabinet import access, queries, rules
from afterglow.records.cabinet.actions.movement import refuse_open, witness_finding, write_movement
from afterglow.records.cabinet.models import Lot
from afterglow.records.chart import access as chart


@transaction.atomic
def draw(
    *, lot_id: UUID, session_id: UUID | str, person_id: UUID, amount_ug: int, volume_ul: int, witness: Signature, key: str, by: Actor, at: datetime
) -> UUID:
    """The draw's id.  `amount_ug` is `volume_ul` at the lot's strength, to the microlitre.  Locks the lot: of many at once, none overdraws.

    A vial that was opened for another session is not drawn from: the volume must lie in unopened vials, or in what is left of this
    session's own.

    The session, where there is one to lock, is locked by the caller before.
    Raises Refusal `cabinet.not_drawn` with every open item, `cabinet.no_session`, `cabinet.witness_too_old`; NotFound; Forbidden.
    """
    lot = access.fetch_lot(by, lot_id, need=access.DRAW)
    chart.fetch_person(by, person_id)
    asked = [lot_id, str(session_id), person_id, amount_ug, volume_ul]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["draw"])
    if not str(session_id).strip():
        raise Refusal("cabinet.no_session", "Drug is drawn for a session, and none is named.", "Draw it from the session's page.")
    queries.lock_lot(lot_id)
    held = Lot.objects.filter(id=lot_id).values_list("recalled_at", "expires_on", "strength_ug_per_ml").first()
    if held is None:
        raise NotFound("lot")
    facts = rules.DrawFacts(
        amount_ug=amount_ug,
        volume_ul=volume_ul,
        strength_ug_per_ml=held[2],
        shelf_ul=queries.balance_ul(lot_id),
        drawable_ul=queries.vials(lot_id).drawable_ul(str(session_id)),
        expires_on=held[1],
        recalled=held[0] is not None,
        on=at.astimezone(ZoneInfo(lot.site.zone)).date(),
        by=by.user_id,
        witness=witness.user_id,
        witness_may=witness_finding(witness, by=by, at=at).is_met,
    )
    refuse_open("cabinet.not_drawn", "Nothing was drawn.", rules.may_draw(facts))
    draw_id = write_movement(
        lot_id=lot_id,
        what="drawn",
        amount_ug=amount_ug,
        volume_ul=volume_ul,
        session_id=str(session_id),
        person_id=person_id,
        witness=witness,
        by=by,
        at=at,
    )
    answer(by, key, {"draw": str(draw_id)})
    return draw_id
