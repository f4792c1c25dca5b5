"""Laws of the pharmacokinetic engine: what holds for every model, dose history and person, not only for the examples."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from afterglow.science import pk
from afterglow.science.pk import modes
from afterglow.science.pk.model import Model
from afterglow.science.pk.system import inputs_of, rate_matrix
from tests.support.pk_models import models

TIMES = np.array([0.0, 1.0, 10.0, 25.0, 40.0, 60.0, 120.0, 300.0, 1440.0, 4320.0])
any_model = st.sampled_from(sorted(models())).map(lambda name: models()[name])
weights_kg = st.floats(5, 250)
minutes = st.floats(0, 240).map(lambda value: round(value, 1))
amounts_mg = st.floats(0.5, 27)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Model, list[pk.Dose], pk.Person]:
    """A model, up to four doses by its own routes in the order of their times, and a person."""
    model = draw(any_model)
    doses = []
    for at_min in sorted(draw(st.lists(minutes, min_size=1, max_size=4))):
        route = draw(st.sampled_from(sorted(model.routes)))
        over = draw(st.sampled_from([0.0, 0.5, 40.0, 100.0])) if route == "iv" else 0.0
        doses.append(pk.Dose(amount_mg=draw(amounts_mg), route=route, at_min=at_min, over_min=over))
    return model, doses, pk.Person(weight_kg=draw(weights_kg), age_years=draw(st.floats(18, 90)))


def curve(model: Model, doses: list[pk.Dose], person: pk.Person, times: np.ndarray = TIMES) -> np.ndarray:
    """Concentrations (analytes, times)."""
    return pk.concentrations(model, doses, pk.values_for(model, [person]), times).values[:, 0]


def close(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.all(np.abs(one - other) <= 1e-9 * max(1.0, float(np.max(np.abs(other))))))


def scaled(doses: list[pk.Dose], times: float) -> list[pk.Dose]:
    return [pk.Dose(amount_mg=dose.amount_mg * times, route=dose.route, at_min=dose.at_min, over_min=dose.over_min) for dose in doses]


@given(histories(), st.floats(0.01, 1))
def test_half_the_dose_is_half_the_curve(history, share):
    model, doses, person = history
    assert close(curve(model, scaled(doses, share), person), share * curve(model, doses, person))


@given(histories())
def test_doses_add_up_where_no_device_follows_another(history):
    model, doses, person = history
    doses = [dose for dose in doses if dose.route != "intranasal"] or [pk.Dose(amount_mg=5, route="iv")]
    if doses[0].route in model.routes:
        assert close(curve(model, doses, person), sum(curve(model, [dose], person) for dose in doses))


@given(histories(), st.floats(0.5, 500))
def test_a_later_start_is_the_same_curve_later(history, later_min):
    model, doses, person = history
    moved = [pk.Dose(amount_mg=dose.amount_mg, route=dose.route, at_min=dose.at_min + later_min, over_min=dose.over_min) for dose in doses]
    after = TIMES[TIMES > 0] + 0.25  # not on an edge, where rounding decides which side of a bolus a minute lies on
    assert close(curve(model, moved, person, after + later_min), curve(model, doses, person, after))


@given(histories())
def test_nothing_is_lost_and_nothing_is_made(history):
    model, doses, person = history
    values = pk.values_for(model, [person])
    inputs = inputs_of(model, values, doses)
    held = modes.amounts(rate_matrix(model, values), inputs, TIMES)[0]
    entered = np.zeros(TIMES.size)
    for one in inputs:
        start, until = one.from_min[0], one.until_min[0]
        share = (start <= TIMES) * 1.0 if until == start else np.clip((TIMES - start) / (until - start), 0, 1)
        entered += one.amount_ug[0] * share
    assert np.all(np.abs(held.sum(axis=0) - entered) <= 1e-9 * max(1.0, float(entered[-1])))
    assert np.all(np.diff(held[-1]) >= -1e-9 * max(1.0, float(entered[-1]))), "what has left the body does not come back"
    assert float(held.min()) >= -1e-9 * max(1.0, float(entered[-1]))


@given(histories(), st.floats(1.01, 3))
@settings(max_examples=50)
def test_more_clearance_is_never_a_higher_level_of_the_drug(history, times):
    model, doses, person = history
    faster = {"clements250": "k10", "domino_tci": "k10", "hijazi2003": "k10", "perez_ruixo2021": "kel", "simons2022_otf": "CLK1"}
    name = "k10" if model.id.startswith("derived") else faster.get(model.id, "CL")
    values = pk.values_for(model, [person])
    slow = pk.concentrations(model, doses, values, TIMES).values[0, 0]
    fast = pk.concentrations(model, doses, {**values, name: values[name] * times}, TIMES).values[0, 0]
    assert np.all(fast <= slow + 1e-9 * max(1.0, float(slow.max())))


@given(any_model, weights_kg, st.floats(1, 200))
def test_before_the_first_dose_there_is_nothing(model, weight_kg, at_min):
    route = sorted(model.routes)[0]
    before = curve(model, [pk.Dose(amount_mg=5, route=route, at_min=at_min)], pk.Person(weight_kg=weight_kg), np.array([0.0, at_min * 0.999]))
    assert np.all(before == 0)


@given(histories())
@settings(max_examples=50)
def test_both_ways_of_solving_say_the_same(history):
    """Modes and matrix exponential are two methods for one system."""
    model, doses, person = history
    values = pk.values_for(model, [person])
    matrix, inputs = rate_matrix(model, values), inputs_of(model, values, doses)
    one, other = modes.amounts(matrix, inputs, TIMES), modes._by_exponential(matrix, inputs, TIMES)
    assert np.all(np.abs(one - other) <= 1e-8 * max(1.0, float(np.max(other))))


@given(st.sampled_from(["otto2021", "fanta2015", "perez_ruixo2021", "simons2022_otf"]), st.floats(40, 120), st.integers(0, 1000))
@settings(max_examples=25)
def test_the_mean_of_many_goes_to_the_typical_person_as_people_become_alike(name, weight_kg, seed):
    model, person = models()[name], pk.Person(weight_kg=weight_kg if name != "simons2022_otf" else 70, age_years=30)
    doses, times = [pk.Dose(amount_mg=15, route="iv", over_min=40)], TIMES[:8]
    typical = pk.simulate(model, doses, [person], times).values[0, 0]
    away = [
        float(
            np.max(np.abs(pk.crowd(model, doses, person, times, people=200, seed=seed, spread=spread).values.mean(axis=0) - typical)) / typical.max()
        )
        for spread in (1e-2, 1e-4, 0.0)
    ]
    assert away[0] < 0.02
    assert away[1] < 2e-4
    assert away[2] < 1e-9


@given(st.sampled_from(["otto2021", "fanta2015", "simons2022_otf", "kamp2020_meta"]), st.floats(54, 92), st.floats(5, 500), st.floats(1, 100))
@settings(max_examples=25)
def test_the_dose_to_reach_a_level_reaches_it_and_is_passed_at_the_end(name, weight_kg, value, over_min):
    """Twice the level is twice the dose, and with that dose the level is left for good later than the end of the infusion."""
    model, person = models()[name], pk.Person(weight_kg=weight_kg)
    level = pk.Level(value=value, unit="ng/mL", drug=model.drug, site=model.site)
    like = pk.Dose(amount_mg=10, route="iv", over_min=over_min)
    once, twice = (pk.dose_to_reach(model, pk.Level(value=value * n, unit="ng/mL", drug=model.drug, site=model.site), like, person) for n in (1, 2))
    assert abs(twice.dose.amount_mg - 2 * once.dose.amount_mg) <= 1e-6 * once.dose.amount_mg
    assert abs(pk.peak(model, [once.dose], person).value - value) <= 1e-6 * value
    assert pk.time_until_below(model, [twice.dose], person, level).at_min > over_min


@given(histories(), st.floats(0.05, 0.95), st.floats(0.1, 1))
@settings(max_examples=50)
def test_a_slower_rest_gives_the_same_amount(history, when, share):
    model, _, person = history
    dose = pk.Dose(amount_mg=20, route="iv", at_min=5, over_min=40)
    rest = pk.slowed(dose, at_min=5 + 40 * when, share=share)
    assert abs(sum(one.amount_mg for one in rest) - 20) <= 1e-9
    if "iv" in model.routes:
        planned, slower = (curve(model, doses, person, np.array([45.0]))[0, 0] for doses in ([dose], list(rest)))
        assert slower <= planned * (1 + 1e-9)
