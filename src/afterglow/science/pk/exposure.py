"""How other substances and a genotype change exposure: the published ratio with its interval, for the route and the drug it was measured with.

What nobody measured for this route is unknown, never 1.  Two causes together were measured by nobody and are unknown as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from afterglow.science.pk.doses import Dose, in_order
from afterglow.science.pk.model import OUT, FloatArray, Model
from afterglow.science.pk.reduced import reduced, spokes
from afterglow.science.pk.refusals import UnknownExposure
from afterglow.science.pk.simulate import checked_unit, per_ug_per_l
from afterglow.science.pk.system import Values, inputs_of, rate_matrix

MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Exposure with the cause over exposure without: area (AUC) with the interval that was published, peak where it was.

    `low` and `high` are the ratio itself when no interval was published (`interval_known` says so).
    """

    cause: str
    drug: str
    route: str
    auc: float
    low: float
    high: float
    interval_known: bool
    peak: float | None
    source: str
    mark: str


def ratios_from(content: Mapping[str, Any]) -> tuple[Ratio, ...]:
    """Those of a schema-checked `codes/pk_exposure` file."""
    return tuple(_ratio(given) for given in content["ratios"])


def _ratio(given: Mapping[str, Any]) -> Ratio:
    interval = given["auc_interval"]
    low, high = (given["auc"], given["auc"]) if interval is None else interval
    kept = {key: given[key] for key in ("cause", "drug", "route", "auc", "peak", "source", "mark")}
    return Ratio(low=low, high=high, interval_known=interval is not None, **kept)


def genotypes_from(content: Mapping[str, Any]) -> dict[str, float]:
    """CYP2B6 genotype -> clearance at steady state over that of *1/*1."""
    return {"*1/*1": 1.0} | {given["genotype"]: given["ratio"] for given in content["genotypes"]["clearance"]}


def ratio_of(ratios: Sequence[Ratio], causes: Sequence[str], *, drug: str, route: str) -> Ratio:
    """The published ratio for this cause, drug and route.  Raises UnknownExposure: for another route, drug or cause, for none, and for two together."""
    named = [cause.strip().casefold() for cause in causes]
    if len(named) != 1:
        raise UnknownExposure(f"{len(named)} causes together: no ratio was published for that.", "Ask about one; treat the rest as unknown.")
    for known in ratios:
        if (known.cause, known.drug, known.route) == (named[0], drug, route):
            return known
    raise UnknownExposure(
        f"How {named[0]} changes {drug} by the route {route} was not found published.", "Treat the change as unknown; it is not none."
    )


def area(model: Model, doses: Sequence[Dose], values: Values) -> FloatArray:
    """Area under the curve of each analyte from the first dose to the end of time, ng h/mL, shape (analytes, people).

    Exact: what enters, times the inverse of the rates (the integral of a linear system that empties).
    """
    matrix = rate_matrix(model, values)[:, :-1, :-1]
    entered = np.zeros(matrix.shape[:2])
    for one in inputs_of(model, values, in_order(doses)):
        entered[:, one.compartment] += one.amount_ug
    ug_min = np.linalg.solve(-matrix, entered[:, :, None])[:, :, 0]
    unit = checked_unit("ng/mL")
    rows = [
        ug_min[:, model.compartments.index(analyte.compartment)] * per_ug_per_l(model, analyte, unit) / values[analyte.volume]
        for analyte in model.analytes
    ]
    return np.array(rows) / MINUTES_PER_HOUR


def with_genotype(model: Model, values: Values, ratio: float) -> dict[str, FloatArray]:
    """The same people with their clearance of the drug times `ratio`.

    Raises UnknownExposure for a model whose clearance is not one number (a liver between gut and blood): Li 2015 measured clearance from blood,
    and a low oral dose showed no difference (Rao 2016).
    """
    part = reduced(model, model.analytes[0])
    if spokes(part) is None:
        raise UnknownExposure(
            f"{model.name} has no single clearance from blood.", "Choose a model by vein; for swallowed doses the change is unknown."
        )
    leaving = {name for flow in part.flows if flow.to == OUT for name in (flow.rate, flow.clearance) if name is not None}
    return {name: value * ratio if name in leaving else value for name, value in values.items()}
