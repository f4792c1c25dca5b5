"""The one gateway to the ledger: every movement is written here, under the lot's lock, with the next number."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.cabinet import access, events, rules
from afterglow.records.cabinet.models import Movement
from afterglow.science.verdict import Finding, Verdict

EVENTS: dict[rules.What, str] = {
    "received": events.received,
    "drawn": events.drawn,
    "given": events.given,
    "wasted": events.wasted,
    "returned": events.returned,
    "discarded": events.discarded,
}
SIGNED_WITHIN = timedelta(minutes=2)


def write_movement(
    *,
    lot_id: UUID,
    what: rules.What,
    amount_ug: int,
    volume_ul: int,
    by: Actor,
    at: datetime,
    taken_at: datetime | None = None,
    draw_id: UUID | None = None,
    session_id: str = "",
    person_id: UUID | None = None,
    witness: Signature | None = None,
    reason: str = "",
) -> UUID:
    """Called inside an action that holds the lot's lock and has decided; writes the row and its audit line."""
    last = Movement.objects.filter(lot_id=lot_id).aggregate(last=Max("seq"))["last"] or 0
    row = Movement.objects.create(
        id=ids.new_id(at),
        lot_id=lot_id,
        seq=last + 1,
        what=what,
        draw_id=draw_id,
        amount_ug=amount_ug,
        volume_ul=volume_ul,
        session_id=session_id,
        person_id=person_id,
        taken_at=taken_at or at,
        recorded_at=at,
        by=by.label,
        by_user_id=by.user_id,
        witness_id=witness.user_id if witness else None,
        reason=reason.strip(),
    )
    trail.record(
        EVENTS[what],
        by=by,
        at=at,
        person_id=person_id,
        objects={"movement": row.id, "lot": lot_id} | ({"draw": draw_id} if draw_id else {}) | ({"session": session_id} if session_id else {}),
        new={"amount_ug": amount_ug, "volume_ul": volume_ul, "witness": witness.name if witness else None},
        reason=reason.strip(),
    )
    return row.id


def witness_finding(witness: Signature | None, *, by: Actor, at: datetime) -> Finding:
    """Is this a second person of this clinic, who may witness and signed just now?  Raises Refusal `cabinet.witness_too_old`."""
    if witness is not None and not timedelta(0) <= at - witness.at <= SIGNED_WITHIN:
        raise Refusal(
            "cabinet.witness_too_old",
            "The witness signed at another moment than this one.",
            "Ask the witness to sign again.",
            field="second_password",
        )
    return rules.witnessed(
        by=by.user_id,
        witness=witness.user_id if witness else None,
        witness_may=witness is not None and access.may_witness(witness.user_id, by.clinic_id),
    )


def refuse_open(code: str, what: str, verdict: Verdict, *, field: str | None = None) -> None:
    """Raises Refusal `code` with every open item, when there is one."""
    if not verdict.met:
        raise Refusal(code, f"{what} {verdict.sentence}", "Check the vial, the amount and who stands beside you.", field=field, findings=verdict.open)
