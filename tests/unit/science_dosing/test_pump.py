"""Syringe and pump (hazards H3, H7)."""

import pytest

from afterglow.science.dosing.amounts import ImpossibleAmount
from afterglow.science.dosing.pump import (
    Mixture,
    diluted,
    draw_agrees,
    drawn_ug,
    lot_is_as_ordered,
    pump_agrees,
    pump_rate_ul_per_h,
    undiluted,
    volume_to_draw_ul,
)
from tests.unit.science_dosing.protocol import PRODUCTS

TEN = PRODUCTS["ketamine_racemic_10"]


# req: S38
@pytest.mark.parametrize(
    ("dose_ug", "strength", "volume_ul"), [(35_000, 10_000, 3500), (35_000, 50_000, 700), (35_000, 100_000, 350), (35_050, 100_000, 350)]
)
def test_volume_to_draw_never_holds_more_than_the_dose(dose_ug, strength, volume_ul):
    assert volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=strength) == volume_ul
    assert drawn_ug(volume_ul=volume_ul, strength_ug_per_ml=strength) <= dose_ug


@pytest.mark.parametrize(("dose_ug", "strength"), [(0, 10_000), (35_000, 0), (-1, 10_000), (9, 10_000)])
def test_no_volume_from_nothing(dose_ug, strength):
    with pytest.raises(ImpossibleAmount):
        volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=strength)


def test_a_mixture_knows_its_concentration():
    assert undiluted(volume_ul=3500, strength_ug_per_ml=10_000).ug_per_ul == 10
    assert diluted(volume_ul=700, strength_ug_per_ml=50_000, total_ul=50_000) == Mixture(drug_ug=35_000, total_ul=50_000)
    assert float(diluted(volume_ul=700, strength_ug_per_ml=50_000, total_ul=50_000).ug_per_ul) == 0.7
    with pytest.raises(ImpossibleAmount):
        diluted(volume_ul=700, strength_ug_per_ml=50_000, total_ul=699)
    for drug_ug, total_ul in ((0, 1), (1, 0)):
        with pytest.raises(ImpossibleAmount):
            Mixture(drug_ug=drug_ug, total_ul=total_ul)


@pytest.mark.parametrize(
    ("mixture", "step", "rate"),
    [
        (Mixture(drug_ug=35_000, total_ul=3500), 10, 5250),  # 5.25 mL/h
        (Mixture(drug_ug=35_000, total_ul=50_000), 100, 75_000),
        (Mixture(drug_ug=35_000, total_ul=3500), 100, 5200),  # a half goes down
        (Mixture(drug_ug=40_000, total_ul=4000), 10, 5250),  # more drawn than ordered: the rate is for the order
    ],
)
def test_the_rate_is_to_the_pumps_step(mixture, step, rate):
    assert pump_rate_ul_per_h(mixture=mixture, dose_ug=35_000, over_min=40, step_ul_per_h=step) == rate


def test_a_rate_below_the_pumps_first_step_asks_for_dilution():
    with pytest.raises(ImpossibleAmount, match="Dilute"):
        pump_rate_ul_per_h(mixture=Mixture(drug_ug=35_000, total_ul=350), dose_ug=35_000, over_min=40, step_ul_per_h=2000)


# hazard: H3
@pytest.mark.parametrize(
    ("product", "strength", "ordered", "state"),
    [
        (TEN, 10_000, "ketamine_racemic", "met"),
        (TEN, 100_000, "ketamine_racemic", "unmet"),
        (PRODUCTS["esketamine_25"], 25_000, "ketamine_racemic", "unmet"),
        (None, 10_000, "ketamine_racemic", "unknown"),
        (TEN, None, "ketamine_racemic", "unknown"),
    ],
)
def test_the_lot_is_the_ordered_drug_at_its_listed_strength(product, strength, ordered, state):
    finding = lot_is_as_ordered(product, strength_ug_per_ml=strength, ordered_drug_id=ordered)
    assert finding.state == state
    assert finding.lifted_by == ("" if state == "met" else "nobody")


# hazard: H3
@pytest.mark.parametrize(
    ("volume_ul", "strength", "dose_ug", "state"),
    [
        (3500, 10_000, 35_000, "met"),
        (3675, 10_000, 35_000, "met"),
        (3676, 10_000, 35_000, "unmet"),
        (3500, 100_000, 35_000, "unmet"),
        (None, 10_000, 35_000, "unknown"),
        (3500, 0, 35_000, "unknown"),
        (3500, 10_000, None, "unknown"),
        (-3500, -10_000, 35_000, "unknown"),
    ],
)
def test_the_draw_holds_the_order_within_five_percent(volume_ul, strength, dose_ug, state):
    assert draw_agrees(volume_ul=volume_ul, strength_ug_per_ml=strength, dose_ug=dose_ug).state == state


# req: S38
# hazard: H7
@pytest.mark.parametrize(
    ("rate", "over_min", "mixture", "dose_ug", "state"),
    [
        (5250, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "met"),
        (5512, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "met"),
        (5513, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unmet"),
        (4987, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unmet"),
        (5250, 40, Mixture(drug_ug=350_000, total_ul=3500), 35_000, "unmet"),
        (52_500, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unmet"),
        (None, 40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unknown"),
        (5250, 0, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unknown"),
        (5250, 40, None, 35_000, "unknown"),
        (5250, 40, Mixture(drug_ug=35_000, total_ul=3500), None, "unknown"),
        (-5250, -40, Mixture(drug_ug=35_000, total_ul=3500), 35_000, "unknown"),
    ],
)
def test_rate_times_time_is_the_order_within_five_percent(rate, over_min, mixture, dose_ug, state):
    finding = pump_agrees(rate_ul_per_h=rate, over_min=over_min, mixture=mixture, dose_ug=dose_ug)
    assert finding.state == state
    assert finding.lifted_by == ""


def test_the_finding_reads_like_a_read_back():
    finding = pump_agrees(rate_ul_per_h=5250, over_min=40, mixture=Mixture(drug_ug=35_000, total_ul=3500), dose_ug=35_000)
    assert finding.sentence == "5.25 mL/h for 40 min gives 35 mg; 35 mg is ordered."
