"""The numbers of the shipped protocol as frozen values."""

from copy import deepcopy
from datetime import timedelta

import pytest

from afterglow.science.dosing.amounts import ImpossibleAmount
from afterglow.science.dosing.limits import limits_from
from tests.unit.science_dosing.protocol import INTERVALS, LIMITS, PRODUCTS, PROTOCOL, RACEMATE, S_FORM, WEIGHTS


def test_the_shipped_bounds_are_those_that_were_decided():
    assert (LIMITS.say_why_ug_per_kg, LIMITS.say_why_total_ug) == ((250, 600), 60_000)
    assert (LIMITS.hard_ug_per_kg, LIMITS.hard_total_ug, LIMITS.hard_under_min) == (1000, 120_000, 30)
    assert (INTERVALS.hard_under, INTERVALS.say_why_under) == (timedelta(hours=20), timedelta(hours=44))
    assert (INTERVALS.say_why_over_per_week, INTERVALS.review_over, INTERVALS.review_within) == (3, 12, timedelta(weeks=8))
    assert (WEIGHTS.confirmed_within_days, WEIGHTS.void_over_percent, WEIGHTS.say_why_kg, WEIGHTS.say_why_bmi) == (7, 5, (35, 150), (16, 45))


# hazard: H4
def test_s_ketamine_has_half_of_every_bound_in_milligrams_and_the_same_minutes():
    halved = LIMITS.for_chirality("s")
    assert (halved.say_why_ug_per_kg, halved.say_why_total_ug) == ((125, 300), 30_000)
    assert (halved.hard_ug_per_kg, halved.hard_total_ug, halved.hard_under_min) == (500, 60_000, 30)
    assert LIMITS.for_chirality("racemic") == LIMITS


def test_dividing_an_odd_bound_never_widens_the_band():
    content = deepcopy(dict(PROTOCOL))
    content["say_why"]["mg_per_kg"] = [0.251, 0.601]
    assert limits_from(content).for_chirality("s").say_why_ug_per_kg == (126, 300)


# hazard: H3
def test_a_vial_is_one_drug_at_one_strength():
    assert {(vial.drug.id, vial.strength_ug_per_ml) for vial in PRODUCTS.values() if vial.drug == RACEMATE} == {
        ("ketamine_racemic", 10_000),
        ("ketamine_racemic", 50_000),
        ("ketamine_racemic", 100_000),
    }
    assert (RACEMATE.chirality, S_FORM.chirality) == ("racemic", "s")


@pytest.mark.parametrize(
    ("room", "key", "value"),
    [
        ("say_why", "mg_per_kg", [0.7, 0.6]),
        ("say_why", "mg_per_kg", [0.25, 1.1]),
        ("say_why", "mg_per_kg", [0, 0.6]),
        ("say_why", "total_mg", 121),
        ("hard_stop", "under_min", 0),
        ("dose", "round_down_to_mg", 0),
    ],
)
def test_bands_that_are_not_inside_one_another_are_refused(room, key, value):
    content = deepcopy(dict(PROTOCOL))
    content[room][key] = value
    with pytest.raises(ImpossibleAmount):
        limits_from(content)
