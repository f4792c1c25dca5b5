"""The band that is shown for a muscle, the tongue and the mouth: its upper edge covers each measured peak and one standard deviation (safety 20).

The derived curves of these routes are low by a quarter to a half.  Here each gives its shape alone: it is stretched so that, at the
dose and for the person of each observation, its peak lies at mean - SD and at mean + SD.  Where an observation states a dose in mg and no
weight, a heavy person gets no lower band for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from afterglow.science.pk.doses import Dose, in_order
from afterglow.science.pk.model import FloatArray, Model, Person
from afterglow.science.pk.refusals import UnknownRoute
from afterglow.science.pk.simulate import simulate, times_from

REFERENCE_KG: Final = 70.0
# Fine enough for a peak: between two of these minutes none of the shapes moves by more than a thousandth of itself.
PEAK_TIMES_MIN: Final = np.arange(0.0, 241.0, 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A measured peak in ng/mL after one dose, in mg or in mg/kg (the other is None)."""

    mg: float | None
    mg_per_kg: float | None
    mean_ng_per_ml: float
    sd_ng_per_ml: float
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """ng/mL, each edge of shape (times,); `says` must be read with it, `marks` are those of the observations it rests on."""

    times_min: FloatArray
    low: FloatArray
    high: FloatArray
    says: tuple[str, ...]
    marks: tuple[str, ...]


def observed_from(content: Mapping[str, Any], route: str) -> tuple[str, tuple[Observed, ...]]:
    """Which derived model gives the shape of a route, and what was measured.  Raises UnknownRoute: nothing was measured, so no band is drawn."""
    found = content["routes"].get(route)
    if found is None:
        raise UnknownRoute(f"For the route {route} no measured peak is on file.", f"There are {', '.join(content['routes'])}.")
    keys = ("mean_ng_per_ml", "sd_ng_per_ml", "source", "mark")
    several = tuple(Observed(mg=each.get("mg"), mg_per_kg=each.get("mg_per_kg"), **{key: each[key] for key in keys}) for each in found["observed"])
    return found["model"], several


def observed_band(
    shape: Model, observed: Sequence[Observed], doses: Sequence[Dose], person: Person, times_min: Sequence[float] | FloatArray, *, says: str
) -> Band:
    """For one route's doses.  Raises what `simulate` raises."""
    given, times = in_order(doses), times_from(times_min)
    found = simulate(shape, given, [person], times)
    curve = found.values[0, 0]
    edges = [_stretch(shape, one, given[0].route, person) for one in observed]
    return Band(
        times_min=times,
        low=curve * min(low for low, _ in edges),
        high=curve * max(high for _, high in edges),
        says=(says, *found.says),
        marks=tuple(one.mark for one in observed),
    )


def _stretch(shape: Model, one: Observed, route: str, person: Person) -> tuple[float, float]:
    """By how much the curve is multiplied so that its peak lies at mean - SD (not below zero) and at mean + SD of this observation."""
    low_kg = REFERENCE_KG if one.mg is not None else person.weight_kg
    high_kg = max(low_kg, person.weight_kg)
    return (
        max(0.0, one.mean_ng_per_ml - one.sd_ng_per_ml) / _peak(shape, one, route, person, low_kg),
        (one.mean_ng_per_ml + one.sd_ng_per_ml) / _peak(shape, one, route, person, high_kg),
    )


def _peak(shape: Model, one: Observed, route: str, person: Person, weight_kg: float) -> float:
    mg = one.mg if one.mg is not None else (one.mg_per_kg or 0.0) * weight_kg
    found = simulate(shape, [Dose(amount_mg=mg, route=route)], [replace(person, weight_kg=weight_kg)], PEAK_TIMES_MIN)
    return float(found.values.max())
