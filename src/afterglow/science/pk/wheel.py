"""Many people at once through a model of one, two or three compartments: poles from a formula, and a curve carried from minute to minute.

The level in the central compartment after a unit given there is a sum of at most three exponentials.  Their rates are the roots of a cubic
(trigonometric form, then two steps of Newton), their weights the residues (Dubois, Bertrand and Mentre 2011, Mathematical expressions of the
pharmacokinetic models, PFIM).  Between two times each exponential is multiplied by one factor, which is known once for each length of step;
so a curve costs a few multiplications a minute and person.  People are worked through in groups that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from afterglow.science.pk.model import FloatArray, Model
from afterglow.science.pk.reduced import Spoke
from afterglow.science.pk.system import Input, Values, rate_of

GROUP: Final = 4096
# Roots closer than this share of the largest lose too many digits in their weights: those people go another way.
CLOSEST: Final = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Poles:
    """Rates at which the central compartment empties and their weights after a unit, each of shape (modes, people); weights sum to 1.

    `clear`: which people's are well apart, shape (people,).
    """

    rates: FloatArray
    weights: FloatArray
    clear: NDArray[np.bool_]


def poles(model: Model, values: Values, rim: Sequence[Spoke]) -> Poles:
    """Of a model whose other compartments are `rim` (none, one or two)."""
    hub = model.analytes[0].compartment
    total = sum((rate_of(flow, model, values) for flow in model.flows if flow.origin == hub), np.zeros(_people(values)))
    back = [rate_of(spoke.back, model, values) for spoke in rim]
    loops = [rate_of(spoke.out, model, values) * rate for spoke, rate in zip(rim, back, strict=True)]
    rates = np.stack(_roots(total, back, loops))
    weights = np.ones_like(rates)
    gap = np.full(rates.shape[1], np.inf)
    for one in range(len(rates)):
        for rate in back:
            weights[one] *= rate - rates[one]
        for other in range(len(rates)):
            if other != one:
                apart = rates[other] - rates[one]
                gap = np.minimum(gap, np.abs(apart))
                weights[one] /= np.where(apart == 0.0, 1.0, apart)
    np.maximum(weights, 0.0, out=weights)  # never below zero in a wheel; rounding alone could leave a hair
    return Poles(rates=rates, weights=weights, clear=gap > CLOSEST * rates.max(axis=0))


def _people(values: Values) -> int:
    return int(next(iter(values.values())).shape[0])


def _roots(total: FloatArray, back: Sequence[FloatArray], loops: Sequence[FloatArray]) -> list[FloatArray]:
    """Roots x of (total - x) times each (back - x), less each loop times the other (back - x): one for each compartment, largest first."""
    if not back:
        return [total]
    if len(back) == 1:
        half, product = (total + back[0]) / 2, total * back[0] - loops[0]
        root = half + np.sqrt(np.maximum(half * half - product, 0.0))
        return [root, product / root]
    return _cubic(total + back[0] + back[1], total * (back[0] + back[1]) + back[0] * back[1] - loops[0] - loops[1],
                  total * back[0] * back[1] - loops[0] * back[1] - loops[1] * back[0])  # fmt: skip


def _cubic(a: FloatArray, b: FloatArray, c: FloatArray) -> list[FloatArray]:
    """The three real roots of x^3 - a x^2 + b x - c, largest first."""
    p = np.maximum(a * a - 3 * b, 0.0)
    r = np.sqrt(p)
    cube = np.where(r > 0.0, r * p, 1.0)
    angle = np.arccos(np.clip((a * (a * a - 4.5 * b) + 13.5 * c) / cube, -1.0, 1.0)) / 3
    largest = _polished((a + 2 * r * np.cos(angle)) / 3, a, b, c)
    rest, product = a - largest, c / largest  # sum and product of the other two, without taking close numbers from each other
    middle = rest / 2 + np.sqrt(np.maximum(rest * rest / 4 - product, 0.0))
    middle = _polished(middle, a, b, c)
    return [largest, middle, c / (largest * middle)]


def _polished(x: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    for _ in range(2):
        slope = (3 * x - 2 * a) * x + b
        x = x - np.where(slope == 0.0, 0.0, (((x - a) * x + b) * x - c) / np.where(slope == 0.0, 1.0, slope))
    return x


def levels(found: Poles, per_ug: FloatArray, inputs: Sequence[Input], times_min: FloatArray) -> FloatArray:
    """Concentrations of shape (people, times); `per_ug` (people,) is what 1 ug in the central compartment is.

    All inputs enter the central compartment, at the same times for everybody.  The answer is one array, laid out with people side by
    side; beside it there are arrays of modes x GROUP only.
    """
    people = found.rates.shape[1]
    answer = np.empty((times_min.size, people))
    steps = list(_steps(inputs, times_min))
    for first in range(0, people, GROUP):
        some = slice(first, min(first + GROUP, people))
        _carry(found.rates[:, some], found.weights[:, some] * per_ug[some], [_part(one, some) for one in inputs], steps, answer[:, some])
    return answer.T


def _part(one: Input, some: slice) -> Input:
    return Input(compartment=one.compartment, amount_ug=one.amount_ug[some], from_min=one.from_min[:1], until_min=one.until_min[:1])


def _steps(inputs: Sequence[Input], times_min: FloatArray) -> Iterator[tuple[float, float, list[int]]]:
    """Each moment at which something is asked or changes: when, minutes since the one before, and which columns of the answer it is."""
    columns: dict[float, list[int]] = {}
    for number, time in enumerate(times_min.tolist()):
        columns.setdefault(time, []).append(number)
    edges = {float(edge[0]) for one in inputs for edge in (one.from_min, one.until_min)}
    before = 0.0
    for moment in sorted({0.0, *columns, *(edge for edge in edges if edge <= times_min[-1])}):
        yield moment, moment - before, columns.get(moment, [])
        before = moment


def _carry(
    rates: FloatArray, weights: FloatArray, inputs: Sequence[Input], steps: Sequence[tuple[float, float, list[int]]], answer: FloatArray
) -> None:
    """Fills `answer` (times, people of the group)."""
    state = np.zeros_like(rates)
    edges = {edge for one in inputs for edge in (one.from_min[0], one.until_min[0])}
    left: dict[float, FloatArray] = {}
    gained: dict[float, FloatArray] = {}
    entering: FloatArray | None = None
    for moment, minutes, columns in steps:
        if minutes:
            if minutes not in left:
                left[minutes] = np.exp(-rates * minutes)
            np.multiply(state, left[minutes], out=state)
            if entering is not None:
                if minutes not in gained:
                    gained[minutes] = -np.expm1(-rates * minutes) / rates * weights * entering
                np.add(state, gained[minutes], out=state)
        for one in inputs:
            if one.from_min[0] == one.until_min[0] == moment:
                state += weights * one.amount_ug
        if moment in edges:
            entering = _entering(inputs, moment)
            gained.clear()
        for column in columns:
            _summed(state, answer[column])


def _summed(state: FloatArray, row: FloatArray) -> None:
    """The modes together, in place."""
    np.copyto(row, state[0])
    for mode in state[1:]:
        np.add(row, mode, out=row)


def _entering(inputs: Sequence[Input], moment: float) -> FloatArray | None:
    """ug/min that enter from this moment on, shape (people,); None for nothing."""
    running = [one.amount_ug / (one.until_min[0] - one.from_min[0]) for one in inputs if one.from_min[0] <= moment < one.until_min[0]]
    return np.asarray(sum(running)) if running else None
