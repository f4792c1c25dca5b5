"""The numbers of a protocol file that bound a dose, as frozen values; and the ketamine drugs and vials they are meant for.

Two bands in one place (safety 14): outside `say_why` a dose asks for a reason and a second signature; past `hard` nobody lifts it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms, positive

Chirality = Literal["racemic", "s"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """One enumerated drug.  `chirality` "racemic" or "s"; S-ketamine is about twice as potent (safety 14, hazard H4)."""

    id: str
    name: str
    chirality: Chirality


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One enumerated vial: a drug at one strength, so that a strength is chosen with the vial and never typed (hazard H3)."""

    id: str
    name: str
    drug: Drug
    strength_ug_per_ml: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimits:
    """Bounds of one infusion, in ug/kg of actual weight, ug in total and minutes.  `step_ug`: doses are whole steps of it."""

    step_ug: int
    say_why_ug_per_kg: tuple[int, int]
    say_why_total_ug: int
    hard_ug_per_kg: int
    hard_total_ug: int
    hard_under_min: int
    s_divisor: int
    source: str
    mark: str

    def for_chirality(self, chirality: Chirality) -> DoseLimits:
        """The bounds for this form of the drug: as written for the racemate, divided for S-ketamine.

        Upper bounds are rounded down and the lower one up, so that dividing never widens a band; minutes stay as they are.
        """
        if chirality == "racemic":
            return self
        low, high = self.say_why_ug_per_kg
        return replace(
            self,
            say_why_ug_per_kg=(-(-low // self.s_divisor), high // self.s_divisor),
            say_why_total_ug=self.say_why_total_ug // self.s_divisor,
            hard_ug_per_kg=self.hard_ug_per_kg // self.s_divisor,
            hard_total_ug=self.hard_total_ug // self.s_divisor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRules:
    """How close together, and how many, doses may be (safety 38; judgement)."""

    hard_under: timedelta
    say_why_under: timedelta
    say_why_over_per_week: int
    review_over: int
    review_within: timedelta
    booster_every: timedelta
    booster_within: timedelta
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightRules:
    """What a weight must be before a dose rests on it (safety 16; judgement)."""

    confirmed_within_days: int
    void_over_percent: int
    say_why_kg: tuple[int, int]
    say_why_bmi: tuple[int, int]
    source: str
    mark: str


def drugs_from(content: Mapping[str, Any]) -> dict[str, Drug]:
    """The drugs of a `codes/ketamine_products` file, by id."""
    return {entry["id"]: Drug(id=entry["id"], name=entry["name"], chirality=entry["chirality"]) for entry in content["drugs"]}


def products_from(content: Mapping[str, Any]) -> dict[str, Product]:
    """The vials of a `codes/ketamine_products` file, by id.  Raises ImpossibleAmount for a strength of zero."""
    drugs = drugs_from(content)
    return {
        entry["id"]: Product(
            id=entry["id"],
            name=entry["name"],
            drug=drugs[entry["drug"]],
            strength_ug_per_ml=positive("a strength", micrograms(entry["strength_mg_per_ml"])),
        )
        for entry in content["products"]
    }


def limits_from(content: Mapping[str, Any]) -> DoseLimits:
    """The dose bounds of a protocol file.  Raises ImpossibleAmount when the bands are not inside one another."""
    say_why, hard = content["say_why"], content["hard_stop"]
    low, high = (micrograms(bound) for bound in say_why["mg_per_kg"])
    limits = DoseLimits(
        step_ug=positive("the rounding step", micrograms(content["dose"]["round_down_to_mg"])),
        say_why_ug_per_kg=(positive("the lower bound", low), high),
        say_why_total_ug=micrograms(say_why["total_mg"]),
        hard_ug_per_kg=micrograms(hard["mg_per_kg"]),
        hard_total_ug=micrograms(hard["total_mg"]),
        hard_under_min=positive("the shortest infusion", hard["under_min"]),
        s_divisor=positive("the S-ketamine divisor", content["s_ketamine"]["divide_bounds_by"]),
        source=hard["source"],
        mark=hard["mark"],
    )
    if not (low <= high <= limits.hard_ug_per_kg and limits.say_why_total_ug <= limits.hard_total_ug):
        raise ImpossibleAmount("The say-why band must lie inside the hard stop.")
    return limits


def interval_rules_from(content: Mapping[str, Any]) -> IntervalRules:
    """The interval numbers of a protocol file."""
    rules = content["intervals"]
    return IntervalRules(
        hard_under=timedelta(hours=rules["hard_stop_under_h"]),
        say_why_under=timedelta(hours=rules["say_why_under_h"]),
        say_why_over_per_week=rules["say_why_over_per_week"],
        review_over=rules["review_over_doses"],
        review_within=timedelta(weeks=rules["review_within_weeks"]),
        booster_every=timedelta(weeks=rules["booster_every_weeks"]),
        booster_within=timedelta(weeks=rules["booster_within_weeks"]),
        source=rules["source"],
        mark=rules["mark"],
    )


def weight_rules_from(content: Mapping[str, Any]) -> WeightRules:
    """The weight numbers of a protocol file."""
    rules = content["weight"]
    return WeightRules(
        confirmed_within_days=rules["confirmed_within_days"],
        void_over_percent=rules["void_over_percent"],
        say_why_kg=(rules["say_why_kg"][0], rules["say_why_kg"][1]),
        say_why_bmi=(rules["say_why_bmi"][0], rules["say_why_bmi"][1]),
        source=rules["source"],
        mark=rules["mark"],
    )
