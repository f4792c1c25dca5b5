"""What a draw from a chosen lot would be: mL to draw, what the syringe then holds, and the pump rate.  Nothing is typed but the dilution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.ground.content.queries import library_file
from afterglow.pathway.plan.queries.plans import OrderRow
from afterglow.pathway.session.queries.check_in import DRAW
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.queries import LotRow
from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms
from afterglow.science.dosing.limits import products_from
from afterglow.science.dosing.pump import Mixture, diluted, drawn_ug, lot_is_as_ordered, pump_agrees, pump_rate_ul_per_h, undiluted, volume_to_draw_ul
from afterglow.science.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """One lot for one order: whole microlitres, micrograms and microlitres an hour."""

    order: OrderRow
    lot: LotRow
    volume_ul: int
    drug_ug: int
    mixture: Mixture
    rate_ul_per_h: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The draw that is in the syringe now, as it was read back."""

    draw_id: UUID
    drawn_at: datetime
    lot_id: UUID
    lot_no: str
    product_name: str
    order_id: UUID
    volume_ul: int
    drug_ug: int
    total_ul: int
    rate_ul_per_h: int
    drawn_by: str
    read_by: str


def preparation(held: Visit, lot: LotRow, *, made_up_to_ul: int | None) -> Preparation | None:
    """None without an order.  Raises ImpossibleAmount for a dilution below the drawn volume or a rate that the pump cannot be set to."""
    order = held.order
    if order is None:
        return None
    volume_ul = volume_to_draw_ul(dose_ug=order.dose_ug, strength_ug_per_ml=lot.strength_ug_per_ml)
    mixture = (
        undiluted(volume_ul=volume_ul, strength_ug_per_ml=lot.strength_ug_per_ml)
        if made_up_to_ul is None
        else diluted(volume_ul=volume_ul, strength_ug_per_ml=lot.strength_ug_per_ml, total_ul=made_up_to_ul)
    )
    rate = pump_rate_ul_per_h(mixture=mixture, dose_ug=order.dose_ug, over_min=order.over_min, step_ul_per_h=pump_step_ul_per_h(held))
    products = products_from(library_file("codes", "ketamine_products").content)
    return Preparation(
        order=order,
        lot=lot,
        volume_ul=volume_ul,
        drug_ug=drawn_ug(volume_ul=volume_ul, strength_ug_per_ml=lot.strength_ug_per_ml),
        mixture=mixture,
        rate_ul_per_h=rate,
        verdict=Verdict.of(
            lot.usable(held.today),
            lot_is_as_ordered(products.get(lot.product), strength_ug_per_ml=lot.strength_ug_per_ml, ordered_drug_id=order.drug),
            pump_agrees(rate_ul_per_h=rate, over_min=order.over_min, mixture=mixture, dose_ug=order.dose_ug),
        ),
    )


def preparations(held: Visit) -> list[Preparation]:
    """Every usable lot of the ordered drug with enough for this session, undiluted, the one that expires first first.

    Enough: in unopened vials, or in a vial opened for this session (hazard H27).
    """
    if held.order is None:
        return []
    found = []
    lots = cabinet.lots_usable(held.site.id, held.order.drug, held.today)
    vials = cabinet.vials_of(lot.id for lot in lots)
    for lot in lots:
        try:
            prepared = preparation(held, lot, made_up_to_ul=None)
        except ImpossibleAmount:
            continue  # such a lot cannot give this dose undiluted; the page says why no lot is offered
        if prepared is not None and vials[lot.id].drawable_ul(str(held.session.id)) >= prepared.volume_ul:
            found.append(prepared)
    return found


def pump_step_ul_per_h(held: Visit) -> int:
    """The step of the pump, from the protocol: 0.01 mL/h is 10 ul/h."""
    return micrograms(held.plan.effective["pump"]["step_ml_per_h"])  # thousandths of mL are microlitres, exactly


def open_draw(held: Visit) -> Drawn | None:
    """The draw recorded at this visit, while all of it is still in the syringe."""
    row = held.given.get(DRAW)
    if row is None or row.value is None:
        return None
    draw_id = UUID(row.value["draw"])
    whole = [draw for draw in cabinet.draws_of(held.session.id).draws if draw.id == draw_id and draw.open_ug == draw.drawn_ug]
    if not whole:
        return None
    return Drawn(
        draw_id=draw_id,
        drawn_at=row.taken_at,
        lot_id=UUID(row.value["lot"]),
        lot_no=whole[0].lot_no,
        product_name=whole[0].product_name,
        order_id=UUID(row.value["order"]),
        volume_ul=row.value["volume_ul"],
        drug_ug=row.value["drug_ug"],
        total_ul=row.value["total_ul"],
        rate_ul_per_h=row.value["rate_ul_per_h"],
        drawn_by=row.recorded_by,
        read_by=row.value["read_by"],
    )
