"""From a weight to a dose, and whether the dose lies inside the two bands (safety 14, hazards H2-H4)."""

from __future__ import annotations

from dataclasses import dataclass

from afterglow.science.dosing.amounts import ImpossibleAmount, kilograms_text, milligrams_text, per_kilogram_text, positive
from afterglow.science.dosing.limits import DoseLimits, Drug
from afterglow.science.verdict import Finding, Verdict

TWO_SIGNERS = "the prescriber, with a reason, and a second licensed member of this site's staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDose:
    """One infusion as it would be ordered.  None: not stated yet, which is never met.

    `weight_g` is the actual weight, whatever weight the dose was worked out from.
    """

    drug: Drug | None
    dose_ug: int | None
    weight_g: int | None
    over_min: int | None


def dose_from_weight(*, ug_per_kg: int, weight_g: int, step_ug: int) -> int:
    """The dose in whole micrograms: dose per weight times weight, rounded down to a whole `step_ug`.

    Down, never to the nearest: the dose given is never above the dose per weight that was signed.  A step of 0.5 mg is a
    whole number of microlitres at every enumerated strength (50, 10 or 5 uL at 10, 50 or 100 mg/mL).

    Raises ImpossibleAmount when an input is not above zero, or when less than one step is left.
    """
    exact_thousandths = positive("the dose per kg", ug_per_kg) * positive("the weight", weight_g)
    steps = exact_thousandths // (1000 * positive("the rounding step", step_ug))
    if steps == 0:
        raise ImpossibleAmount(f"{kilograms_text(weight_g)} at this dose per kg is less than one step of {milligrams_text(step_ug)}.")
    return steps * step_ug


def guardrails(dose: PlannedDose, limits: DoseLimits) -> Verdict:
    """Is this dose allowed?  One finding each for drug, dose per weight, total and minutes; all at once.

    A hard stop is lifted by nobody, "say why" by a reason and two signatures; a missing number is unknown, and blocks.
    """
    if dose.drug is None:
        return Verdict.of(
            Finding.unknown("dose.drug", "The drug is not one of the listed ones, so no bound fits. Choose it from the list.", lifted_by="nobody")
        )
    bounds = limits.for_chirality(dose.drug.chirality)
    return Verdict.of(
        Finding.met("dose.drug", dose.drug.name),
        dose_per_weight(dose, bounds),
        dose_in_total(dose, bounds),
        dose_minutes(dose, bounds),
    )


def dose_per_weight(dose: PlannedDose, bounds: DoseLimits) -> Finding:
    """Compared exactly, by cross-multiplication.  The lower bound is rounded down to a step, just as the dose is."""
    item = "dose.per_weight"
    if dose.dose_ug is None or dose.weight_g is None or dose.dose_ug <= 0 or dose.weight_g <= 0:
        return Finding.unknown(item, "The dose per weight is not known: a dose and a weight, both above zero, are needed.", source=bounds.source)
    asked = dose.dose_ug * 1000
    low, high = bounds.say_why_ug_per_kg
    above = per_kilogram_text(dose.dose_ug, dose.weight_g, away="up")
    if asked > bounds.hard_ug_per_kg * dose.weight_g:
        sentence = f"{above} is above {milligrams_text(bounds.hard_ug_per_kg)}/kg, a hard stop. Order a smaller dose."
        return _hard_stop(item, sentence, bounds)
    if asked > high * dose.weight_g:
        return _say_why(item, f"Say why the dose is above {milligrams_text(high)}/kg: this is {above}.", bounds)
    lowest_ug = low * dose.weight_g // (1000 * bounds.step_ug) * bounds.step_ug
    if dose.dose_ug < lowest_ug:
        below = per_kilogram_text(dose.dose_ug, dose.weight_g, away="down")
        return _say_why(item, f"Say why the dose is below {milligrams_text(low)}/kg: this is {below}.", bounds)
    return Finding.met(item, f"{milligrams_text(dose.dose_ug)} at {kilograms_text(dose.weight_g)}.", source=bounds.source, mark=bounds.mark)


def dose_in_total(dose: PlannedDose, bounds: DoseLimits) -> Finding:
    item = "dose.total"
    if dose.dose_ug is None or dose.dose_ug <= 0:
        return Finding.unknown(item, "The dose is not stated, or is not above zero.", source=bounds.source)
    asked = milligrams_text(dose.dose_ug)
    if dose.dose_ug > bounds.hard_total_ug:
        return _hard_stop(item, f"{asked} is above {milligrams_text(bounds.hard_total_ug)} in total, a hard stop. Order a smaller dose.", bounds)
    if dose.dose_ug > bounds.say_why_total_ug:
        return _say_why(item, f"Say why the total is above {milligrams_text(bounds.say_why_total_ug)}: this is {asked}.", bounds)
    return Finding.met(item, f"{asked} in total.", source=bounds.source, mark=bounds.mark)


def dose_minutes(dose: PlannedDose, bounds: DoseLimits) -> Finding:
    item = "dose.minutes"
    if dose.over_min is None or dose.over_min <= 0:
        return Finding.unknown(item, "How long the infusion takes is not stated.", source=bounds.source)
    if dose.over_min < bounds.hard_under_min:
        sentence = f"{dose.over_min} min is shorter than {bounds.hard_under_min} min, a hard stop. Order a longer infusion."
        return _hard_stop(item, sentence, bounds)
    return Finding.met(item, f"Over {dose.over_min} min.", source=bounds.source, mark=bounds.mark)


def _hard_stop(item: str, sentence: str, bounds: DoseLimits) -> Finding:
    return Finding.unmet(item, sentence, source=bounds.source, mark=bounds.mark, lifted_by="nobody")


def _say_why(item: str, sentence: str, bounds: DoseLimits) -> Finding:
    return Finding.unmet(item, sentence, source=bounds.source, mark=bounds.mark, lifted_by="two_signatures", who=TWO_SIGNERS)
