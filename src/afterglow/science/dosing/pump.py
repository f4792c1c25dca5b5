"""From a dose to a syringe and a pump rate, and whether the pump will really give the dose (safety 15; hazards H3, H7).

Strength always comes from the received lot; a tenfold slip between 10 and 100 mg/mL is the classic fatal one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from afterglow.science.dosing.amounts import ImpossibleAmount, milligrams_text, millilitres_text, plain, positive
from afterglow.science.dosing.limits import Product
from afterglow.science.verdict import Finding

TOLERANCE_PERCENT = 5  # safety 15: a difference above 5% blocks the start
SOURCE = "5% reconciliation of pump against order (local judgement)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What the syringe or bag on the pump holds: `drug_ug` evenly in `total_ul`.  Both above zero."""

    drug_ug: int
    total_ul: int

    def __post_init__(self) -> None:
        positive("the drug in the syringe", self.drug_ug)
        positive("the volume in the syringe", self.total_ul)

    @property
    def ug_per_ul(self) -> Fraction:
        """Concentration, exact.  Numerically also mg per mL."""
        return Fraction(self.drug_ug, self.total_ul)


def volume_to_draw_ul(*, dose_ug: int, strength_ug_per_ml: int) -> int:
    """Whole microlitres that hold the dose, rounded down: the syringe never holds more than was ordered.

    Raises ImpossibleAmount when an input is not above zero, or when the dose is less than one microlitre.
    """
    volume_ul = positive("the dose", dose_ug) * 1000 // positive("the strength", strength_ug_per_ml)
    if volume_ul == 0:
        raise ImpossibleAmount(f"{milligrams_text(dose_ug)} is less than one microlitre of this strength.")
    return volume_ul


def drawn_ug(*, volume_ul: int, strength_ug_per_ml: int) -> int:
    """Whole micrograms of drug in a drawn volume, rounded down.  Raises ImpossibleAmount for what is not above zero."""
    return positive("the volume", volume_ul) * positive("the strength", strength_ug_per_ml) // 1000


def undiluted(*, volume_ul: int, strength_ug_per_ml: int) -> Mixture:
    """The drawn drug goes on the pump as it is."""
    return Mixture(drug_ug=drawn_ug(volume_ul=volume_ul, strength_ug_per_ml=strength_ug_per_ml), total_ul=volume_ul)


def diluted(*, volume_ul: int, strength_ug_per_ml: int, total_ul: int) -> Mixture:
    """The drawn drug is made up to `total_ul`.  Raises ImpossibleAmount when the total is smaller than the drawn volume."""
    if total_ul < volume_ul:
        raise ImpossibleAmount(f"{millilitres_text(volume_ul)} of drug cannot be made up to {millilitres_text(total_ul)}.")
    return Mixture(drug_ug=drawn_ug(volume_ul=volume_ul, strength_ug_per_ml=strength_ug_per_ml), total_ul=total_ul)


def pump_rate_ul_per_h(*, mixture: Mixture, dose_ug: int, over_min: int, step_ul_per_h: int) -> int:
    """The rate to set, in whole microlitres per hour, to the nearest step that the pump can be set to; a half goes down.

    5250 is 5.25 mL/h.  Raises ImpossibleAmount when an input is not above zero, or when the rate is below the pump's first step.
    """
    volume_ul = positive("the dose", dose_ug) / mixture.ug_per_ul
    steps = volume_ul * 60 / positive("the minutes", over_min) / positive("the pump's step", step_ul_per_h)
    nearest = -((Fraction(1, 2) - steps) // 1)  # ceil(steps - 1/2): a half goes down
    if nearest <= 0:
        raise ImpossibleAmount("The rate is below what the pump can be set to. Dilute the drug.")
    return int(nearest) * step_ul_per_h


def lot_is_as_ordered(product: Product | None, *, strength_ug_per_ml: int | None, ordered_drug_id: str) -> Finding:
    """The lot holds the ordered drug at the strength of its product.  Nobody lifts it: anything else is a slip or another drug."""
    item = "draw.lot"
    if product is None or strength_ug_per_ml is None:
        return Finding.unknown(
            item, "Product or strength is not known. Take both from the received lot.", source=SOURCE, mark="J", lifted_by="nobody"
        )
    if product.drug.id != ordered_drug_id:
        return Finding.unmet(
            item, f"The lot is {product.drug.name}; another drug is ordered. Take the right vial.", source=SOURCE, mark="J", lifted_by="nobody"
        )
    if strength_ug_per_ml != product.strength_ug_per_ml:
        listed, found = plain_strength(product.strength_ug_per_ml), plain_strength(strength_ug_per_ml)
        sentence = f"The lot says {found} mg/mL; {product.name} is {listed} mg/mL. Check the vial."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="nobody")
    return Finding.met(item, f"{product.name}.", source=SOURCE, mark="J")


def draw_agrees(*, volume_ul: int | None, strength_ug_per_ml: int | None, dose_ug: int | None) -> Finding:
    """The drawn volume at the lot's strength holds the ordered dose, within 5% either way."""
    item = "draw.volume"
    if not (volume_ul and strength_ug_per_ml and dose_ug) or min(volume_ul, strength_ug_per_ml, dose_ug) < 0:
        return Finding.unknown(item, "Volume, strength or dose is missing, so the draw cannot be checked.", source=SOURCE, mark="J")
    held_ug = Fraction(volume_ul * strength_ug_per_ml, 1000)
    said = f"{millilitres_text(volume_ul)} of {plain_strength(strength_ug_per_ml)} mg/mL holds {_mg(held_ug)}"
    if differs(held_ug, dose_ug):
        return Finding.unmet(item, f"{said}; {milligrams_text(dose_ug)} is ordered. Draw again.", source=SOURCE, mark="J")
    return Finding.met(item, f"{said}.", source=SOURCE, mark="J")


def pump_agrees(*, rate_ul_per_h: int | None, over_min: int | None, mixture: Mixture | None, dose_ug: int | None) -> Finding:
    """Rate x time x concentration is the ordered dose, within 5%.  Not lifted by signatures: the pump is set again."""
    item = "pump.agrees"
    if mixture is None or not (rate_ul_per_h and over_min and dose_ug) or min(rate_ul_per_h, over_min, dose_ug) < 0:
        return Finding.unknown(item, "Rate, time, mixture or dose is missing, so the pump cannot be checked.", source=SOURCE, mark="J")
    gives_ug = Fraction(rate_ul_per_h * over_min, 60) * mixture.ug_per_ul
    said = f"{plain_strength(rate_ul_per_h)} mL/h for {over_min} min gives {_mg(gives_ug)}; {milligrams_text(dose_ug)} is ordered"
    if differs(gives_ug, dose_ug):
        return Finding.unmet(
            item, f"{said}, more than {TOLERANCE_PERCENT}% apart. Set the pump again, or check the strength.", source=SOURCE, mark="J"
        )
    return Finding.met(item, f"{said}.", source=SOURCE, mark="J")


def differs(amount: Fraction | int, reference: Fraction | int) -> bool:
    """More than TOLERANCE_PERCENT of the reference apart; exactly 5% still agrees."""
    apart = Fraction(amount) - Fraction(reference)
    return abs(apart) * 100 > TOLERANCE_PERCENT * reference


def plain_strength(thousandths: int) -> str:
    """ug/mL as mg/mL, or ul/h as mL/h: 10000 -> "10"."""
    return milligrams_text(thousandths).removesuffix(" mg")


def _mg(amount_ug: Fraction) -> str:
    """A computed amount to a hundredth of a milligram, for reading only."""
    return f"{plain(round(Decimal(amount_ug.numerator) / Decimal(amount_ug.denominator) / 1000, 2))} mg"
