"""Witnesses and lots for the tests of the cabinet and of what draws from it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.records.cabinet.actions.draw import draw
from afterglow.records.cabinet.actions.receive import receive
from tests.support.cast import Cast

TEN = "ketamine_racemic_10"


def signature(actor: Actor, at: datetime) -> Signature:
    """As if this person had just typed their password."""
    assert actor.user_id is not None
    return Signature(actor.user_id, actor.name, at)


def a_lot(cast: Cast, at: datetime, **other: Any) -> UUID:
    """Two 20 mL vials of 10 mg/mL, received by Ben."""
    told: dict[str, Any] = {"product": TEN, "lot_no": "K1", "expires_on": date(2027, 6, 30), "vials": 2, "key": "receive K1", "by": cast.ben} | other
    return receive(site_id=cast.site_id, at=at, **told)


def a_draw(cast: Cast, at: datetime, lot_id: UUID, **other: Any) -> UUID:
    """35 mg for Dan, drawn by Ben while Ana watches."""
    told: dict[str, Any] = {
        "session_id": "s-1",
        "person_id": cast.dan_id,
        "amount_ug": 35_000,
        "volume_ul": 3_500,
        "witness": signature(cast.ana, at),
        "key": "draw 1",
        "by": cast.ben,
    } | other
    return draw(lot_id=lot_id, at=at, **told)
