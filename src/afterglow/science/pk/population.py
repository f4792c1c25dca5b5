"""How people differ: many invented people of one description, as the published variability has them, and what share of them is where.

A model whose variability nobody published gets no band.  A level is compared only with a curve of the same drug, unit and sampling site.
The band is of people, not of measurements: what an assay adds is not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from afterglow.science.pk import modes, reduced, wheel
from afterglow.science.pk.doses import Dose, in_order
from afterglow.science.pk.model import Analyte, FloatArray, Model, Person, Site
from afterglow.science.pk.refusals import NoVariability, OutsideModelRange, UnlikeLevel
from afterglow.science.pk.simulate import ConcentrationUnit, checked_drug, checked_unit, per_ug_per_l, times_from
from afterglow.science.pk.system import Input, Values, fits, inputs_of, rate_matrix, values_for

PEOPLE_AT_MOST: Final = 1_000_000
GROUP: Final = 2048
BETWEEN_PEOPLE: Final = "The band is how people differ by this model; what an assay adds is not in it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A concentration that somebody published: for which drug, and where blood was taken."""

    value: float
    unit: str
    drug: str
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Invented people.  `values`: shape (people, times), in `unit`; `says`: what must be read with it."""

    model: Model
    analyte: str
    unit: ConcentrationUnit
    times_min: FloatArray
    values: FloatArray
    says: tuple[str, ...]

    def percentiles(self, percents: Sequence[float]) -> FloatArray:
        """The levels below which these per cent of people are, shape (percents, times)."""
        found: FloatArray = np.percentile(self.values, list(percents), axis=0)
        return found

    def share_above(self, level: Level) -> FloatArray:
        """The share of people above a published level, shape (times,); below it is 1 minus this.  Raises UnlikeLevel.

        Safety 22: a site that nobody stated, of the model or of the level, compares with nothing.
        """
        checked_level(self.model, self.unit, level)
        share: FloatArray = np.mean(self.values > level.value, axis=0)
        return share


def checked_level(model: Model, unit: ConcentrationUnit, level: Level) -> None:
    """Raises UnlikeLevel where drug, unit or sampling site are not those of the curve, or the site was not stated (safety 22)."""
    mine = (model.drug, model.site, unit)
    if "unknown" in (model.site, level.site) or mine != (level.drug, level.site, level.unit):
        raise UnlikeLevel(
            f"A level of {level.drug} in {level.site} blood ({level.unit}) is not laid over {model.name} ({model.drug}, {model.site}, {unit}).",
            "Choose a model of the same drug, unit and sampling site.",
        )


def crowd(
    model: Model,
    doses: Sequence[Dose],
    person: Person,
    times_min: Sequence[float] | FloatArray,
    *,
    people: int = 1000,
    seed: int = 1,
    analyte: str | None = None,
    unit: str = "ng/mL",
    drug: str | None = None,
    spread: float = 1.0,
) -> Crowd:
    """Levels of one analyte (the drug itself when none is named) in `people` of the person's description; the same seed gives the same people.

    `spread` multiplies the published standard deviations (0: everybody is typical).  Memory: the answer, people x times x 8 bytes, and one
    number for each person and parameter.  Raises NoVariability, and what `simulate` raises.
    """
    checked_drug(model, drug)
    given, times, wanted = in_order(doses), times_from(times_min), checked_unit(unit)
    says = (*fits(model, person), *_missing(model), BETWEEN_PEOPLE)
    values = sampled(model, person, people=people, seed=seed, spread=spread)
    chosen = analyte_named(model, analyte)
    return Crowd(
        model=model, analyte=chosen.name, unit=wanted, times_min=times, values=levels(model, given, values, times, chosen, wanted), says=says
    )


def analyte_named(model: Model, name: str | None) -> Analyte:
    """The analyte of this name, the first one when none is named.  Raises KeyError."""
    for analyte in model.analytes:
        if name in (None, analyte.name):
            return analyte
    raise KeyError(name)


def sampled(model: Model, person: Person, *, people: int, seed: int, spread: float = 1.0) -> dict[str, FloatArray]:
    """Parameters of invented people, each of shape (people,).  Raises NoVariability, OutsideModelRange (how many)."""
    varied = model.variability
    if varied is None:
        raise NoVariability(f"How people differ was not published with {model.name}: no band is made up.", "Choose a model with variability.")
    if not 1 <= people <= PEOPLE_AT_MOST:
        raise OutsideModelRange(f"{people} people are none or too many.", f"Ask for 1 to {PEOPLE_AT_MOST}.")
    chance = np.random.default_rng(seed)
    values = {name: np.repeat(value, people) for name, value in values_for(model, [person]).items()}
    own = chance.standard_normal((people, len(varied.names))) @ _root_of(np.array(varied.covariance)) * spread
    for column, name in enumerate(varied.names):
        values[name] = values[name] * np.exp(own[:, column])
    for name, deviation in varied.logit_sd.items():
        odds = values[name] / (1.0 - values[name]) * np.exp(chance.standard_normal(people) * deviation * spread)
        values[name] = odds / (1.0 + odds)
    return values


def _root_of(covariance: FloatArray) -> FloatArray:
    """The symmetric square root, so that independent standard normals times it have this covariance."""
    squares, axes = np.linalg.eigh(covariance)
    root: FloatArray = (axes * np.sqrt(np.maximum(squares, 0.0))) @ axes.T
    return root


def _missing(model: Model) -> tuple[str, ...]:
    missing = model.variability.missing if model.variability else ()
    return (f"The band is too narrow: how {', '.join(missing)} differs between people is not known.",) if missing else ()


def levels(
    model: Model, doses: Sequence[Dose], values: Values, times_min: FloatArray, analyte: Analyte, unit: ConcentrationUnit = "ng/mL"
) -> FloatArray:
    """Concentrations of one analyte for people whose parameters are known, shape (people, times)."""
    inputs = inputs_of(model, values, doses)
    part = reduced.reduced(model, analyte)
    kept = [_moved(one, model, part) for one in inputs if model.compartments[one.compartment] in part.compartments]
    per_ug = per_ug_per_l(model, analyte, unit) / values[analyte.volume]
    rim = reduced.spokes(part)
    if rim is not None and all(
        model.compartments[one.compartment] == analyte.compartment and _alike(one) for one in inputs if _counts(one, model, part)
    ):
        found = wheel.poles(part, values, rim)
        if bool(np.all(found.clear)):
            return wheel.levels(found, per_ug, kept, times_min)
    return _in_groups(part, values, kept, times_min, per_ug)


def _counts(one: Input, model: Model, part: Model) -> bool:
    return model.compartments[one.compartment] in part.compartments


def _moved(one: Input, model: Model, part: Model) -> Input:
    """The same input under the number that its compartment has in the part."""
    number = part.compartments.index(model.compartments[one.compartment])
    return Input(compartment=number, amount_ug=one.amount_ug, from_min=one.from_min, until_min=one.until_min)


def _alike(one: Input) -> bool:
    """Does it start and end at the same time for everybody?"""
    return bool(np.all(one.from_min == one.from_min[0]) and np.all(one.until_min == one.until_min[0]))


def _in_groups(part: Model, values: Values, inputs: Sequence[Input], times_min: FloatArray, per_ug: FloatArray) -> FloatArray:
    """Any shape of model, a group of people at a time, so that work arrays stay small."""
    people, row = per_ug.size, part.compartments.index(part.analytes[0].compartment)
    answer = np.empty((people, times_min.size))
    for first in range(0, people, GROUP):
        some = slice(first, first + GROUP)
        here = {name: value[some] for name, value in values.items()}
        own = [modes.part_of(one, some) for one in inputs]
        held = modes.amounts(rate_matrix(part, here), own, times_min, only=row)[:, 0]
        np.maximum(held * per_ug[some, None], 0.0, out=answer[some])
    return answer
