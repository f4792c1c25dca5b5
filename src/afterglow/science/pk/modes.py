"""The closed form of a linear system: amounts over time as sums of exponentials, exact at every time, without steps.

Where a system has as many modes as compartments, the amount in i after a unit in j is the sum over modes m of
W[i, m] exp(lambda_m t) W^-1[m, j] (Wagner 1976, J Pharmacokinet Biopharm 4:443).  Chains of equal compartments have fewer modes; such a
system is solved through the exponential of its matrix, by scaling and squaring with the [13/13] Pade approximant (Higham 2005,
SIAM J Matrix Anal Appl 26:1179), which is exact to rounding as well and slower.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from afterglow.science.pk.model import FloatArray
from afterglow.science.pk.system import Input

Mask = NDArray[np.bool_]
# Above this condition number of its modes a system is solved through the matrix exponential: what is lost is about 1e-16 times it.
WORST_CONDITION: Final = 1e6
_PADE: Final = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_PADE_REACH: Final = 5.371920351148152


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Rates (people, modes), 1/min, zero or below; `into` (people, modes, compartments) and `out_of` (people, compartments, modes)."""

    rates: FloatArray
    into: FloatArray
    out_of: FloatArray


def modes_of(matrix: FloatArray) -> tuple[Modes, Mask]:
    """The modes of each person's system (people, n, n), and whose are real and independent of each other, shape (people,)."""
    rates, out_of = np.linalg.eig(matrix)
    real = np.all(np.imag(rates) == 0.0, axis=1)
    sound = real & (np.linalg.cond(out_of) <= WORST_CONDITION)
    kept = np.real(np.where(sound[:, None, None], out_of, np.eye(matrix.shape[1])))
    return Modes(rates=np.minimum(np.real(rates), 0.0), into=np.linalg.inv(kept), out_of=kept), sound


def amounts(matrix: FloatArray, inputs: Sequence[Input], times_min: FloatArray, *, only: int | None = None) -> FloatArray:
    """ug in each compartment, shape (people, compartments, times), for a system that is empty before the first input.

    `only`: the one compartment that is wanted; then the shape is (people, 1, times).
    """
    modes, sound = modes_of(matrix)
    rows = slice(None) if only is None else slice(only, only + 1)
    if not np.any(sound):
        return _by_exponential(matrix, inputs, times_min)[:, rows]
    state = np.zeros((*modes.rates.shape, times_min.size))
    for one in inputs:
        state += modes.into[:, :, one.compartment, None] * (one.amount_ug[:, None, None] * _response(modes.rates, one, times_min))
    held: FloatArray = modes.out_of[:, rows] @ state
    if not np.all(sound):
        others = np.flatnonzero(~sound)
        held[others] = _by_exponential(matrix[others], [part_of(one, others) for one in inputs], times_min)[:, rows]
    return held


def part_of(one: Input, some: slice | list[int] | NDArray[np.intp]) -> Input:
    """The same input for some of the people."""
    return Input(compartment=one.compartment, amount_ug=one.amount_ug[some], from_min=one.from_min[some], until_min=one.until_min[some])


def _response(rates: FloatArray, one: Input, times_min: FloatArray) -> FloatArray:
    """What is left of a unit entered evenly between the two times, in each mode: shape (people, modes, times).

    For a rate r and an entry over T minutes that ended s minutes ago: exp(r s) (exp(r T) - 1) / (r T), and exp(r s) when T is 0.
    """
    start, until = one.from_min[:, None], one.until_min[:, None]
    entered = np.clip(times_min[None, :], start, until) - start
    since = np.maximum(times_min[None, :] - until, 0.0)
    length = until - start
    share = np.where(length > 0.0, entered / np.where(length > 0.0, length, 1.0), (times_min[None, :] >= start) * 1.0)
    exponent = rates[:, :, None] * entered[:, None, :]
    flat = np.abs(exponent) < 1e-300
    mean_left = np.where(flat, 1.0, np.expm1(exponent) / np.where(flat, 1.0, exponent))
    left: FloatArray = share[:, None, :] * mean_left * np.exp(rates[:, :, None] * since[:, None, :])
    return left


def expm(matrix: FloatArray) -> FloatArray:
    """The exponential of each matrix, shape (..., n, n)."""
    norm = float(np.max(np.sum(np.abs(matrix), axis=-2)))
    squarings = max(0, int(np.ceil(np.log2(norm / _PADE_REACH)))) if norm > 0 else 0
    scaled = matrix / 2.0**squarings
    second = scaled @ scaled
    fourth = second @ second
    sixth = second @ fourth
    eye = np.broadcast_to(np.eye(matrix.shape[-1]), matrix.shape)
    b = _PADE
    odd = scaled @ (sixth @ (b[13] * sixth + b[11] * fourth + b[9] * second) + b[7] * sixth + b[5] * fourth + b[3] * second + b[1] * eye)
    even = sixth @ (b[12] * sixth + b[10] * fourth + b[8] * second) + b[6] * sixth + b[4] * fourth + b[2] * second + b[0] * eye
    grown = np.asarray(np.linalg.solve(even - odd, even + odd), dtype=np.float64)
    for _ in range(squarings):
        grown = np.asarray(grown @ grown, dtype=np.float64)
    return grown


def _by_exponential(matrix: FloatArray, inputs: Sequence[Input], times_min: FloatArray) -> FloatArray:
    """The same amounts, carried from one time of interest to the next; people whose inputs have other times are carried by themselves."""
    answer = np.empty((*matrix.shape[:2], times_min.size))
    for group, alike in _alike(matrix.shape[0], inputs):
        answer[group] = _carried(matrix[group], alike, times_min)
    return answer


def _alike(people: int, inputs: Sequence[Input]) -> Iterator[tuple[list[int], list[Input]]]:
    """People whose inputs start and end at the same times, and those inputs."""
    groups: dict[tuple[tuple[float, float], ...], list[int]] = {}
    for person in range(people):
        groups.setdefault(tuple((float(one.from_min[person]), float(one.until_min[person])) for one in inputs), []).append(person)
    for group in groups.values():
        yield group, [part_of(one, group) for one in inputs]


def _carried(matrix: FloatArray, inputs: Sequence[Input], times_min: FloatArray) -> FloatArray:
    """Amounts of people (people, n, times) from change to change; steps of one length between two changes are taken together."""
    people, size = matrix.shape[:2]
    changes = {0.0, *(float(edge[0]) for one in inputs for edge in (one.from_min, one.until_min))}
    wanted: dict[float, list[int]] = {}
    for number, time in enumerate(times_min.tolist()):
        wanted.setdefault(time, []).append(number)
    moments = sorted(changes | wanted.keys())
    state, answer = np.zeros((people, size)), np.empty((people, size, times_min.size))
    steps: dict[float, FloatArray] = {}
    at = 0
    while True:
        for one in inputs:
            if one.from_min[0] == one.until_min[0] == moments[at]:
                state[:, one.compartment] += one.amount_ug
        answer[:, :, wanted.get(moments[at], [])] = state[:, :, None]
        if at == len(moments) - 1:
            return answer
        count = _alike_ahead(moments, at, changes)
        both = np.concatenate([state, _entering(inputs, moments[at], state.shape)], axis=1)
        states = _after_steps(_step(matrix, moments[at + 1] - moments[at], steps), both, count)[:, :size]
        for ahead in range(1, count):
            answer[:, :, wanted[moments[at + ahead]]] = states[:, :, ahead - 1, None]
        state, at = states[:, :, -1], at + count


def _alike_ahead(moments: Sequence[float], at: int, changes: Collection[float]) -> int:
    """How many steps from here on have the length of the first, with no change between them."""
    length, count = moments[at + 1] - moments[at], 1
    while at + count < len(moments) - 1 and moments[at + count] not in changes and moments[at + count + 1] - moments[at + count] == length:
        count += 1
    return count


def _entering(inputs: Sequence[Input], now: float, shape: tuple[int, ...]) -> FloatArray:
    """ug/min that enter each compartment from `now` on, shape (people, n)."""
    rate = np.zeros(shape)
    for one in inputs:
        if one.from_min[0] <= now < one.until_min[0]:
            rate[:, one.compartment] += one.amount_ug / (one.until_min - one.from_min)
    return rate


def _step(matrix: FloatArray, minutes: float, known: dict[float, FloatArray]) -> FloatArray:
    """What some minutes do to amounts and to what enters evenly (Van Loan 1978), shape (people, 2n, 2n); computed once for each length."""
    size = matrix.shape[1]
    if minutes not in known:
        wide = np.zeros((matrix.shape[0], 2 * size, 2 * size))
        wide[:, :size, :size] = matrix * minutes
        wide[:, :size, size:] = np.eye(size) * minutes
        known[minutes] = expm(wide)
    return known[minutes]


def _after_steps(step: FloatArray, both: FloatArray, count: int) -> FloatArray:
    """The state after each of `count` equal steps, shape (people, 2n, count): what is known is doubled by one product at a time."""
    seen, power = step @ both[:, :, None], step
    while seen.shape[2] < count:
        seen = np.concatenate([seen, power @ seen], axis=2)
        power = power @ power
    states: FloatArray = seen[:, :, :count]
    return states
