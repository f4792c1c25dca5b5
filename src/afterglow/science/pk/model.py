"""A published model as plain values: compartments, what flows between them, how a dose enters, and who it was made from.

Everything is linear: each flow takes a fixed share of what is in its compartment per minute.  Amounts are counted in ug of
the drug that was given; what an analyte's concentration is counted in stands with the analyte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

ADULT_FROM_YEARS: Final = 18
OUT: Final = "out"
Site = Literal["venous", "arterial", "unknown"]
Group = Literal["adults", "children"]
ROUTES: Final[tuple[str, ...]] = ("iv", "im", "sc", "sublingual", "oral", "intranasal", "oral_film")
# How many of the engine's own unit (L, L/min, 1/min, min) one of each is; L/kg is multiplied by the weight as well.
UNITS: Final[Mapping[str, float]] = {
    "L": 1.0,
    "L/kg": 1.0,
    "L/min": 1.0,
    "L/h": 1 / 60,
    "1/min": 1.0,
    "1/h": 1 / 60,
    "min": 1.0,
    "h": 60.0,
    "fraction": 1.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of the model for a person of the reference weight, in `unit`.

    `power`: the exponent of (weight / 70 kg) it is multiplied with; None leaves it as it is.  A value per kg is multiplied by the weight.
    """

    value: float
    unit: str
    power: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a parameter differs in some people: a factor for a stated ancestry, or an amount for each year above an age."""

    parameter: str
    factor: float = 1.0
    ancestry: str | None = None
    over_years: float | None = None
    adds_per_year: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """From one compartment to another, or `out` of the body.

    Exactly one of `rate` (a parameter, 1/min), `clearance` (a parameter, L/min, over the volume of `origin`) and `mean` (a parameter,
    min: the mean time in a chain of `steps` equal compartments, of which this is one).  `share`: factors, see `Leg`.
    """

    origin: str
    to: str
    rate: str | None = None
    clearance: str | None = None
    mean: str | None = None
    steps: int = 1
    share: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One way in which a part of a dose enters.

    `share`: the part, as a product of parameters; "1-F" is what F leaves.  `over`: the parameter that says how long it enters
    evenly (min).  `lag`: the parameter that says how long nothing happens (min).
    """

    to: str
    share: tuple[str, ...] = ()
    over: str | None = None
    lag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What is different for a device used within `within_min` after the one before: a parameter times another."""

    parameter: str
    factor: str
    within_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a dose of this route enters.  `at_most_mg`: the most that one dose may hold (one nasal device)."""

    legs: tuple[Leg, ...]
    at_most_mg: float | None = None
    later: Later | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyte:
    """What is measured: where, in which volume, and in what it is counted.

    `grams_per_mol`: of the analyte itself; None when the model counts it as the drug's own mass, which cannot be turned into nmol/mL.
    """

    name: str
    compartment: str
    volume: str
    grams_per_mol: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variability:
    """How people differ from each other, as published.  Logarithms of parameters vary together by `covariance` (square, by `names`).

    `logit_sd`: shares that vary on the logit scale.  `missing`: parameters whose variability is not known, so that a band is too narrow.
    """

    names: tuple[str, ...]
    covariance: tuple[tuple[float, ...], ...]
    logit_sd: Mapping[str, float]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Whom the model was made from.  A range that nobody stated is None, and is said to be unknown."""

    group: Group
    says: str
    age_years: tuple[float, float] | None
    weight_kg: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A published model, ready to run.  `site`: where blood was taken; unknown means that no threshold may be laid over its curve.

    `reference_only`: it is kept to be compared with and is never shown as what happens in a person.
    """

    id: str
    version: int
    name: str
    drug: str
    drug_grams_per_mol: float
    site: Site
    population: Population
    parameters: Mapping[str, Parameter]
    compartments: tuple[str, ...]
    volumes: Mapping[str, str]
    flows: tuple[Flow, ...]
    routes: Mapping[str, Route]
    analytes: tuple[Analyte, ...]
    changes: tuple[Change, ...] = ()
    variability: Variability | None = None
    reference_only: bool = False
    not_for: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom the curve is for.  Age or ancestry that nobody stated is None; a model that needs them says so."""

    weight_kg: float
    age_years: float | None = None
    ancestry: str | None = None
