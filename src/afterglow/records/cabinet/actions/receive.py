"""Take vials into the cabinet.  The strength comes from the product and nowhere else (safety 15, hazard H3)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.cabinet import access, queries
from afterglow.records.cabinet.actions.movement import write_movement
from afterglow.records.cabinet.models import Lot
from afterglow.records.cabinet.queries import ProductRow

MOST_VIALS = 1000  # more in one delivery is a slip of the pen (judgement)


@transaction.atomic
def receive(
    *, site_id: UUID, product: str, lot_no: str, expires_on: date, vials: int, key: str, by: Actor, at: datetime, vial_ul: int | None = None
) -> UUID:
    """The lot's id; more vials of a known lot are added to it.  `vial_ul`: volume of one vial; None is the product's usual one.

    Raises Refusal `cabinet.unknown_product`, `cabinet.vial_volume`, `cabinet.no_lot_number`, `cabinet.expired`, `cabinet.vials`,
    `cabinet.lot_differs`; NotFound; Forbidden.
    """
    site = access.fetch_site(by, site_id, need=access.RECEIVE)
    if earlier := once(by, key, [site_id, product, lot_no, expires_on, vials, vial_ul], at=at):
        return UUID(earlier["lot"])
    listed = queries.products().get(product)
    if listed is None:
        raise Refusal(
            "cabinet.unknown_product",
            "This product is not on the list, so its strength is not known.",
            "Choose the vial from the list.",
            field="product",
        )
    vial_ul = vial_ul or listed.vials_ul[0]
    lot_no = lot_no.strip().upper()
    _check_vials(listed, lot_no, expires_on, vials, vial_ul, at.astimezone(ZoneInfo(site.zone)).date())
    accounts.lock_site(site_id)
    row = Lot.objects.select_for_update().filter(site_id=site_id, product=product, lot_no=lot_no).first()
    if row is None:
        row = Lot.objects.create(
            id=ids.new_id(at),
            site_id=site_id,
            product=product,
            drug=listed.product.drug.id,
            lot_no=lot_no,
            strength_ug_per_ml=listed.product.strength_ug_per_ml,
            vial_ul=vial_ul,
            expires_on=expires_on,
            received_at=at,
        )
    elif (row.expires_on, row.vial_ul) != (expires_on, vial_ul) or row.recalled_at is not None:
        raise Refusal(
            "cabinet.lot_differs",
            f"Lot {lot_no} is in the ledger already, with another expiry date or vial, or it is recalled.",
            "Compare the vial with the ledger page of this lot.",
            field="lot_no",
        )
    volume_ul = vials * vial_ul
    write_movement(
        lot_id=row.id, what="received", amount_ug=volume_ul * row.strength_ug_per_ml // 1000, volume_ul=volume_ul, by=by, at=at,
        reason=f"{vials} vials",
    )  # fmt: skip
    answer(by, key, {"lot": str(row.id)})
    return row.id


def _check_vials(listed: ProductRow, lot_no: str, expires_on: date, vials: int, vial_ul: int, today: date) -> None:
    if vial_ul not in listed.vials_ul:
        sizes = " or ".join(f"{size / 1000:g}" for size in listed.vials_ul)
        raise Refusal(
            "cabinet.vial_volume",
            f"{listed.product.name} comes in vials of {sizes} mL.",
            "Choose the volume that is printed on the vial.",
            field="vial_ul",
        )
    if not lot_no:
        raise Refusal("cabinet.no_lot_number", "A lot without its number cannot be recalled.", "Enter the lot number from the vial.", field="lot_no")
    if expires_on < today:
        raise Refusal("cabinet.expired", f"These vials expired on {expires_on:%d %b %Y}.", "Send them back, or check the date.", field="expires_on")
    if not 1 <= vials <= MOST_VIALS:
        raise Refusal("cabinet.vials", f"{vials} vials cannot be received at once.", f"Enter 1 to {MOST_VIALS}.", field="vials")
