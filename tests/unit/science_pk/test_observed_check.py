"""Published figures beside models: inside, below, above, or without an interval; other drugs, sites and ages are not asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models

FILES = {file.id: file.content for file in newest("codes")}
STUDIES = {study.id: study for study in pk.studies_from(FILES["pk_observed_levels"])}


@pytest.mark.parametrize("vignette", FILES["pk_observed_levels"]["vignettes"], ids=lambda vignette: vignette["says"])
def test_the_file_does_what_its_vignettes_say(vignette):
    found = pk.compared(models()[vignette["model"]], STUDIES[vignette["study"]])
    assert found[vignette["reading"]].standing == vignette["verdict"]


@pytest.mark.parametrize(("low", "high", "standing"), [(1, 2, "above"), (98, 100, "below"), (90, 98, "inside"), (None, None, "no interval")])
def test_where_a_figure_lies(low, high, standing):
    """Clearance of Otto 2021 is 95.2 L/h at 70 kg, whatever the dose."""
    study = STUDIES["wang2019_clearance"]
    reading = replace(study.readings[0], value=50.0, low=low, high=high)
    one = pk.compared(models()["otto2021"], replace(study, readings=(reading,)))[0]
    assert (one.standing, one.reading.unit) == (standing, "L/h")
    assert one.ratio == pytest.approx(95.2 / 50)


def test_a_peak_with_its_standard_deviation_never_reaches_below_zero():
    wide = {
        "drug": "racemic ketamine",
        "routes": {"im": {"observed": [{"mg": 25, "mean_ng_per_ml": 3, "sd_ng_per_ml": 5, "source": "x", "mark": "U"}]}},
    }
    study = pk.peak_studies_from(wide, weight_kg=70)[0]
    assert (study.dose, study.readings[0].low, study.readings[0].high) == ("25 mg IM", 0.0, 8)


# hazard: H4
@pytest.mark.parametrize(
    ("model", "study", "refusal"),
    [
        ("herd2007", "zarate2006", pk.WrongPopulation),
        ("otto2021", "zarate2006", pk.WrongDrug),
        ("otto2021", "simons2022_iv", pk.UnlikeLevel),
        ("clements250", "nasal2022_10", pk.UnknownRoute),
    ],
)
def test_what_says_nothing_of_a_model_is_refused(model, study, refusal):
    """Safety 22: venous beside arterial, S beside racemate; and children's models beside adults."""
    with pytest.raises(refusal):
        pk.compared(models()[model], STUDIES[study])
