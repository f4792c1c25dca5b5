"""What a model says, for whom it may be asked, and what it refuses to mix."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.science import pk
from afterglow.science.pk.refusals import (
    NegativeTime,
    OutsideModelRange,
    UnitMismatch,
    UnknownDose,
    UnknownRoute,
    UnknownUnit,
    WrongDrug,
    WrongPopulation,
)
from tests.support.pk_models import models

DAN = pk.Person(weight_kg=70, age_years=40)
INFUSION = [pk.Dose(amount_mg=35, route="iv", over_min=40)]


def test_the_answer_has_a_row_for_each_analyte_and_person_and_a_column_for_each_time():
    found = pk.simulate(models()["otto2021"], INFUSION, [DAN, pk.Person(weight_kg=90, age_years=30)], [0, 40, 90], drug="S-ketamine")
    assert found.values.shape == (2, 2, 3)
    assert found.of("S-ketamine")[0, 1] > found.of("S-ketamine")[1, 1] > 0
    assert found.says == ("From which weights this model was made is not known.",)
    with pytest.raises(KeyError):
        found.of("ketamine")


# hazard: H4
def test_the_racemate_is_never_run_through_a_model_of_s_ketamine():
    with pytest.raises(WrongDrug):
        pk.simulate(models()["otto2021"], INFUSION, [DAN], [0], drug="racemic ketamine")


# hazard: H37
def test_no_adult_model_for_a_child_and_no_childrens_model_for_an_adult():
    with pytest.raises(WrongPopulation):
        pk.simulate(models()["clements250"], INFUSION, [pk.Person(weight_kg=50, age_years=17.9)], [0])
    with pytest.raises(WrongPopulation):
        pk.simulate(models()["hornik2018"], INFUSION, [pk.Person(weight_kg=50, age_years=18)], [0])
    assert pk.simulate(models()["hornik2018"], INFUSION, [pk.Person(weight_kg=50, age_years=17.9)], [0]).values.shape == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("herd2007", {"weight_kg": 90, "age_years": 14}),
        ("herd2007", {"weight_kg": 9, "age_years": 1}),
        ("clements250", {"weight_kg": 0}),
        ("clements250", {"weight_kg": float("nan")}),
        ("clements250", {"weight_kg": 70, "age_years": -1}),
        ("clements250", {"weight_kg": 70, "age_years": float("inf")}),
    ],
)
def test_a_person_outside_the_model_is_refused(name, person):
    with pytest.raises(OutsideModelRange):
        pk.simulate(models()[name], INFUSION, [pk.Person(**person)], [0])


def test_what_nobody_stated_is_said():
    unknown = pk.simulate(models()["perez_ruixo2021"], INFUSION, [pk.Person(weight_kg=70)], [0]).says
    assert unknown == (
        "The age was not stated: this model is for adults only.",
        "Above 60 years this model changes with age; without an age it is run as if younger.",
    )
    beyond = pk.simulate(models()["simons2022_otf"], INFUSION, [DAN], [0]).says
    assert beyond == ("The model was made from people of 19 to 32 years; 40 years is beyond.",)
    assert pk.simulate(models()["perez_ruixo2021"], INFUSION, [DAN], [0]).says == ()


@pytest.mark.parametrize("times", [[], [-1], [5, 4], [float("nan")], [[1]]])
def test_times_are_minutes_from_zero_on(times):
    with pytest.raises(NegativeTime):
        pk.simulate(models()["clements250"], INFUSION, [DAN], times)


# hazard: H4
def test_ng_and_nmol_never_mix():
    with pytest.raises(UnknownUnit):
        pk.simulate(models()["otto2021"], INFUSION, [DAN], [0], unit="ng")
    with pytest.raises(UnitMismatch):
        pk.simulate(models()["otto2021"], INFUSION, [DAN], [0], unit="nmol/mL")
    mass = pk.simulate(models()["simons2022_otf"], INFUSION, [DAN], [40])
    moles = pk.simulate(models()["simons2022_otf"], INFUSION, [DAN], [40], unit="nmol/mL")
    ratios = mass.values[:, 0, 0] / moles.values[:, 0, 0]
    assert ratios == pytest.approx([237.73, 223.7, 239.7])


def test_a_route_that_the_model_does_not_describe_is_refused():
    with pytest.raises(UnknownRoute, match="im"):
        pk.simulate(models()["clements250"], [pk.Dose(amount_mg=35, route="im")], [DAN], [0])


def test_each_nasal_device_is_a_dose_of_its_own_and_the_first_one_again_after_an_hour():
    model, times = models()["perez_ruixo2021"], [20.0]
    with pytest.raises(UnknownDose, match="One device holds 28 mg"):
        pk.simulate(model, [pk.Dose(amount_mg=56, route="intranasal")], [DAN], times)

    def second(at_min: float) -> float:
        both = [pk.Dose(amount_mg=28, route="intranasal"), pk.Dose(amount_mg=28, route="intranasal", at_min=at_min)]
        later = np.array([at_min + 20])
        alone = pk.simulate(model, both[:1], [DAN], later).of("esketamine")[0, 0]
        return float(pk.simulate(model, both, [DAN], later).of("esketamine")[0, 0] - alone)

    first = pk.simulate(model, [pk.Dose(amount_mg=28, route="intranasal")], [DAN], times).of("esketamine")[0, 0]
    assert second(61) == pytest.approx(first)
    assert second(60) < 0.75 * first


def test_age_and_ancestry_change_what_the_model_says_they_change():
    def parameter(name: str, **person: object) -> float:
        return float(pk.values_for(models()["perez_ruixo2021"], [pk.Person(weight_kg=70, **person)])[name][0])

    assert parameter("Qh", age_years=60) * 60 == pytest.approx(151)
    assert parameter("Qh", age_years=75) * 60 == pytest.approx(151 - 15 * 2.19)
    assert parameter("FRn", ancestry="japanese") == pytest.approx(0.54 * 1.34)
    assert parameter("FRn", ancestry="asian") == pytest.approx(0.54)
    assert parameter("kel", ancestry="japanese") == parameter("kel", ancestry="asian") == pytest.approx(0.36 * 1.11 / 60)


def test_a_lag_is_a_time_in_which_nothing_happens():
    from dataclasses import replace

    from afterglow.science.pk.model import Leg, Parameter, Route

    model = models()["derived_v1_im"]
    late = replace(
        model,
        parameters={**model.parameters, "lag": Parameter(value=10, unit="min")},
        routes={"im": Route(legs=(Leg(to="depot", share=("F",), lag="lag"),))},
    )
    dose = [pk.Dose(amount_mg=35, route="im")]
    assert pk.simulate(late, dose, [DAN], [10]).values[0, 0, 0] == 0
    assert pk.simulate(late, dose, [DAN], [32]).values == pytest.approx(pk.simulate(model, dose, [DAN], [22]).values)
