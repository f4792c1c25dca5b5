"""From a model and its people to numbers: each person's parameters, the rates between compartments, and what enters when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from afterglow.science.pk.doses import Dose
from afterglow.science.pk.model import ADULT_FROM_YEARS, OUT, UNITS, Change, FloatArray, Flow, Leg, Model, Parameter, Person, Route
from afterglow.science.pk.refusals import OutsideModelRange, UnknownDose, UnknownRoute, WrongPopulation

REFERENCE_KG = 70.0
Values = Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What enters one compartment: ug of drug for each person (shape (people,)), at `from_min`, evenly until `until_min` (shape (people,)).

    Where both times are the same, all of it enters at once.
    """

    compartment: int
    amount_ug: FloatArray
    from_min: FloatArray
    until_min: FloatArray


def fits(model: Model, person: Person) -> tuple[str, ...]:
    """What must be said about this person under this model.  Raises OutsideModelRange, WrongPopulation where it may not run at all."""
    _weight_fits(model, person)
    group = model.population.group
    if person.age_years is None:
        asked = f"The age was not stated: this model is for {group} only."
        return (asked, *_weight_unknown(model), *_needs_age(model))
    if not math.isfinite(person.age_years) or person.age_years < 0:
        raise OutsideModelRange(f"An age of {person.age_years} years is not possible.", "Enter the age in years.")
    if (person.age_years >= ADULT_FROM_YEARS) != (group == "adults"):
        raise WrongPopulation(f"{model.name} was made from {group}.", "Choose a model that was made from people of this age.")
    return (*_age_beyond(model, person.age_years), *_weight_unknown(model))


def _weight_fits(model: Model, person: Person) -> None:
    weight, known = person.weight_kg, model.population.weight_kg
    if not math.isfinite(weight) or weight <= 0:
        raise OutsideModelRange(f"A weight of {weight} kg is not possible.", "Weigh the person and enter kg.")
    if known is not None and not known[0] <= weight <= known[1]:
        raise OutsideModelRange(
            f"{model.name} was made from people of {known[0]:g} to {known[1]:g} kg, and {weight:g} kg is outside.",
            "Choose a model that covers this weight.",
        )


def _weight_unknown(model: Model) -> tuple[str, ...]:
    return () if model.population.weight_kg else ("From which weights this model was made is not known.",)


def _needs_age(model: Model) -> tuple[str, ...]:
    ages = sorted({change.over_years for change in model.changes if change.over_years is not None})
    return tuple(f"Above {age:g} years this model changes with age; without an age it is run as if younger." for age in ages)


def _age_beyond(model: Model, age_years: float) -> tuple[str, ...]:
    known = model.population.age_years
    if known is None or known[0] <= age_years <= known[1]:
        return ()
    return (f"The model was made from people of {known[0]:g} to {known[1]:g} years; {age_years:g} years is beyond.",)


def values_for(model: Model, people: Sequence[Person]) -> dict[str, FloatArray]:
    """Each parameter of each person, shape (people,), in L, L/min, 1/min, min or as a share.  Who may be asked about is not judged here."""
    weights = np.array([person.weight_kg for person in people], dtype=np.float64)
    values = {name: _scaled(parameter, weights) for name, parameter in model.parameters.items()}
    for change in model.changes:
        factor_or_sum = np.array([_changed(change, person, model) for person in people], dtype=np.float64)
        values[change.parameter] = values[change.parameter] * factor_or_sum if change.over_years is None else values[change.parameter] + factor_or_sum
    return values


def _scaled(parameter: Parameter, weights_kg: FloatArray) -> FloatArray:
    value = np.full(weights_kg.shape, parameter.value * UNITS[parameter.unit])
    if parameter.unit == "L/kg":
        return value * weights_kg
    return value if parameter.power is None else value * (weights_kg / REFERENCE_KG) ** parameter.power


def _changed(change: Change, person: Person, model: Model) -> float:
    if change.over_years is None:
        return change.factor if change.ancestry in _ancestries(person) else 1.0
    years = max(0.0, (person.age_years or 0.0) - change.over_years)
    return years * change.adds_per_year * UNITS[model.parameters[change.parameter].unit]


def _ancestries(person: Person) -> tuple[str, ...]:
    """Whoever is of Japanese ancestry is of Asian ancestry as well: the model states an effect for each."""
    return ("japanese", "asian") if person.ancestry == "japanese" else (person.ancestry or "",)


def rate_matrix(model: Model, values: Values) -> FloatArray:
    """dA/dt = K A, 1/min, shape (people, compartments + 1, compartments + 1); the last one is what has left the body."""
    people = next(iter(values.values())).shape[0]
    size = len(model.compartments) + 1
    index = {name: number for number, name in enumerate((*model.compartments, OUT))}
    matrix = np.zeros((people, size, size))
    for flow in model.flows:
        origin, to = index[flow.origin], index[flow.to]
        rate = rate_of(flow, model, values)
        matrix[:, to, origin] += rate
        matrix[:, origin, origin] -= rate
    return matrix


def rate_of(flow: Flow, model: Model, values: Values) -> FloatArray:
    """1/min, shape (people,)."""
    if flow.clearance is not None:
        rate = values[flow.clearance] / values[model.volumes[flow.origin]]
    elif flow.rate is not None:
        rate = values[flow.rate]
    else:
        rate = flow.steps / values[flow.mean or ""]
    return rate * share_of(flow.share, values)


def share_of(factors: Sequence[str], values: Values) -> FloatArray:
    """The product of the named shares, shape (people,); "1-F" is what F leaves."""
    product = np.ones(next(iter(values.values())).shape[0])
    for factor in factors:
        product = product * (1.0 - values[factor[2:]] if factor.startswith("1-") else values[factor])
    return product


def inputs_of(model: Model, values: Values, doses: Sequence[Dose]) -> list[Input]:
    """What enters which compartment when.  Raises UnknownRoute, UnknownDose (more than one device holds)."""
    inputs: list[Input] = []
    last: dict[str, float] = {}
    for dose in doses:
        route = route_of(model, dose)
        before = last.get(dose.route)
        last[dose.route] = dose.at_min
        here = _later(route, values, None if before is None else dose.at_min - before)
        inputs += [_input(model, leg, here, dose) for leg in route.legs]
    return inputs


def route_of(model: Model, dose: Dose) -> Route:
    """How this model lets the dose in."""
    route = model.routes.get(dose.route)
    if route is None:
        raise UnknownRoute(f"{model.name} does not describe the route {dose.route}.", f"It describes {', '.join(model.routes)}.")
    if route.at_most_mg is not None and dose.amount_mg > route.at_most_mg * (1 + 1e-9):
        raise UnknownDose(
            f"One device holds {route.at_most_mg:g} mg, and the dose is {dose.amount_mg:g} mg.",
            "Enter each device as a dose of its own, with its time.",
        )
    return route


def _later(route: Route, values: Values, since_min: float | None) -> Values:
    later = route.later
    if later is None or since_min is None or since_min > later.within_min:
        return values
    return {**values, later.parameter: values[later.parameter] * values[later.factor]}


def _input(model: Model, leg: Leg, values: Values, dose: Dose) -> Input:
    amount = dose.amount_mg * 1000.0 * share_of(leg.share, values)
    start = np.full(amount.shape, dose.at_min) if leg.lag is None else dose.at_min + values[leg.lag]
    length = np.full(amount.shape, dose.over_min) if leg.over is None else dose.over_min + values[leg.over]
    return Input(compartment=model.compartments.index(leg.to), amount_ug=amount, from_min=start, until_min=start + length)
