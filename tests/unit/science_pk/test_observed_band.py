"""Safety 20: what is shown for muscle, tongue and mouth covers what was measured, and one standard deviation above it."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models

CONTENT = next(file.content for file in newest("codes") if file.id == "pk_observed_peaks")
TIMES = np.arange(0.0, 241.0, 0.5)


def band(spoken: str, weight_kg: float) -> pk.Band:
    dose = pk.dose_from(spoken, weight_kg=weight_kg)
    name, observed = pk.observed_from(CONTENT, dose.route)
    return pk.observed_band(models()[name], observed, [dose], pk.Person(weight_kg=weight_kg, age_years=40), TIMES, says=CONTENT["says"])


# hazard: H34
@pytest.mark.parametrize("vignette", CONTENT["vignettes"], ids=lambda vignette: vignette["says"])
def test_the_upper_edge_covers_mean_and_one_standard_deviation(vignette):
    found = band(vignette["dose"], vignette["weight_kg"])
    assert found.high.max() >= vignette["covers_ng_per_ml"] * 0.999
    assert np.all(found.low <= found.high)
    assert found.says[0].startswith("The band covers")
    assert "not for dosing or release" in found.says[0]


# hazard: H34
@pytest.mark.parametrize("weight_kg", [45.0, 70.0, 150.0])
@pytest.mark.parametrize("route", sorted(CONTENT["routes"]))
def test_it_covers_every_observation_for_every_weight(route, weight_kg):
    for one in pk.observed_from(CONTENT, route)[1]:
        mg = one.mg if one.mg is not None else one.mg_per_kg * weight_kg
        spoken = {"im": "IM", "sublingual": "SL", "oral": "PO"}[route]
        found = band(f"{mg} mg {spoken}", weight_kg)
        assert found.high.max() >= (one.mean_ng_per_ml + one.sd_ng_per_ml) * 0.999
        derived = pk.simulate(
            models()[pk.observed_from(CONTENT, route)[0]], [pk.Dose(amount_mg=mg, route=route)], [pk.Person(weight_kg=weight_kg)], TIMES
        )
        assert found.high.max() > 1.3 * derived.values.max(), "the derived curve itself is too low to be shown"


def test_the_band_names_the_marks_it_rests_on():
    assert band("35 mg IM", 70).marks == ("U",)
    assert band("50 mg PO", 70).marks == ("V", "V")


def test_no_measured_peak_no_band():
    with pytest.raises(pk.UnknownRoute):
        pk.observed_from(CONTENT, "sc")


def test_the_shape_is_a_derived_model_that_is_never_shown_by_itself():
    for route, each in CONTENT["routes"].items():
        assert models()[each["model"]].reference_only
        assert route in models()[each["model"]].routes
