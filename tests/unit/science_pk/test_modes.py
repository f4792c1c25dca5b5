"""The two ways of solving: what each can do, and that people with unlike inputs are kept apart."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.science.pk import modes
from afterglow.science.pk.system import Input

CHAIN = np.array([[[-0.1, 0.0, 0.0], [0.1, -0.1, 0.0], [0.0, 0.1, 0.0]]])
WHIRL = np.array([[[-0.1, 0.0, 0.1], [0.1, -0.1, 0.0], [0.0, 0.1, -0.1]]])
TIMES = np.array([0.0, 5.0, 10.0, 20.0, 20.0])


def bolus(amounts: list[float], at_min: list[float]) -> Input:
    return Input(compartment=0, amount_ug=np.array(amounts), from_min=np.array(at_min), until_min=np.array(at_min))


def test_a_chain_of_equal_compartments_has_no_modes_and_is_solved_all_the_same():
    """Two equal steps: what is in the second after a unit in the first is k t exp(-k t)."""
    assert not modes.modes_of(CHAIN)[1].any()
    held = modes.amounts(CHAIN, [bolus([1.0], [0.0])], TIMES)
    assert held[0, 1] == pytest.approx(0.1 * TIMES * np.exp(-0.1 * TIMES))


def test_a_circle_of_flows_has_complex_modes_and_is_solved_all_the_same():
    assert not modes.modes_of(WHIRL)[1].any()
    held = modes.amounts(WHIRL, [bolus([1.0], [0.0])], np.array([0.0, 1e4]))
    assert held[0, :, 1] == pytest.approx([1 / 3] * 3)


def test_people_whose_doses_have_other_times_are_carried_by_themselves():
    both = modes.amounts(np.repeat(CHAIN, 2, axis=0), [bolus([1.0, 2.0], [0.0, 5.0])], TIMES)
    assert both[0] == pytest.approx(modes.amounts(CHAIN, [bolus([1.0], [0.0])], TIMES)[0])
    assert both[1] == pytest.approx(modes.amounts(CHAIN, [bolus([2.0], [5.0])], TIMES)[0])


def test_the_exponential_of_nothing_is_the_identity_and_of_a_large_matrix_exact():
    assert modes.expm(np.zeros((1, 2, 2))) == pytest.approx(np.eye(2)[None])
    assert modes.expm(np.array([[-40.0, 0.0], [40.0, 0.0]])) == pytest.approx(np.array([[np.exp(-40.0), 0.0], [1 - np.exp(-40.0), 1.0]]))


def test_who_has_no_modes_is_solved_beside_those_who_have():
    unlike = CHAIN.copy()
    unlike[0, 0, 0], unlike[0, 1, 0] = -0.2, 0.2
    mixed = np.concatenate([CHAIN, unlike])
    assert modes.modes_of(mixed)[1].tolist() == [False, True]
    held = modes.amounts(mixed, [bolus([1.0, 1.0], [0.0, 0.0])], TIMES)
    assert held[0, 1] == pytest.approx(0.1 * TIMES * np.exp(-0.1 * TIMES))
    assert held[1, 1] == pytest.approx(0.2 / 0.1 * (np.exp(-0.1 * TIMES) - np.exp(-0.2 * TIMES)))
    assert modes.amounts(mixed, [bolus([1.0, 1.0], [0.0, 0.0])], TIMES, only=1)[:, 0] == pytest.approx(held[:, 1])


def test_many_equal_steps_are_the_same_as_unequal_ones():
    """Minute by minute (steps taken together) and at odd moments between them (one by one), with an infusion that starts and ends on the way."""
    infusion = Input(compartment=0, amount_ug=np.array([3.0]), from_min=np.array([7.0]), until_min=np.array([19.0]))
    minutes = np.arange(0.0, 61.0)
    odd = np.sort(np.concatenate([minutes, minutes[:-1] + np.linspace(0.1, 0.9, 60)]))
    together = modes.amounts(CHAIN, [infusion, bolus([1.0], [2.5])], minutes)
    apart = modes.amounts(CHAIN, [infusion, bolus([1.0], [2.5])], odd)[:, :, np.isin(odd, minutes)]
    assert together == pytest.approx(apart, rel=1e-12, abs=1e-12)
