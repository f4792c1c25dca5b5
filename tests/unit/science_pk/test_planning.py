"""Dose to reach a level, time until below one, pause, half rate, steady plan: right by another way of reckoning, and never an order."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.science import pk
from tests.support.pk_models import models

OTTO, SIMONS, PEREZ, CLEMENTS = (models()[name] for name in ("otto2021", "simons2022_otf", "perez_ruixo2021", "clements250"))
DAN = pk.Person(weight_kg=70, age_years=25)
INFUSION = pk.dose_from("17.5 mg IV over 40 min")


def level(value: float, site: str = "venous", unit: str = "ng/mL", drug: str = "S-ketamine") -> pk.Level:
    return pk.Level(value=value, unit=unit, drug=drug, site=site)


def at(model: pk.Model, doses: list[pk.Dose], minute: float, unit: str = "ng/mL") -> float:
    return float(pk.simulate(model, doses, [DAN], [minute], unit=unit).values[0, 0, 0])


def test_an_infusion_peaks_at_its_end():
    found = pk.peak(OTTO, [INFUSION], DAN)
    assert (found.at_min, found.value) == (40.0, pytest.approx(at(OTTO, [INFUSION], 40.0)))


def test_the_peak_of_a_swallowed_film_is_found_between_the_minutes_of_a_grid():
    film = pk.dose_from("50 mg oral film")
    found = pk.peak(SIMONS, [film], DAN)
    fine = pk.simulate(SIMONS, [film], [DAN], np.arange(0, 240, 0.01)).values[0, 0]
    assert found.value >= fine.max() - 1e-9
    assert found.value == pytest.approx(fine.max(), rel=1e-7)


def test_the_dose_that_reaches_a_level_peaks_there_and_says_that_it_is_no_order():
    found = pk.dose_to_reach(OTTO, level(100), INFUSION, DAN)
    assert at(OTTO, [found.dose], found.at_min) == pytest.approx(100, rel=1e-9)
    assert (found.dose.over_min, found.dose.route) == (40, "iv")
    assert (found.basis.model, found.basis.version, found.basis.site, found.basis.analyte) == ("otto2021", 1, "venous", "S-ketamine")
    assert "orders, changes and releases nothing" in found.basis.says[0]
    assert "about half" in found.basis.says[1]


def test_a_level_in_moles_is_reached_in_moles():
    found = pk.dose_to_reach(SIMONS, level(0.3, "arterial", "nmol/mL"), INFUSION, DAN)
    assert (found.basis.unit, at(SIMONS, [found.dose], found.at_min, "nmol/mL")) == ("nmol/mL", pytest.approx(0.3))


# hazard: H4
@pytest.mark.parametrize(
    ("model", "wanted"),
    [
        (OTTO, level(71, "arterial")),
        (OTTO, level(71, "unknown")),
        (CLEMENTS, level(71, drug="racemic ketamine")),
        (OTTO, level(71, drug="racemic ketamine")),
    ],
    ids=["other site", "site not stated", "model without a site", "other drug"],
)
def test_a_level_of_another_kind_is_refused(model, wanted):
    for ask in (
        lambda: pk.dose_to_reach(model, wanted, INFUSION, DAN),
        lambda: pk.time_until_below(model, [INFUSION], DAN, wanted),
        lambda: pk.steady_infusion(model, wanted, DAN, load_min=10, step_min=10, steps=3),
    ):
        with pytest.raises(pk.UnlikeLevel):
            ask()


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_no_level_is_refused(value):
    with pytest.raises(pk.OutsideModelRange):
        pk.dose_to_reach(OTTO, level(value), INFUSION, DAN)


def test_an_adult_model_plans_nothing_for_a_child():
    with pytest.raises(pk.WrongPopulation):
        pk.dose_to_reach(OTTO, level(50), INFUSION, pk.Person(weight_kg=40, age_years=12))


def test_the_time_until_below_is_the_last_at_the_level():
    twice = [INFUSION, pk.dose_from("17.5 mg IV over 40 min at 120 min")]
    found = pk.time_until_below(OTTO, twice, DAN, level(20))
    assert found.at_min > 160, "the second infusion counts"
    assert at(OTTO, twice, found.at_min) == pytest.approx(20, rel=1e-4)
    assert at(OTTO, twice, found.at_min + 0.01) < 20
    assert "not recovery" in found.basis.says[-1]


def test_a_level_that_falls_below_long_after_is_found_and_one_never_reached_has_no_time():
    late = pk.time_until_below(OTTO, [INFUSION], DAN, level(0.05))
    assert late.at_min > 520
    assert at(OTTO, [INFUSION], late.at_min) == pytest.approx(0.05, rel=1e-4)
    assert pk.time_until_below(OTTO, [INFUSION], DAN, level(500)).at_min is None


def test_a_level_that_takes_months_is_refused():
    with pytest.raises(pk.OutsideModelRange):
        pk.time_until_below(OTTO, [INFUSION], DAN, level(1e-200))


def test_a_pause_moves_the_rest_and_loses_nothing():
    found = pk.if_paused(OTTO, INFUSION, DAN, [20, 30, 40, 50], at_min=20, for_min=10)
    assert [(dose.amount_mg, dose.at_min, dose.over_min) for dose in found.doses] == [(8.75, 0, 20), (8.75, 30, 20)]
    assert found.as_planned[0] == pytest.approx(found.changed[0])
    assert found.changed[1] < found.as_planned[1]
    assert found.basis.unit == "ng/mL"


def test_half_the_rate_takes_twice_the_rest():
    found = pk.if_slowed(OTTO, INFUSION, DAN, [10, 40, 70], at_min=10)
    assert [(dose.amount_mg, dose.at_min, dose.over_min) for dose in found.doses] == [(4.375, 0, 10), (13.125, 10, 60)]
    assert found.changed[1] < found.as_planned[1]
    assert found.changed[2] > found.as_planned[2]


@pytest.mark.parametrize(("at_min", "share"), [(0, 0.5), (40, 0.5), (20, 0), (20, 1.5), (20, float("nan"))])
def test_what_cannot_be_slowed_is_refused(at_min, share):
    with pytest.raises(pk.QuantityRefused):
        pk.slowed(INFUSION, at_min=at_min, share=share)


def test_a_steady_plan_comes_back_to_the_level_and_tends_to_clearance_times_level():
    found = pk.steady_infusion(OTTO, level(80), DAN, load_min=10, step_min=60, steps=60)
    assert len(found.doses) == 61
    for dose in found.doses:
        assert at(OTTO, list(found.doses), dose.ends_min) == pytest.approx(80, rel=1e-9)
    rates = [dose.amount_mg / dose.over_min for dose in found.doses]
    assert rates == sorted(rates, reverse=True)
    # At steady state what enters is what leaves: 95.2 L/h at 80 ug/L.
    assert found.last_mg_per_min == pytest.approx(95.2 / 60 * 80 / 1000, rel=1e-3)
    assert 65 < found.low <= 80 <= found.high < 95


@pytest.mark.parametrize(("load", "step", "steps"), [(0, 10, 3), (10, 0, 3), (10, 10, 0), (10, 10, 501)])
def test_a_plan_without_time_is_refused(load, step, steps):
    with pytest.raises(pk.QuantityRefused):
        pk.steady_infusion(OTTO, level(80), DAN, load_min=load, step_min=step, steps=steps)
