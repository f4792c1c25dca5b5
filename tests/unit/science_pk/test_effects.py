"""Level and effect: which side of half the effect, only for the same drug, unit and site; what is missing is said, never filled in."""

from __future__ import annotations

import numpy as np
import pytest

from afterglow.ground.content.shelf import newest
from afterglow.science import pk
from tests.support.pk_models import models

CONTENT = next(file.content for file in newest("codes") if file.id == "pk_effects")
EFFECTS, DELAY = pk.effects_from(CONTENT)
BY_ID = {effect.id: effect for effect in EFFECTS}
SIMONS = models()["simons2022_otf"]


def curve(model: pk.Model, levels: list[float], unit: str = "ng/mL") -> pk.Concentrations:
    return pk.Concentrations(
        model=model, unit=unit, times_min=np.arange(float(len(levels))), analytes=("drug",), values=np.array([[levels]]), says=("Adults only.",)
    )


@pytest.mark.parametrize("vignette", CONTENT["vignettes"], ids=lambda vignette: vignette["says"])
def test_the_file_does_what_its_vignettes_say(vignette):
    found = pk.beside_half(BY_ID[vignette["effect"]], curve(SIMONS, [vignette["level"]]), DELAY)
    assert found.stands == (vignette["stands"],)


def test_each_answer_says_that_no_delay_is_known_and_what_is_missing():
    infusion = pk.simulate(SIMONS, [pk.dose_from("20 mg IV over 20 min")], [pk.Person(weight_kg=70)], [0, 20, 240])
    found = pk.beside_half(BY_ID["drug_high"], infusion, DELAY)
    assert found.stands == ("less than half", "more than half", "less than half")
    assert "No validated ke0" in found.says[0]
    assert "not for dosing or release" in found.says[0]
    assert "Steepness" in found.says[1]
    assert infusion.says[0] in found.says


# hazard: H4
@pytest.mark.parametrize(
    ("name", "unit"), [("otto2021", "ng/mL"), ("kamp2020_meta", "ng/mL"), ("perez_ruixo2021", "ng/mL"), ("simons2022_otf", "nmol/mL")]
)
def test_another_site_drug_or_unit_is_refused(name, unit):
    """Safety 22: arterial S-ketamine in ng/mL alone."""
    with pytest.raises(pk.UnlikeLevel):
        pk.beside_half(BY_ID["drug_high"], curve(models()[name], [71.0], unit), DELAY)


@pytest.mark.parametrize("name", ["psychedelic", "dissociation", "pressure", "pulse", "sedation"])
def test_an_effect_without_a_level_is_told_to_be_unknown(name):
    with pytest.raises(pk.UnknownEffect) as refused:
        pk.beside_half(BY_ID[name], curve(SIMONS, [100.0]), DELAY)
    assert BY_ID[name].missing in refused.value.sentence


def test_every_effect_says_what_a_curve_would_need():
    assert all(effect.missing for effect in EFFECTS)
    assert {effect.id for effect in EFFECTS if effect.half_at} == {"drug_high", "analgesia"}
