"""What was drawn and did not go in: wasted before a witness, or returned unopened.  No session is closed over drug that nobody accounts for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, hold, own_key, put
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.given import infusion
from afterglow.pathway.session.rules.states import ENDED
from afterglow.records.cabinet import queries as ledger
from afterglow.records.cabinet.actions import part as cabinet
from afterglow.science.dosing.amounts import milligrams_text

How = Literal["wasted", "returned"]


@transaction.atomic
def account_for_rest(*, session_id: UUID, how: How, amount_ug: int, witness: Signature, reason: str, key: str, by: Actor, at: datetime) -> Charted:
    """`amount_ug` of what is left over is wasted or returned, seen by `witness` (a second person who signed at the same screen).

    The volume on the pump is charted first: before that nobody knows what is left.  After the end it is written as a late addendum.
    Raises Refusal `session.volume_first`, `session.nothing_left`, `session.amount`, and those of the cabinet; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    require(by, "cabinet.movement.waste")
    if done := earlier(by, key, ["rest", session_id, how, amount_ug, str(witness.user_id), reason], at=at):
        return done
    _may_account(session, amount_ug)
    left = amount_ug
    for draw in ledger.draws_of(session.id).draws:
        share = min(left, draw.open_ug)
        if share > 0:
            move = cabinet.waste if how == "wasted" else cabinet.return_unused
            move(draw_id=draw.id, amount_ug=share, witness=witness, reason=reason, key=own_key(key, how, draw.id), by=by, at=at)
            left -= share
    if left > 0:
        raise Refusal("session.amount", f"{milligrams_text(left)} more than is left over.", "Check the amount.", field="amount")
    kind = "addendum" if session.state in ENDED else how
    payload = {
        "how": how,
        "amount_ug": amount_ug,
        "witness": witness.name,
        "reason": reason.strip()[:200],
        "text": f"{milligrams_text(amount_ug)} {how}, seen by {witness.name}.",
    }
    return put(session, kind, payload, event=events.rest_accounted_for, key=key, taken_at=at, at=at, by=by, reason=reason.strip()[:200])


def _may_account(session: Session, amount_ug: int) -> None:
    held = infusion(session.id)
    if held is not None and held.final_volume_ul is None:
        raise Refusal(
            "session.volume_first", "What the pump shows is not charted, so nobody knows what is left.", "Chart the pump's final volume first."
        )
    if amount_ug <= 0:
        raise Refusal("session.amount", "An amount above zero is wasted or returned.", "Enter the amount in mg.", field="amount")
    if ledger.draws_of(session.id).open_ug == 0:
        raise Refusal("session.nothing_left", "Everything that was drawn is accounted for.", "Look at the ledger.")
