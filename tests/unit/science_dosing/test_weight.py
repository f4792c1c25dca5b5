"""The weight under a dose (hazard H2)."""

from datetime import date

import pytest

from afterglow.science.dosing.weight import (
    DosingWeight,
    WeighedOn,
    basis_is_written,
    weight_is_current,
    weight_is_ordinary,
    weight_to_dose_on,
    weight_unchanged,
)
from tests.unit.science_dosing.protocol import WEIGHTS

TODAY = date(2026, 12, 7)


def weighed(weight_g=70_000, day=TODAY, at_site=True, confirmed=None):
    return WeighedOn(weight_g=weight_g, measured_on=day, at_site=at_site, confirmed=confirmed)


# hazard: H2
@pytest.mark.parametrize(
    ("weight", "state", "lifted_by"),
    [
        (weighed(), "met", ""),
        (weighed(day=date(2026, 11, 30), confirmed=True), "met", ""),
        (weighed(day=date(2026, 11, 30), confirmed=False), "unmet", "two_signatures"),
        (weighed(day=date(2026, 12, 6)), "unknown", ""),
        (weighed(at_site=False), "unknown", ""),
        (weighed(at_site=False, confirmed=True), "met", ""),
        (weighed(day=date(2026, 11, 29), confirmed=True), "unmet", "two_signatures"),
        (weighed(day=date(2026, 12, 8)), "unmet", ""),
        (weighed(weight_g=0), "unknown", ""),
        (None, "unknown", ""),
    ],
)
def test_measured_here_today_or_a_week_old_and_confirmed(weight, state, lifted_by):
    finding = weight_is_current(weight, TODAY, WEIGHTS)
    assert (finding.state, finding.lifted_by) == (state, lifted_by)
    assert finding.sentence


@pytest.mark.parametrize(
    ("weight_g", "height_mm", "state", "says"),
    [
        (70_000, 1750, "met", "22.9"),
        (35_000, 1450, "met", "16.6"),
        (150_000, 1900, "met", "41.6"),
        (34_999, 1450, "unmet", "34.999 kg is outside 35 to 150 kg"),
        (150_001, 1900, "unmet", "150.001 kg is outside"),
        (45_000, 1700, "unmet", "15.57 is outside 16 to 45"),
        (120_000, 1600, "unmet", "46.88 is outside 16 to 45"),
        (70_000, None, "unknown", "no height"),
        (70_000, 0, "unknown", "no height"),
        (0, 1750, "unknown", "no weight"),
    ],
)
def test_the_ordinary_range(weight_g, height_mm, state, says):
    finding = weight_is_ordinary(weighed(weight_g), height_mm, WEIGHTS)
    assert finding.state == state
    assert says in finding.sentence
    assert finding.lifted_by == ("" if state == "met" or weight_g == 0 else "two_signatures")


def test_no_weight_is_outside_every_range():
    assert weight_is_ordinary(None, 1750, WEIGHTS).state == "unknown"


@pytest.mark.parametrize(
    ("dosing", "state", "lifted_by"),
    [
        (DosingWeight(weight_g=70_000, basis="actual weight"), "met", ""),
        (DosingWeight(weight_g=60_000, basis="adjusted weight"), "met", ""),
        (DosingWeight(weight_g=60_000, basis="actual weight"), "unmet", ""),
        (DosingWeight(weight_g=71_000, basis="adjusted weight"), "unmet", "nobody"),
        (DosingWeight(weight_g=0, basis="adjusted weight"), "unknown", ""),
        (DosingWeight(weight_g=70_000, basis=None), "unknown", ""),
        (None, "unknown", ""),
    ],
)
def test_the_basis_is_written_and_never_above_the_person(dosing, state, lifted_by):
    finding = basis_is_written(weighed(), dosing)
    assert (finding.state, finding.lifted_by) == (state, lifted_by)
    assert basis_is_written(None, dosing).state == "unknown"


# hazard: H2
@pytest.mark.parametrize(
    ("ordered_g", "now_g", "state"),
    [
        (70_000, 73_500, "met"),
        (70_000, 66_500, "met"),
        (70_000, 73_501, "unmet"),
        (70_000, 66_499, "unmet"),
        (70_000, 154_000, "unmet"),
        (70_000, None, "unknown"),
        (None, 70_000, "unknown"),
        (0, 70_000, "unknown"),
        (70_000, 0, "unknown"),
    ],
)
def test_more_than_five_percent_voids_the_order(ordered_g, now_g, state):
    finding = weight_unchanged(ordered_g, now_g, WEIGHTS)
    assert finding.state == state
    assert finding.lifted_by == ("nobody" if state == "unmet" else "")


def test_all_of_it_at_once():
    verdict = weight_to_dose_on(weighed(), DosingWeight(weight_g=70_000, basis="actual weight"), 1750, TODAY, WEIGHTS)
    assert verdict.met
    assert [finding.item for finding in verdict] == ["weight.current", "weight.ordinary", "weight.basis"]
