"""Questions of teaching and planning: what dose would reach a level, when would it be below one, what would a pause do.  None is an order.

Each answer is of a typical person of one published model and carries its basis.  A level is taken only where drug, unit and sampling site
are those of the model, and stated (safety 22).  These belong on teaching and planning pages, never in the room (safety 73), and the time
until a level is passed is no time at which somebody is fit to leave or to drive (safety 74).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from afterglow.science.pk.doses import Dose, in_order, paused, slowed
from afterglow.science.pk.model import FloatArray, Model, Person
from afterglow.science.pk.population import Level, checked_level
from afterglow.science.pk.refusals import NegativeTime, OutsideModelRange
from afterglow.science.pk.simulate import checked_unit, simulate, times_from

NO_ORDER: Final = "For teaching and planning: the answer of a model about a typical person. It orders, changes and releases nothing."
PEOPLE_DIFFER: Final = "People differ: about half of them would be above this, about half below."
NOT_CLEAR: Final = "Being below a level is not recovery: whoever leaves is judged by what is seen, never by this time."
STEP_MIN: Final = 0.5
AFTER_MIN: Final = 480.0
FARTHEST_MIN: Final = 60 * 24 * 60.0
STEPS_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an answer rests on; `says` must be read with it."""

    model: str
    version: int
    drug: str
    site: str
    analyte: str
    unit: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """The highest level of the drug and when it is there."""

    at_min: float
    value: float
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    """The dose of the same kind whose peak is the level."""

    dose: Dose
    at_min: float
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Minutes from the first dose until the level is passed for good; None when it is never reached."""

    at_min: float | None
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The doses as they would be given, and both curves, each of shape (times,)."""

    doses: tuple[Dose, ...]
    times_min: FloatArray
    as_planned: FloatArray
    changed: FloatArray
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A loading infusion and steps that bring the level back to the target at each step's end.

    `low` and `high`: between which the level lies after loading.  `last_mg_per_min` is the rate of the last step.
    """

    doses: tuple[Dose, ...]
    low: float
    high: float
    last_mg_per_min: float
    basis: Basis


def peak(model: Model, doses: Sequence[Dose], person: Person, *, unit: str = "ng/mL", drug: str | None = None) -> Peak:
    """To a thousandth of a minute.  Raises what `simulate` raises."""
    given = in_order(doses)
    edges = {edge for dose in given for edge in (dose.at_min, dose.ends_min)}
    times = np.array(sorted({*np.arange(0.0, max(edges) + AFTER_MIN + STEP_MIN, STEP_MIN).tolist(), *edges}))
    width = STEP_MIN
    while True:
        found = simulate(model, given, [person], times, unit=unit, drug=drug)
        best = int(np.argmax(found.values[0, 0]))
        if width < 1e-3:
            return Peak(at_min=float(times[best]), value=float(found.values[0, 0, best]), basis=_basis(model, found.unit, found.says))
        times = np.unique(np.append(np.linspace(max(0.0, times[best] - width), times[best] + width, 41), times[best]))
        width /= 20


def dose_to_reach(model: Model, level: Level, like: Dose, person: Person) -> Reaching:
    """What amount, given as `like` is, peaks at the level (the model is linear, so one rule of three).

    Raises UnlikeLevel, OutsideModelRange (no level), and what `simulate` raises, also for an amount that one device cannot hold.
    """
    _positive(level)
    checked_level(model, checked_unit(level.unit), level)
    one = peak(model, [like], person, unit=level.unit, drug=level.drug)
    dose = replace(like, amount_mg=like.amount_mg * level.value / one.value)
    reached = peak(model, [dose], person, unit=level.unit, drug=level.drug)
    return Reaching(dose=dose, at_min=reached.at_min, basis=reached.basis)


def time_until_below(model: Model, doses: Sequence[Dose], person: Person, level: Level) -> Until:
    """When the drug is below the level and stays there.  Raises UnlikeLevel, OutsideModelRange (no level, or not within 60 days)."""
    _positive(level)
    unit = checked_unit(level.unit)
    checked_level(model, unit, level)
    given = in_order(doses)

    def values(times: FloatArray) -> FloatArray:
        row: FloatArray = simulate(model, given, [person], times, unit=unit, drug=level.drug).values[0, 0]
        return row

    top = peak(model, given, person, unit=unit, drug=level.drug)
    basis = replace(top.basis, says=(*top.basis.says, NOT_CLEAR))
    if top.value < level.value:
        return Until(at_min=None, basis=basis)
    last = max(top.at_min, *(dose.ends_min for dose in given))
    end = last + AFTER_MIN
    while values(np.array([end]))[0] >= level.value:
        if end > FARTHEST_MIN:
            raise OutsideModelRange(f"The level is not passed within {end / 1440:.0f} days.", "Name a higher level.")
        end *= 2
    return Until(at_min=_last_above(values, np.linspace(top.at_min, end, int((end - top.at_min) / STEP_MIN) + 2), level.value), basis=basis)


def _last_above(values: Callable[[FloatArray], FloatArray], times: FloatArray, level: float) -> float:
    """The last time at or above the level, to a thousandth of a minute: the grid, then ever finer ones around the place."""
    while True:
        last = int(np.flatnonzero(values(times) >= level)[-1])
        if times[last + 1] - times[last] < 1e-3:
            return float(times[last + 1])
        times = np.linspace(times[last], times[last + 1], 41)


def if_paused(
    model: Model, dose: Dose, person: Person, times_min: Sequence[float] | FloatArray, *, at_min: float, for_min: float, drug: str | None = None
) -> WhatIf:
    """The infusion standing still for a while and then going on at its rate.  Raises what `paused` and `simulate` raise."""
    return _what_if(model, dose, paused(dose, at_min=at_min, for_min=for_min), person, times_min, drug)


def if_slowed(
    model: Model, dose: Dose, person: Person, times_min: Sequence[float] | FloatArray, *, at_min: float, share: float = 0.5, drug: str | None = None
) -> WhatIf:
    """The rest of the infusion at a share of its rate, half unless said otherwise.  Raises what `slowed` and `simulate` raise."""
    return _what_if(model, dose, slowed(dose, at_min=at_min, share=share), person, times_min, drug)


def _what_if(
    model: Model, dose: Dose, changed: tuple[Dose, ...], person: Person, times_min: Sequence[float] | FloatArray, drug: str | None
) -> WhatIf:
    times = times_from(times_min)
    before, after = (simulate(model, doses, [person], times, drug=drug) for doses in ([dose], changed))
    return WhatIf(
        doses=changed,
        times_min=times,
        as_planned=before.values[0, 0],
        changed=after.values[0, 0],
        basis=_basis(model, after.unit, after.says),
    )


def steady_infusion(model: Model, level: Level, person: Person, *, load_min: float, step_min: float, steps: int) -> Steady:
    """An infusion plan by vein that holds a level: over `load_min` to the level, then `steps` of `step_min` with falling rates.

    Each rate is what is missing at its step's end over what one mg/min adds by then.  Raises UnlikeLevel, NegativeTime, UnknownRoute (a model
    without the vein), and what `simulate` raises.
    """
    _positive(level)
    unit = checked_unit(level.unit)
    checked_level(model, unit, level)
    if not (load_min > 0 and step_min > 0 and 1 <= steps <= STEPS_AT_MOST):
        raise NegativeTime("A plan has a loading time, a step length and steps.", f"Give minutes above zero and 1 to {STEPS_AT_MOST} steps.")
    doses: list[Dose] = []
    start = 0.0
    for minutes in (load_min, *([step_min] * steps)):
        end = np.array([start + minutes])
        there = simulate(model, doses, [person], end, unit=unit, drug=level.drug).values[0, 0, 0] if doses else 0.0
        unit_dose = Dose(amount_mg=minutes, route="iv", at_min=start, over_min=minutes)
        adds = simulate(model, [unit_dose], [person], end, unit=unit, drug=level.drug).values[0, 0, 0]
        doses.append(replace(unit_dose, amount_mg=float(minutes * (level.value - there) / adds)))
        start += minutes
    times = np.linspace(load_min, start, 20 * steps + 1)
    held = simulate(model, doses, [person], times, unit=unit, drug=level.drug)
    last = doses[-1]
    return Steady(
        doses=tuple(doses),
        low=float(held.values[0, 0].min()),
        high=float(held.values[0, 0].max()),
        last_mg_per_min=last.amount_mg / last.over_min,
        basis=_basis(model, unit, held.says),
    )


def _positive(level: Level) -> None:
    if not (np.isfinite(level.value) and level.value > 0):
        raise OutsideModelRange(f"{level.value} {level.unit} is no level to aim at.", "Name a level above zero.")


def _basis(model: Model, unit: str, says: tuple[str, ...]) -> Basis:
    return Basis(
        model=model.id,
        version=model.version,
        drug=model.drug,
        site=model.site,
        analyte=model.analytes[0].name,
        unit=unit,
        says=(NO_ORDER, PEOPLE_DIFFER, *says),
    )
