"""Each pharmacokinetic model of the library: it runs, gives what its own examples say, and says whom it is not for."""

from __future__ import annotations

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models

FILES = [pytest.param(file, id=file.id) for file in newest("pk_models")]


@pytest.mark.parametrize("file", FILES)
def test_each_model_does_what_its_vignettes_say(file) -> None:
    model = pk.model_from(file.content)
    for vignette in file.content["vignettes"]:
        weight = vignette["weight_kg"]
        doses = [pk.dose_from(text, weight_kg=weight) for text in vignette["dose"]]
        values = pk.values_for(model, [pk.Person(weight_kg=weight, age_years=vignette.get("age_years"))])
        got = pk.concentrations(model, doses, values, pk.times_from([vignette["at_min"]])).of(vignette["analyte"])[0, 0]
        assert got == pytest.approx(vignette["gives_ng_per_ml"], rel=2e-3), vignette["says"]


def test_the_published_sets_are_all_here() -> None:
    adults = {"domino_tci", "clements250", "hijazi2003", "kamp2020_meta", "fanta2015", "otto2021", "perez_ruixo2021", "simons2022_otf"}
    children = {"herd2007", "hornik2018", "flint2017"}
    derived = {"derived_v1_im", "derived_v1_sl", "derived_v1_oral"}
    assert models().keys() == adults | children | derived
    assert {name for name, model in models().items() if model.population.group == "children"} == children
    assert {name for name, model in models().items() if model.reference_only} == derived


# hazard: H4
def test_a_sampling_site_that_nobody_stated_is_unknown_and_a_metabolite_counted_as_drug_is_never_told_in_moles() -> None:
    """Safety 22: arterial and venous, racemate and S-ketamine, nmol and ng are told apart."""
    stated = {name: model.site for name, model in models().items() if model.site != "unknown"}
    assert stated == {"kamp2020_meta": "arterial", "simons2022_otf": "arterial", "fanta2015": "venous", "otto2021": "venous"}
    assert {name for name, model in models().items() if model.drug == "S-ketamine"} == {
        "fanta2015", "otto2021", "perez_ruixo2021", "simons2022_otf", "flint2017",
    }  # fmt: skip
    in_moles = {analyte.name for model in models().values() for analyte in model.analytes if analyte.grams_per_mol is not None}
    assert in_moles == {"ketamine", "S-ketamine", "esketamine", "S-norketamine", "S-hydroxynorketamine"}


def test_a_band_is_made_of_published_variability_alone() -> None:
    assert {name for name, model in models().items() if model.variability} == {"fanta2015", "otto2021", "perez_ruixo2021", "simons2022_otf"}
    assert models()["perez_ruixo2021"].variability.missing == ("kmet",)


@pytest.mark.parametrize("file", FILES)
def test_each_model_says_that_it_decides_no_dose_and_times_no_effect(file) -> None:
    told = " ".join(file.content["not_for"])
    assert "Choosing, changing or releasing a dose" in told
    assert "Timing of effects" in told
    assert ("Adults" if file.content["population"]["group"] == "children" else "Children") in file.content["not_for"]
