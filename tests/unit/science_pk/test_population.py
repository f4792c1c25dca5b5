"""Invented people: as the published variability has them, the same for the same seed, and never made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from afterglow.science import pk
from afterglow.science.pk import reduced, wheel
from afterglow.science.pk.model import Flow, Parameter
from afterglow.science.pk.population import PEOPLE_AT_MOST, levels, sampled
from afterglow.science.pk.refusals import NoVariability, OutsideModelRange, UnlikeLevel, WrongDrug
from tests.support.pk_models import models

DAN = pk.Person(weight_kg=70, age_years=30)
DOSE = [pk.dose_from("17.5 mg IV over 40 min")]
TIMES = np.array([0.0, 20.0, 40.0, 41.5, 90.0, 240.0])


def by_the_other_way(model: pk.Model, values: dict[str, np.ndarray], doses: list[pk.Dose], analyte: str) -> np.ndarray:
    return pk.concentrations(model, doses, values, TIMES).of(analyte)


@pytest.mark.parametrize(
    ("name", "dose"),
    [
        ("otto2021", "17.5 mg IV over 40 min"),
        ("fanta2015", "17.5 mg IV"),
        ("simons2022_otf", "50 mg oral film"),
        ("simons2022_otf", "17.5 mg IV over 40 min"),
        ("perez_ruixo2021", "28 mg nasal at 20 min"),
    ],
)
def test_each_analyte_is_what_the_whole_model_says(name, dose):
    """Leaving out what an analyte does not depend on, and the formula for wheels, change nothing."""
    model, doses = models()[name], [pk.dose_from(dose)]
    values = sampled(model, DAN, people=40, seed=3)
    for analyte in model.analytes:
        made = levels(model, doses, values, TIMES, analyte)
        assert made.shape == (40, TIMES.size)
        expected = by_the_other_way(model, values, doses, analyte.name)
        assert np.max(np.abs(made - expected)) <= 1e-9 * expected.max()


def varied(name: str, people: int) -> tuple[pk.Model, dict[str, np.ndarray]]:
    model, chance = models()[name], np.random.default_rng(5)
    values = {key: np.repeat(value, people) for key, value in pk.values_for(model, [DAN]).items()}
    return model, {key: value * np.exp(0.4 * chance.standard_normal(people)) for key, value in values.items()}


@pytest.mark.parametrize("name", ["domino_tci", "clements250", "hijazi2003", "kamp2020_meta", "fanta2015"])
def test_the_formula_for_wheels_agrees_with_the_modes(name):
    doses = [pk.dose_from(text) for text in ("10 mg IV", "20 mg IV over 30 min at 10 min", "5 mg IV over 60 min at 20 min")]
    model, values = varied(name, wheel.GROUP + 100)
    made = levels(model, doses, values, TIMES, model.analytes[0])
    expected = by_the_other_way(model, values, doses, model.analytes[0].name)
    assert np.all(np.abs(made - expected) <= 1e-10 * expected.max())


def test_one_compartment_is_a_wheel_without_a_rim():
    model, values = varied("clements250", 5)
    lone = replace(model, compartments=("central",), flows=(Flow(origin="central", to="out", rate="k10"),))
    made = levels(lone, [pk.dose_from("10 mg IV")], values, TIMES, lone.analytes[0])
    assert made == pytest.approx(10_000 / values["V1"][:, None] * np.exp(-values["k10"][:, None] * TIMES))


def test_people_whose_roots_meet_go_the_other_way():
    """A rim that exchanges next to nothing, at the rate at which the hub empties: no weights can be told apart."""
    model, values = varied("clements250", 3)
    values |= {"k10": np.full(3, 0.01), "k12": np.full(3, 1e-18), "k21": np.full(3, 0.01)}
    assert not wheel.poles(model, values, reduced.spokes(model)).clear.any()
    made = levels(model, [pk.dose_from("10 mg IV")], values, TIMES, model.analytes[0])
    assert made == pytest.approx(10_000 / values["V1"][:, None] * np.exp(-0.01 * TIMES))


def test_a_start_that_differs_between_people_is_no_matter_for_the_formula():
    model, values = varied("clements250", 3)
    late = replace(
        model,
        parameters={**model.parameters, "lag": Parameter(value=10, unit="min")},
        routes={"iv": replace(model.routes["iv"], legs=(replace(model.routes["iv"].legs[0], lag="lag"),))},
    )
    values["lag"] = np.array([0.0, 20.0, 30.0])
    made = levels(late, [pk.dose_from("10 mg IV")], values, TIMES, late.analytes[0])
    assert list(made[:, 0] > 0) == [True, False, False]
    assert made == pytest.approx(by_the_other_way(late, values, [pk.dose_from("10 mg IV")], "ketamine"))


def test_what_is_no_wheel_is_seen():
    model = models()["clements250"]
    chain = replace(model, flows=(*model.flows, Flow(origin="peripheral", to="out", rate="k10")))
    assert reduced.spokes(chain) is None
    assert len(reduced.spokes(model)) == 1


def test_the_same_seed_gives_the_same_people():
    one, same, other = (pk.crowd(models()["otto2021"], DOSE, DAN, TIMES, people=50, seed=seed).values for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_people_vary_as_it_was_published():
    values = sampled(models()["otto2021"], DAN, people=200_000, seed=1)
    logs = np.log([values["V1"], values["CL"], values["Vnk"], values["CLnk"]])
    assert np.cov(logs) == pytest.approx(np.array(models()["otto2021"].variability.covariance), abs=2e-3)
    shares = sampled(models()["perez_ruixo2021"], DAN, people=200_000, seed=1)["FRn"]
    assert np.std(np.log(shares / (1 - shares))) == pytest.approx(0.708, rel=0.01)
    assert 0 < shares.min() < shares.max() < 1


def test_the_band_of_s_ketamine_is_the_one_that_was_worked_out_elsewhere():
    """clinical_facts 1.2: 0.25 mg/kg over 40 min, Otto 2021: 5th, 50th and 95th percentile at 40 min of 56.1, 78.7 and 102.2 ng/mL."""
    found = pk.crowd(models()["otto2021"], DOSE, DAN, [40], people=100_000)
    assert found.percentiles([5, 50, 95])[:, 0] == pytest.approx([56.1, 78.7, 102.2], rel=0.05)
    assert found.says[-1].startswith("The band is how people differ")


# hazard: H34
def test_no_band_is_made_up():
    with pytest.raises(NoVariability):
        pk.crowd(models()["clements250"], [pk.dose_from("35 mg IV")], DAN, TIMES)
    narrow = pk.crowd(models()["perez_ruixo2021"], [pk.dose_from("28 mg nasal")], DAN, TIMES, people=5, drug="S-ketamine")
    assert narrow.says[0] == "The band is too narrow: how kmet differs between people is not known."


@pytest.mark.parametrize("people", [0, PEOPLE_AT_MOST + 1])
def test_how_many_people_is_bounded(people):
    with pytest.raises(OutsideModelRange):
        pk.crowd(models()["otto2021"], DOSE, DAN, TIMES, people=people)


# hazard: H4
def test_another_drug_or_analyte_is_refused():
    with pytest.raises(WrongDrug):
        pk.crowd(models()["otto2021"], DOSE, DAN, TIMES, drug="racemic ketamine")
    with pytest.raises(KeyError):
        pk.crowd(models()["otto2021"], DOSE, DAN, TIMES, analyte="ketamine")


# hazard: H34
def test_a_level_is_compared_only_with_its_own_drug_unit_and_sampling_site():
    """Safety 22."""
    venous = pk.crowd(models()["otto2021"], DOSE, DAN, TIMES, people=500)
    level = pk.Level(value=80, unit="ng/mL", drug="S-ketamine", site="venous")
    share = venous.share_above(level)
    assert share.shape == TIMES.shape
    assert share[0] == 0 < share[2] < 1
    for wrong in (
        replace(level, site="arterial"), replace(level, site="unknown"), replace(level, drug="racemic ketamine"), replace(level, unit="nmol/mL"),
    ):  # fmt: skip
        with pytest.raises(UnlikeLevel):
            venous.share_above(wrong)
    unknown = pk.crowd(models()["perez_ruixo2021"], [pk.dose_from("28 mg nasal")], DAN, TIMES, people=5)
    with pytest.raises(UnlikeLevel):
        unknown.share_above(replace(level, site="unknown"))
