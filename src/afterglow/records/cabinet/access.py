"""Who may see and move the drug.  Clinic first, through the lot's site."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.errors import NotFound
from afterglow.records.cabinet.models import Lot, Movement

READ, DRAW, WASTE = "cabinet.lot.read", "cabinet.movement.draw", "cabinet.movement.waste"
RECEIVE, COUNT, WITNESS = "cabinet.lot.receive", "cabinet.movement.count", "cabinet.movement.witness"
REPORT = "staff.credential.read"  # who may look into colleagues' papers may look at how each of them handles the drug: owner and prescriber
CHARTED_BY = "session.session.stop"  # whoever may end an infusion also says how much of it went in


def fetch_site(actor: Actor, site_id: UUID, *, need: str) -> SiteRow:
    """A site of the actor's own clinic.  Raises NotFound, Forbidden."""
    site = accounts.site(site_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return site


def fetch_lot(actor: Actor, lot_id: UUID, *, need: str = READ) -> Lot:
    """A lot of the actor's own clinic.  Raises NotFound, Forbidden."""
    row = Lot.objects.select_related("site").filter(id=lot_id, site__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("lot")
    require(actor, need)
    return row


def fetch_draw(actor: Actor, draw_id: UUID, *, need: str) -> Movement:
    """A draw from a lot of the actor's own clinic.  Raises NotFound, Forbidden."""
    row = Movement.objects.filter(id=draw_id, what="drawn", lot__site__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("draw")
    if need != DRAW or not actor.may(CHARTED_BY):
        require(actor, need)
    return row


def may_witness(user_id: UUID, clinic_id: UUID) -> bool:
    """Does this person's role at this clinic include witnessing?"""
    try:
        return accounts.actor_for(user_id, clinic_id).may(WITNESS)
    except NotFound:
        return False
