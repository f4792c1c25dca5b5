"""A model as a schema-checked file of `library/pk_models/` describes it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afterglow.science.pk.model import OUT, UNITS, Analyte, Change, Flow, Later, Leg, Model, Parameter, Population, Route, Variability
from afterglow.science.pk.refusals import ModelInvalid


def model_from(content: Mapping[str, Any]) -> Model:
    """The model of one file.  Raises ModelInvalid when a name in it leads nowhere."""
    model = Model(
        id=content["id"],
        version=content["version"],
        name=content["name"],
        drug=content["drug"],
        drug_grams_per_mol=content["drug_grams_per_mol"],
        site=content["site"]["taken"],
        population=_population(content["population"]),
        parameters={name: _parameter(given) for name, given in content["parameters"]["values"].items()},
        compartments=tuple(content["compartments"]),
        volumes={name: volume for name, volume in content["compartments"].items() if volume is not None},
        flows=tuple(_flow(each) for each in content["flows"]),
        routes={name: _route(each) for name, each in content["routes"].items()},
        analytes=tuple(_analyte(each) for each in content["analytes"]),
        changes=tuple(_change(each) for each in content.get("changes", ())),
        variability=_variability(content["between_people"]),
        reference_only=content["reference_only"],
        not_for=tuple(content["not_for"]),
        notes=tuple(content.get("notes", ())),
    )
    for fault in _faults(model):
        raise ModelInvalid(f"{model.id}: {fault}")
    return model


def _population(given: Mapping[str, Any]) -> Population:
    return Population(group=given["group"], says=given["says"], age_years=_range(given["age_years"]), weight_kg=_range(given["weight_kg"]))


def _range(given: Sequence[float] | None) -> tuple[float, float] | None:
    return None if given is None else (given[0], given[1])


def _parameter(given: Mapping[str, Any]) -> Parameter:
    return Parameter(value=given["value"], unit=given["unit"], power=given.get("power"))


def _flow(given: Mapping[str, Any]) -> Flow:
    named = {key: given.get(key) for key in ("rate", "clearance", "mean")}
    return Flow(origin=given["from"], to=given["to"], steps=given.get("steps", 1), share=tuple(given.get("share", ())), **named)


def _route(given: Mapping[str, Any]) -> Route:
    later = given.get("later")
    return Route(
        legs=tuple(
            Leg(to=leg["to"], share=tuple(leg.get("share", ())), over=leg.get("over"), lag=leg.get("lag"))  # one line for each way in
            for leg in given["legs"]
        ),
        at_most_mg=given.get("at_most_mg"),
        later=None if later is None else Later(parameter=later["parameter"], factor=later["factor"], within_min=later["within_min"]),
    )


def _analyte(given: Mapping[str, Any]) -> Analyte:
    return Analyte(name=given["name"], compartment=given["in"], volume=given["volume"], grams_per_mol=given["grams_per_mol"])


def _change(given: Mapping[str, Any]) -> Change:
    return Change(
        parameter=given["parameter"],
        factor=given.get("factor", 1.0),
        ancestry=given.get("ancestry"),
        over_years=given.get("over_years"),
        adds_per_year=given.get("adds_per_year", 0.0),
    )


def _variability(given: Mapping[str, Any] | None) -> Variability | None:
    """Log variances as printed, or from coefficients of variation: ln(1 + CV^2)."""
    if given is None:
        return None
    variances = dict(given.get("log_variance", {}))
    variances |= {name: math.log1p((percent / 100.0) ** 2) for name, percent in given.get("cv_percent", {}).items()}
    names = tuple(variances)
    together = {frozenset(pair["of"]): pair["value"] for pair in given.get("covariance", ())}
    rows = tuple(tuple(variances[row] if row == column else together.get(frozenset((row, column)), 0.0) for column in names) for row in names)
    return Variability(names=names, covariance=rows, logit_sd=dict(given.get("logit_sd", {})), missing=tuple(given["missing"]))


def _faults(model: Model) -> Iterator[str]:
    """Names that lead nowhere: a model with one would compute something else than its file says."""
    for name, kind in _named(model):
        if kind == "parameter" and name not in model.parameters:
            yield f"there is no parameter {name!r}"
        if kind == "compartment" and name not in (*model.compartments, OUT):
            yield f"there is no compartment {name!r}"
    for flow in model.flows:
        if flow.clearance is not None and flow.origin not in model.volumes:
            yield f"{flow.origin!r} has no volume for a clearance"
    for name, parameter in model.parameters.items():
        if parameter.unit not in UNITS:
            yield f"{name} has the unit {parameter.unit!r}"


def _named(model: Model) -> Iterator[tuple[str, str]]:
    for volume in model.volumes.values():
        yield volume, "parameter"
    for flow in model.flows:
        yield from ((flow.origin, "compartment"), (flow.to, "compartment"))
        yield from ((name, "parameter") for name in (flow.rate, flow.clearance, flow.mean) if name is not None)
        yield from _shares(flow.share)
    for route in model.routes.values():
        for leg in route.legs:
            yield leg.to, "compartment"
            yield from ((name, "parameter") for name in (leg.over, leg.lag) if name is not None)
            yield from _shares(leg.share)
        if route.later is not None:
            yield from ((route.later.parameter, "parameter"), (route.later.factor, "parameter"))
    for analyte in model.analytes:
        yield from ((analyte.compartment, "compartment"), (analyte.volume, "parameter"))
    yield from ((change.parameter, "parameter") for change in model.changes)
    if model.variability is not None:
        yield from ((name, "parameter") for name in (*model.variability.names, *model.variability.logit_sd, *model.variability.missing))


def _shares(share: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((factor.removeprefix("1-"), "parameter") for factor in share)
