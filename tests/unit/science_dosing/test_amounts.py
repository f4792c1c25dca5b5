"""Whole micrograms and grams, and how they are written."""

from decimal import Decimal

import pytest

from afterglow.science.dosing.amounts import (
    ImpossibleAmount,
    kilograms_text,
    micrograms,
    milligrams_text,
    millilitres_text,
    per_kilogram_text,
    plain,
    positive,
)


@pytest.mark.parametrize(("mg", "ug"), [(0.1, 100), ("0.25", 250), (Decimal("35.5"), 35_500), (120, 120_000), (0.3, 300), (-1, -1000)])
def test_milligrams_cross_exactly(mg, ug):
    assert micrograms(mg) == ug


@pytest.mark.parametrize("mg", ["0.0001", "half", "", float("nan"), float("inf"), None])
def test_a_part_of_a_microgram_or_no_number_is_refused(mg):
    with pytest.raises(ImpossibleAmount):
        micrograms(mg)


def test_positive_names_what_is_not():
    assert positive("the dose", 1) == 1
    for number in (0, -5):
        with pytest.raises(ImpossibleAmount, match="the dose"):
            positive("the dose", number)


def test_texts_are_exact_and_plain():
    assert [milligrams_text(ug) for ug in (35_000, 35_500, 250, 100_000)] == ["35 mg", "35.5 mg", "0.25 mg", "100 mg"]
    assert kilograms_text(70_400) == "70.4 kg"
    assert millilitres_text(350) == "0.35 mL"
    assert plain(Decimal("1E+2")) == "100"


def test_dose_per_weight_is_rounded_away_from_the_bound_it_passed():
    assert per_kilogram_text(42_001, 70_000, away="up") == "0.601 mg/kg"
    assert per_kilogram_text(17_499, 70_000, away="down") == "0.249 mg/kg"
    assert per_kilogram_text(35_000, 70_000, away="up") == "0.5 mg/kg"
