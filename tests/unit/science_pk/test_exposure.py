"""What changes exposure, by how much and how sure that is; what nobody measured stays unknown."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models

CONTENT = next(file.content for file in newest("codes") if file.id == "pk_exposure")
RATIOS = pk.ratios_from(CONTENT)
DAN = pk.Person(weight_kg=70, age_years=40)


# hazard: H39
@pytest.mark.parametrize("vignette", CONTENT["vignettes"], ids=lambda vignette: vignette["says"])
def test_the_file_does_what_its_vignettes_say(vignette):
    about = {"drug": vignette["drug"], "route": vignette["route"]}
    if vignette["gives"] is None:
        with pytest.raises(pk.UnknownExposure):
            pk.ratio_of(RATIOS, [vignette["cause"]], **about)
    else:
        found = pk.ratio_of(RATIOS, [vignette["cause"]], **about)
        assert {"auc": found.auc, "low": found.low, "high": found.high} == vignette["gives"]


def test_an_interval_that_was_not_published_is_said_to_be_unknown():
    assert {ratio.cause for ratio in RATIOS if ratio.interval_known} == {"grapefruit juice"}
    assert all(ratio.low <= ratio.auc <= ratio.high for ratio in RATIOS)


@pytest.mark.parametrize("causes", [[], ["ticlopidine", "grapefruit juice"], ["clopidogrel"]])
def test_none_several_and_others_are_unknown_and_never_one(causes):
    """A class is not its one measured member."""
    with pytest.raises(pk.UnknownExposure):
        pk.ratio_of(RATIOS, causes, drug="S-ketamine", route="oral")


# hazard: H4
def test_a_ratio_of_s_ketamine_is_not_one_of_the_racemate():
    assert pk.ratio_of(RATIOS, [" St John's wort "], drug="S-ketamine", route="oral").peak == 0.34
    with pytest.raises(pk.UnknownExposure):
        pk.ratio_of(RATIOS, ["st john's wort"], drug="racemic ketamine", route="oral")


@pytest.mark.parametrize("name", sorted(models()))
def test_the_area_is_dose_over_clearance_and_what_the_curve_encloses(name):
    model = models()[name]
    route = sorted(model.routes)[0]
    doses, times = [pk.Dose(amount_mg=20, route=route)], np.concatenate([np.linspace(0, 300, 30_001), np.linspace(301, 40_000, 40_000)])
    values = pk.values_for(model, [DAN])
    curve = pk.concentrations(model, doses, values, times).values[:, 0]
    assert pk.area(model, doses, values)[:, 0] == pytest.approx(np.trapezoid(curve, times, axis=1) / 60, rel=2e-3)


def test_the_area_of_an_infusion_is_dose_over_clearance():
    values = pk.values_for(models()["fanta2015"], [DAN])
    assert pk.area(models()["fanta2015"], [pk.dose_from("20 mg IV over 40 min")], values)[0, 0] == pytest.approx(20_000 / 95.2)


@pytest.mark.parametrize("name", ["clements250", "otto2021", "kamp2020_meta"])
def test_a_genotype_changes_the_clearance_of_the_drug(name):
    model, genotypes = models()[name], pk.genotypes_from(CONTENT)
    assert genotypes == {"*1/*1": 1.0, "*1/*6": 0.6, "*6/*6": 0.32}
    values, doses = pk.values_for(model, [DAN]), [pk.dose_from("20 mg IV over 40 min")]
    slow = pk.with_genotype(model, values, genotypes["*6/*6"])
    assert pk.area(model, doses, slow)[0] == pytest.approx(pk.area(model, doses, values)[0] / 0.32)


def test_a_model_with_a_liver_of_its_own_has_no_single_clearance():
    model = models()["perez_ruixo2021"]
    with pytest.raises(pk.UnknownExposure):
        pk.with_genotype(model, pk.values_for(model, [DAN]), 0.6)
