"""Is this weight good enough to dose on, and is it still the weight of the order?  (safety 16, hazard H2)

Whether two weights look like pounds and kilograms mixed up is asked where a weight is entered, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from afterglow.science.dosing.amounts import kilograms_text
from afterglow.science.dosing.dose import TWO_SIGNERS
from afterglow.science.dosing.limits import WeightRules
from afterglow.science.verdict import Finding, Verdict

Basis = Literal["actual weight", "adjusted weight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedOn:
    """A weight in whole grams with its day in the site's zone.  `confirmed`: the person or staff said today that it still holds."""

    weight_g: int
    measured_on: date
    at_site: bool
    confirmed: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingWeight:
    """The weight a dose is worked out from, and what it is: actual, or adjusted (lower) with the basis written on the order."""

    weight_g: int
    basis: Basis | None


def weight_to_dose_on(weight: WeighedOn | None, dosing: DosingWeight | None, height_mm: int | None, today: date, rules: WeightRules) -> Verdict:
    """Everything safety 16 asks of a weight before an order is signed."""
    return Verdict.of(weight_is_current(weight, today, rules), weight_is_ordinary(weight, height_mm, rules), basis_is_written(weight, dosing))


def weight_is_current(weight: WeighedOn | None, today: date, rules: WeightRules) -> Finding:
    """Measured at this site today, or at most `confirmed_within_days` ago and confirmed."""
    item = "weight.current"
    if weight is None or weight.weight_g <= 0:
        return Finding.unknown(item, "There is no weight. Weigh the person here, today.", source=rules.source, mark=rules.mark)
    days = (today - weight.measured_on).days
    if days < 0:
        return Finding.unmet(
            item, "The weight is dated in the future. Enter it again with the day it was measured.", source=rules.source, mark=rules.mark
        )
    if days == 0 and weight.at_site:
        return Finding.met(item, f"{kilograms_text(weight.weight_g)}, measured here today.", source=rules.source, mark=rules.mark)
    if days > rules.confirmed_within_days:
        sentence = f"The weight is {days} days old; at most {rules.confirmed_within_days} are allowed. Weigh the person here, today."
        return _say_why(item, sentence, rules)
    if weight.confirmed is None:
        return Finding.unknown(
            item, "Nobody has asked whether the weight still holds. Ask, or weigh the person here.", source=rules.source, mark=rules.mark
        )
    if not weight.confirmed:
        return _say_why(item, "The weight was not confirmed. Weigh the person here, today.", rules)
    return Finding.met(item, f"{kilograms_text(weight.weight_g)}, {days} days old, confirmed.", source=rules.source, mark=rules.mark)


def weight_is_ordinary(weight: WeighedOn | None, height_mm: int | None, rules: WeightRules) -> Finding:
    """Inside the ordinary range of kg and of body mass index (kg/m2).  No height: the index is unknown, which is not met."""
    item = "weight.ordinary"
    if weight is None or weight.weight_g <= 0:
        return Finding.unknown(item, "There is no weight, so nothing can be said about its range.", source=rules.source, mark=rules.mark)
    (low_kg, high_kg), (low_bmi, high_bmi) = rules.say_why_kg, rules.say_why_bmi
    if not low_kg * 1000 <= weight.weight_g <= high_kg * 1000:
        return _say_why(
            item, f"{kilograms_text(weight.weight_g)} is outside {low_kg} to {high_kg} kg: say why, and on which weight the dose rests.", rules
        )
    if height_mm is None or height_mm <= 0:
        sentence = "There is no height, so the body mass index is not known. Measure it, or say why not."
        return Finding.unknown(item, sentence, source=rules.source, mark=rules.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
    # index = kg / m2 = weight_g * 1000 / height_mm2; compared without dividing
    scaled, square = weight.weight_g * 1000, height_mm * height_mm
    if not low_bmi * square <= scaled <= high_bmi * square:
        index = f"{scaled / square:.2f}"
        sentence = f"A body mass index of {index} is outside {low_bmi} to {high_bmi}: say why, and on which weight the dose rests."
        return _say_why(item, sentence, rules)
    return Finding.met(item, f"{kilograms_text(weight.weight_g)}, body mass index {scaled / square:.1f}.", source=rules.source, mark=rules.mark)


def basis_is_written(weight: WeighedOn | None, dosing: DosingWeight | None) -> Finding:
    """The order says which weight it rests on; a dosing weight is never above the actual one."""
    item = "weight.basis"
    if weight is None or dosing is None or dosing.basis is None or dosing.weight_g <= 0:
        return Finding.unknown(item, "The order does not say which weight the dose rests on: actual or adjusted.")
    if dosing.weight_g > weight.weight_g:
        sentence = f"The dose rests on {kilograms_text(dosing.weight_g)}, more than the person weighs. Use the actual weight or less."
        return Finding.unmet(item, sentence, lifted_by="nobody")
    if dosing.basis == "actual weight" and dosing.weight_g != weight.weight_g:
        return Finding.unmet(item, f"The dose says actual weight, but rests on {kilograms_text(dosing.weight_g)}. Work it out again.")
    return Finding.met(item, f"The dose rests on {dosing.basis}, {kilograms_text(dosing.weight_g)}.")


def weight_unchanged(ordered_g: int | None, now_g: int | None, rules: WeightRules) -> Finding:
    """The weight of the order still holds: a change above `void_over_percent` voids the order, and nobody lifts that."""
    item = "weight.unchanged"
    if ordered_g is None or now_g is None or ordered_g <= 0 or now_g <= 0:
        return Finding.unknown(
            item, "The weight of the order or of today is missing, so the order cannot be checked.", source=rules.source, mark=rules.mark
        )
    if abs(now_g - ordered_g) * 100 > rules.void_over_percent * ordered_g:
        sentence = (
            f"The order was made for {kilograms_text(ordered_g)}; today it is {kilograms_text(now_g)}, "
            f"a change of more than {rules.void_over_percent}%. The order is void: ask for a new one."
        )
        return Finding.unmet(item, sentence, source=rules.source, mark=rules.mark, lifted_by="nobody")
    return Finding.met(item, f"{kilograms_text(ordered_g)} on the order, {kilograms_text(now_g)} now.", source=rules.source, mark=rules.mark)


def _say_why(item: str, sentence: str, rules: WeightRules) -> Finding:
    return Finding.unmet(item, sentence, source=rules.source, mark=rules.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
