"""What was measured in people beside what a model says of the same dose: inside the published interval, or by how much it misses.

A study of another drug or, where both are stated, of another sampling site says nothing of a model (safety 22).  A mean without an
interval gives a ratio and no verdict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from afterglow.science.pk.doses import Dose, dose_from
from afterglow.science.pk.exposure import area
from afterglow.science.pk.model import Model, Person, Site
from afterglow.science.pk.observed_band import PEAK_TIMES_MIN
from afterglow.science.pk.refusals import UnlikeLevel, WrongPopulation
from afterglow.science.pk.simulate import simulate
from afterglow.science.pk.system import values_for

What = Literal["level", "peak", "clearance"]
Standing = Literal["inside", "below", "above", "no interval"]
SPOKEN = {"im": "IM", "sublingual": "SL", "oral": "PO"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One published figure: a level at a time or a peak (ng/mL), or a clearance (L/h).  `low` and `high` are None where no interval was published."""

    what: What
    value: float
    low: float | None
    high: float | None
    at_min: float | None = None

    @property
    def unit(self) -> str:
        return "L/h" if self.what == "clearance" else "ng/mL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What was given to a group and what was measured in them.  `dose` is as people write it, for `weight_kg`."""

    id: str
    title: str
    drug: str
    site: Site
    dose: str
    weight_kg: float
    interval_is: str | None
    note: str
    source: str
    mark: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure beside a model's; `ratio` is the model's over the measured one."""

    reading: Reading
    predicted: float
    standing: Standing

    @property
    def ratio(self) -> float:
        return self.predicted / self.reading.value


def studies_from(content: Mapping[str, Any]) -> tuple[Study, ...]:
    """Those of a schema-checked `codes/pk_observed_levels` file."""
    return tuple(_study(given, content["weight_kg_assumed"]) for given in content["studies"])


def _study(given: Mapping[str, Any], weight_kg: float) -> Study:
    kept = {key: given[key] for key in ("id", "title", "drug", "site", "dose", "interval_is", "source", "mark")}
    readings = tuple(
        Reading(what=each["what"], value=each["value"], low=each.get("low"), high=each.get("high"), at_min=each.get("at_min"))
        for each in given["readings"]
    )
    return Study(weight_kg=weight_kg, note=given.get("note", ""), readings=readings, **kept)


def peak_studies_from(content: Mapping[str, Any], *, weight_kg: float) -> tuple[Study, ...]:
    """Those of a schema-checked `codes/pk_observed_peaks` file: a peak with one standard deviation for each."""
    return tuple(
        _peak_study(content["drug"], route, each, weight_kg)  # one line for each measured peak
        for route, found in content["routes"].items()
        for each in found["observed"]
    )


def _peak_study(drug: str, route: str, given: Mapping[str, Any], weight_kg: float) -> Study:
    mean, sd = given["mean_ng_per_ml"], given["sd_ng_per_ml"]
    amount = f"{given['mg']:g} mg" if "mg" in given else f"{given['mg_per_kg']:g} mg/kg"
    return Study(
        id=f"{given['source']}_{route}",
        title=f"Racemic ketamine {amount} {SPOKEN[route]}, peak",
        drug=drug,
        site="unknown",
        dose=f"{amount} {SPOKEN[route]}",
        weight_kg=weight_kg,
        interval_is="mean and one standard deviation",
        note="",
        source=given["source"],
        mark=given["mark"],
        readings=(Reading(what="peak", value=mean, low=max(0.0, mean - sd), high=mean + sd),),
    )


def compared(model: Model, study: Study) -> tuple[Compared, ...]:
    """Each figure of the study beside the model's.

    Raises UnlikeLevel (another stated site), WrongPopulation (children's models: the studies are of adults), and what `simulate` raises.
    """
    if model.population.group != "adults":
        raise WrongPopulation(f"{model.name} was made from {model.population.group}, and the people measured were adults.", "Choose an adult model.")
    if "unknown" not in (model.site, study.site) and model.site != study.site:
        raise UnlikeLevel(f"{study.id} took {study.site} blood, and {model.name} describes {model.site} blood.", "Choose a model of the same site.")
    person, dose = Person(weight_kg=study.weight_kg), dose_from(study.dose, weight_kg=study.weight_kg)
    return tuple(_compared(reading, _predicted(model, study.drug, dose, person, reading)) for reading in study.readings)


def _predicted(model: Model, drug: str, dose: Dose, person: Person, reading: Reading) -> float:
    times: Sequence[float] = [reading.at_min] if reading.at_min is not None else PEAK_TIMES_MIN.tolist()
    levels = simulate(model, [dose], [person], times, drug=drug).values[0, 0]
    if reading.what == "clearance":
        # All that was given over the area under the curve: ug over ug h/L.
        return float(dose.amount_mg * 1000.0 / area(model, [dose], values_for(model, [person]))[0, 0])
    return float(np.max(levels))


def _compared(reading: Reading, predicted: float) -> Compared:
    return Compared(reading=reading, predicted=predicted, standing=_standing(reading, predicted))


def _standing(reading: Reading, predicted: float) -> Standing:
    if reading.low is None or reading.high is None:
        return "no interval"
    if predicted < reading.low:
        return "below"
    return "above" if predicted > reading.high else "inside"
