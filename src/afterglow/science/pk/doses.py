"""Doses as they were given: how much of which drug, by which route, when, over how long.

"35 mg IV over 40 min at 60 min" is read by a closed grammar: a unit that is not known or a word that is not understood is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from afterglow.science.pk.refusals import NegativeTime, UnknownDose, UnknownRoute, UnsortedDoses
from afterglow.science.quantities import Quantity

# Grams per mole of ketamine base and of its hydrochloride (same for the racemate and each enantiomer).  A label that says mg means base
# unless it says hydrochloride.
BASE_PER_HCL: Final = 237.73 / 274.19
SPOKEN_ROUTES: Final[dict[str, str]] = {
    "iv": "iv",
    "im": "im",
    "sc": "sc",
    "sl": "sublingual",
    "sublingual": "sublingual",
    "po": "oral",
    "oral": "oral",
    "in": "intranasal",
    "nasal": "intranasal",
    "intranasal": "intranasal",
    "oral film": "oral_film",
}
_NUMBER = r"(\d+(?:\.\d+)?)"
_SPOKEN = re.compile(
    rf"{_NUMBER}\s*([A-Za-z\u00b5\u03bc/]+?)(\s+(?:HCl|hydrochloride))?\s+(oral film|[A-Za-z]+)"
    rf"(?:\s+over\s+{_NUMBER}\s*([A-Za-z]+))?(?:\s+at\s+{_NUMBER}\s*([A-Za-z]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """An amount of base in mg, from `at_min` on, all at once or evenly `over_min` minutes (IV and SC only)."""

    amount_mg: float
    route: str
    at_min: float = 0.0
    over_min: float = 0.0

    def __post_init__(self) -> None:
        if not math.isfinite(self.amount_mg) or self.amount_mg <= 0:
            raise UnknownDose(f"A dose of {self.amount_mg} mg is none.", "Enter the amount that was given, in mg.")
        for name, value in (("start", self.at_min), ("length", self.over_min)):
            if not math.isfinite(value) or value < 0:
                raise NegativeTime(f"The {name} of a dose cannot be {value} min.", "Count minutes from the first dose on.")
        if self.over_min and self.route not in ("iv", "sc"):
            raise UnknownDose(f"A dose by the route {self.route} is not given over {self.over_min} min.", "Leave the length out.")

    @property
    def ends_min(self) -> float:
        return self.at_min + self.over_min


def in_order(doses: Sequence[Dose]) -> tuple[Dose, ...]:
    """The same doses.  Raises UnknownDose for none at all, UnsortedDoses when one starts before the one that stands before it."""
    if not doses:
        raise UnknownDose("There is no dose.", "Name at least one.")
    if any(later.at_min < earlier.at_min for earlier, later in zip(doses, doses[1:], strict=False)):
        raise UnsortedDoses("The doses are not in the order of their times.", "Put the earliest first.")
    return tuple(doses)


def dose_from(spoken: str, *, weight_kg: float | None = None) -> Dose:
    """One dose as people write it: "35 mg IV over 40 min", "0.5 mg/kg IM", "32.3 mg HCl nasal at 5 min".

    A dose per kg needs the weight.  Raises UnknownDose, UnknownUnit, UnknownRoute.
    """
    read = _SPOKEN.fullmatch(spoken.strip())
    if read is None:
        raise UnknownDose(f"{spoken!r} is not understood as a dose.", 'Write it like "35 mg IV over 40 min" or "28 mg nasal at 5 min".')
    amount, unit, salt, route, length, length_unit, start, start_unit = read.groups()
    known = SPOKEN_ROUTES.get(route.lower())
    if known is None:
        raise UnknownRoute(f"The route {route!r} is not known.", f"Choose one of {', '.join(SPOKEN_ROUTES)}.")
    mg = _milligrams(amount, unit, weight_kg) * (BASE_PER_HCL if salt else 1.0)
    return Dose(amount_mg=mg, route=known, at_min=_minutes(start, start_unit), over_min=_minutes(length, length_unit))


def _milligrams(amount: str, unit: str, weight_kg: float | None) -> float:
    if not unit.endswith("/kg"):
        return float(Quantity(amount, unit).to("mg").value)
    if weight_kg is None:
        raise UnknownDose("A dose per kg needs a weight.", "Say the weight in kg.")
    return float(Quantity(amount, unit.removesuffix("/kg")).to("mg").value) * weight_kg


def _minutes(value: str | None, unit: str | None) -> float:
    return 0.0 if value is None else float(Quantity(value, unit or "").to("min").value)


def paused(dose: Dose, *, at_min: float, for_min: float) -> tuple[Dose, ...]:
    """An infusion that stood still from `at_min` for `for_min` and then went on at its rate until all was given."""
    if not dose.at_min < at_min < dose.ends_min or for_min < 0:
        raise NegativeTime(f"The infusion does not run at {at_min} min.", "Name a minute inside the infusion, and a pause that is not negative.")
    first = (at_min - dose.at_min) / dose.over_min
    return (
        replace(dose, amount_mg=dose.amount_mg * first, over_min=at_min - dose.at_min),
        replace(dose, amount_mg=dose.amount_mg * (1 - first), at_min=at_min + for_min, over_min=dose.ends_min - at_min),
    )


def slowed(dose: Dose, *, at_min: float, share: float) -> tuple[Dose, ...]:
    """An infusion that from `at_min` on ran at a share of its rate until all was given, so that it ended later."""
    if not dose.at_min < at_min < dose.ends_min or not 0 < share <= 1:
        raise NegativeTime(
            f"The infusion cannot go on at {share:g} of its rate from {at_min} min on.", "Name a minute inside it and a share of 1 or less."
        )
    first = (at_min - dose.at_min) / dose.over_min
    return (
        replace(dose, amount_mg=dose.amount_mg * first, over_min=at_min - dose.at_min),
        replace(dose, amount_mg=dose.amount_mg * (1 - first), at_min=at_min, over_min=(dose.ends_min - at_min) / share),
    )


def stopped(dose: Dose, *, at_min: float) -> Dose:
    """An infusion that was ended early: what had run in until then."""
    if not dose.at_min < at_min <= dose.ends_min:
        raise NegativeTime(f"The infusion does not run at {at_min} min.", "Name a minute inside the infusion.")
    return replace(dose, amount_mg=dose.amount_mg * (at_min - dose.at_min) / dose.over_min, over_min=at_min - dose.at_min)


def stepped(steps: Sequence[tuple[float, float]], *, at_min: float = 0.0) -> tuple[Dose, ...]:
    """An infusion whose rate changes: (mg per min, minutes) one after the other; a rate of 0 is a pause."""
    doses, start = [], at_min
    for rate_mg_per_min, minutes in steps:
        if minutes <= 0 or rate_mg_per_min < 0:
            raise NegativeTime(
                f"A step of {minutes} min at {rate_mg_per_min} mg/min is none.", "Give each step a length and a rate that is not negative."
            )
        if rate_mg_per_min:
            doses.append(Dose(amount_mg=rate_mg_per_min * minutes, route="iv", at_min=start, over_min=minutes))
        start += minutes
    return tuple(doses)
