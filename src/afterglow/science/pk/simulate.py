"""Concentrations of a drug and what the body makes of it, over time, for people and doses, under one published model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from afterglow.science.pk import modes
from afterglow.science.pk.doses import Dose, in_order
from afterglow.science.pk.model import Analyte, FloatArray, Model, Person
from afterglow.science.pk.refusals import NegativeTime, UnitMismatch, UnknownUnit, WrongDrug
from afterglow.science.pk.system import Values, fits, inputs_of, rate_matrix, values_for

ConcentrationUnit = Literal["ng/mL", "nmol/mL"]
UNITS_OUT: Final[tuple[ConcentrationUnit, ...]] = ("ng/mL", "nmol/mL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentrations:
    """What the model says.  `values`: shape (analytes, people, times), in `unit`; `says`: what must be read with it, for each person once."""

    model: Model
    unit: ConcentrationUnit
    times_min: FloatArray
    analytes: tuple[str, ...]
    values: FloatArray
    says: tuple[str, ...]

    def of(self, analyte: str) -> FloatArray:
        """One analyte, shape (people, times).  Raises KeyError for one that the model does not have."""
        if analyte not in self.analytes:
            raise KeyError(analyte)
        row: FloatArray = self.values[self.analytes.index(analyte)]
        return row


def simulate(
    model: Model,
    doses: Sequence[Dose],
    people: Sequence[Person],
    times_min: Sequence[float] | FloatArray,
    *,
    unit: str = "ng/mL",
    drug: str | None = None,
) -> Concentrations:
    """Plasma concentrations in `unit`, shape (analytes, people, times).

    Closed form (see `modes`), so no step length matters; times before the first dose are 0.  `drug`: what was given, when it was stated;
    the racemate is never run through a model of S-ketamine, nor the other way round.  Memory: the answer and, for each dose, arrays of
    people x compartments x times.

    Raises NegativeTime, UnsortedDoses, UnknownDose, UnknownRoute, UnknownUnit, UnitMismatch, WrongDrug, OutsideModelRange, WrongPopulation.
    """
    checked_drug(model, drug)
    given, times = in_order(doses), times_from(times_min)
    says = tuple(dict.fromkeys(sentence for person in people for sentence in fits(model, person)))
    values = values_for(model, people)
    return concentrations(model, given, values, times, unit=unit, says=says)


def concentrations(
    model: Model, doses: Sequence[Dose], values: Values, times_min: FloatArray, *, unit: str = "ng/mL", says: tuple[str, ...] = ()
) -> Concentrations:
    """The same for parameters that are known already (see `values_for`); whether the people fit the model is not asked again."""
    wanted = checked_unit(unit)
    held = modes.amounts(rate_matrix(model, values), inputs_of(model, values, doses), times_min)
    answer = np.empty((len(model.analytes), held.shape[0], times_min.size))
    for number, analyte in enumerate(model.analytes):
        factor = per_ug_per_l(model, analyte, wanted) / values[analyte.volume]
        # Rounding alone can leave a hair below zero; what is really negative would be a fault, and the laws look for it before this line.
        np.maximum(held[:, model.compartments.index(analyte.compartment)] * factor[:, None], 0.0, out=answer[number])
    names = tuple(analyte.name for analyte in model.analytes)
    return Concentrations(model=model, unit=wanted, times_min=times_min, analytes=names, values=answer, says=says)


def checked_drug(model: Model, drug: str | None) -> None:
    """Raises WrongDrug when it was stated what was given, and it is not what the model describes."""
    if drug is not None and drug != model.drug:
        raise WrongDrug(f"{drug} was given, and {model.name} describes {model.drug}.", "Choose a model of the drug that was given.")


def times_from(times_min: Sequence[float] | FloatArray) -> FloatArray:
    """Times in min as an array, shape (times,).  Raises NegativeTime when one is below zero, earlier than the one before, or no number."""
    times = np.asarray(times_min, dtype=np.float64)
    if times.ndim != 1 or not times.size or not np.all(np.isfinite(times)) or times[0] < 0 or np.any(np.diff(times) < 0):
        raise NegativeTime("The times are not minutes from zero on, in order.", "Give one or more times in min, the earliest first.")
    return times


def per_ug_per_l(model: Model, analyte: Analyte, unit: ConcentrationUnit) -> float:
    """What 1 ug/L, counted as the mass of the drug, is of this analyte in `unit`.  Raises UnitMismatch: ng and nmol never mix."""
    if analyte.grams_per_mol is None:
        if unit == "nmol/mL":
            raise UnitMismatch(f"{analyte.name} is not counted in moles by this model.", "Ask for ng/mL.")
        return 1.0
    return analyte.grams_per_mol / model.drug_grams_per_mol if unit == "ng/mL" else 1.0 / model.drug_grams_per_mol


def checked_unit(unit: str) -> ConcentrationUnit:
    """The unit, if concentrations are told in it.  Raises UnknownUnit."""
    for known in UNITS_OUT:
        if unit == known:
            return known
    raise UnknownUnit(f"Concentrations are not told in {unit!r}.", f"Choose one of {', '.join(UNITS_OUT)}.")
