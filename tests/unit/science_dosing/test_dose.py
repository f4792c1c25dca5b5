"""Dose from weight, and the two bands around it."""

import pytest

from afterglow.science.dosing.amounts import ImpossibleAmount
from afterglow.science.dosing.dose import dose_from_weight, guardrails
from tests.unit.science_dosing.protocol import LIMITS, S_FORM, planned


def state_of(dose, item):
    finding = next(finding for finding in guardrails(dose, LIMITS) if finding.item == item)
    return finding.state, finding.lifted_by


@pytest.mark.parametrize(
    ("ug_per_kg", "weight_g", "dose_ug"),
    [(500, 70_000, 35_000), (500, 130_000, 65_000), (500, 71_300, 35_500), (500, 71_999, 35_500), (250, 70_000, 17_500)],
)
def test_the_dose_is_rounded_down_to_half_a_milligram(ug_per_kg, weight_g, dose_ug):
    assert dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=500) == dose_ug


@pytest.mark.parametrize(("ug_per_kg", "weight_g", "step_ug"), [(0, 70_000, 500), (500, 0, 500), (500, -1, 500), (500, 70_000, 0), (500, 900, 500)])
def test_no_dose_from_nothing(ug_per_kg, weight_g, step_ug):
    with pytest.raises(ImpossibleAmount):
        dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=step_ug)


# req: S38
def test_the_standard_dose_is_met_in_every_item():
    verdict = guardrails(planned(), LIMITS)
    assert verdict.met
    assert [finding.item for finding in verdict] == ["dose.drug", "dose.per_weight", "dose.total", "dose.minutes"]


# hazard: H2
@pytest.mark.parametrize(
    ("dose", "item", "lifted_by"),
    [
        (planned(dose_ug=70_001), "dose.per_weight", "nobody"),
        (planned(dose_ug=70_000), "dose.per_weight", "two_signatures"),
        (planned(dose_ug=42_001), "dose.per_weight", "two_signatures"),
        (planned(dose_ug=17_499), "dose.per_weight", "two_signatures"),
        (planned(dose_ug=60_001, weight_g=120_000), "dose.total", "two_signatures"),
        (planned(dose_ug=120_001, weight_g=150_000), "dose.total", "nobody"),
        (planned(over_min=29), "dose.minutes", "nobody"),
    ],
)
def test_each_bound_opens_its_own_item(dose, item, lifted_by):
    assert state_of(dose, item) == ("unmet", lifted_by)


@pytest.mark.parametrize(
    ("dose", "item"),
    [
        (planned(dose_ug=42_000), "dose.per_weight"),
        (planned(dose_ug=17_500), "dose.per_weight"),
        (planned(dose_ug=17_500, weight_g=71_300), "dose.per_weight"),  # 0.25 mg/kg rounded down: still the lower bound itself
        (planned(dose_ug=60_000, weight_g=120_000), "dose.total"),
        (planned(over_min=30), "dose.minutes"),
    ],
)
def test_the_bound_itself_is_inside(dose, item):
    assert state_of(dose, item) == ("met", "")


@pytest.mark.parametrize(
    ("dose", "item"),
    [
        (planned(dose_ug=None), "dose.per_weight"),
        (planned(weight_g=None), "dose.per_weight"),
        (planned(dose_ug=0), "dose.per_weight"),
        (planned(weight_g=0), "dose.per_weight"),
        (planned(dose_ug=None), "dose.total"),
        (planned(dose_ug=-1), "dose.total"),
        (planned(over_min=None), "dose.minutes"),
        (planned(over_min=0), "dose.minutes"),
    ],
)
def test_what_is_missing_is_unknown_and_never_met(dose, item):
    assert state_of(dose, item) == ("unknown", "")


# hazard: H4
def test_the_same_milligrams_of_s_ketamine_ask_why():
    assert state_of(planned(drug=S_FORM), "dose.per_weight") == ("unmet", "two_signatures")
    assert state_of(planned(dose_ug=17_500, drug=S_FORM), "dose.per_weight") == ("met", "")
    assert state_of(planned(dose_ug=35_001, drug=S_FORM), "dose.per_weight") == ("unmet", "nobody")


def test_an_unlisted_drug_has_no_bounds_and_nobody_lifts_that():
    verdict = guardrails(planned(drug=None), LIMITS)
    assert [(finding.item, finding.state, finding.lifted_by) for finding in verdict] == [("dose.drug", "unknown", "nobody")]


def test_every_open_item_says_what_to_do_and_where_it_comes_from():
    verdict = guardrails(planned(dose_ug=130_000, weight_g=100_000, over_min=20), LIMITS)
    assert verdict.sentence == (
        "1.3 mg/kg is above 1 mg/kg, a hard stop. Order a smaller dose. 130 mg is above 120 mg in total, a hard stop. "
        "Order a smaller dose. 20 min is shorter than 30 min, a hard stop. Order a longer infusion."
    )
    assert {(finding.source, finding.mark) for finding in verdict.open} == {("judgement", "J")}
