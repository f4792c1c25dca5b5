"""Doses as people write them, and infusions that pause, stop or step."""

from __future__ import annotations

import pytest

from afterglow.science import pk
from afterglow.science.pk.doses import in_order
from afterglow.science.pk.refusals import NegativeTime, QuantityRefused, UnknownDose, UnknownRoute, UnknownUnit, UnsortedDoses


@pytest.mark.parametrize(
    ("spoken", "mg", "route", "over_min", "at_min"),
    [
        ("35 mg IV over 40 min", 35, "iv", 40, 0),
        ("35 mg iv", 35, "iv", 0, 0),
        ("0.5 mg/kg IV over 40 min at 60 min", 35, "iv", 40, 60),
        ("500 ug/kg IM", 35, "im", 0, 0),
        ("28 mg nasal at 5 min", 28, "intranasal", 0, 5),
        ("50 mg SL at 1.5 h", 50, "sublingual", 0, 90),
        ("50 mg oral film", 50, "oral_film", 0, 0),
        ("0.1 g PO", 100, "oral", 0, 0),
        ("32.3 mg HCl nasal", 28.005, "intranasal", 0, 0),
        ("35 mg SC over 1 h", 35, "sc", 60, 0),
    ],
)
def test_a_dose_is_read(spoken, mg, route, over_min, at_min):
    dose = pk.dose_from(spoken, weight_kg=70)
    assert (dose.amount_mg, dose.route, dose.over_min, dose.at_min) == (pytest.approx(mg, rel=1e-4), route, over_min, at_min)


@pytest.mark.parametrize(
    ("spoken", "refusal", "code"),
    [
        ("35 IV", UnknownDose, "pk.unknown_dose"),
        ("35 mg", UnknownDose, "pk.unknown_dose"),
        ("-35 mg IV", UnknownDose, "pk.unknown_dose"),
        ("0 mg IV", UnknownDose, "pk.unknown_dose"),
        ("35 mg IV over 40", UnknownDose, "pk.unknown_dose"),
        ("35 mg IM over 40 min", UnknownDose, "pk.unknown_dose"),
        ("35 stones IV", UnknownUnit, "unit.unknown"),
        ("35 mL IV", QuantityRefused, "unit.mismatch"),
        ("35 mg IV over 40 days", UnknownUnit, "unit.unknown"),
        ("35 mg rectal", UnknownRoute, "pk.unknown_route"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(spoken, refusal, code):
    with pytest.raises(refusal) as caught:
        pk.dose_from(spoken, weight_kg=70)
    assert (caught.value.code, bool(caught.value.now)) == (code, True)


def test_a_dose_per_kg_needs_the_weight():
    with pytest.raises(UnknownDose, match="needs a weight"):
        pk.dose_from("0.5 mg/kg IV")


@pytest.mark.parametrize("wrong", [{"at_min": -1}, {"over_min": -1}, {"at_min": float("nan")}])
def test_a_time_before_zero_is_refused(wrong):
    with pytest.raises(NegativeTime):
        pk.Dose(amount_mg=5, route="iv", **wrong)


def test_doses_stand_in_order():
    early, late = pk.Dose(amount_mg=5, route="iv"), pk.Dose(amount_mg=5, route="iv", at_min=5)
    assert in_order([early, late]) == (early, late)
    with pytest.raises(UnsortedDoses):
        in_order([late, early])
    with pytest.raises(UnknownDose):
        in_order([])


def test_a_pause_moves_the_rest_of_an_infusion():
    first, rest = pk.paused(pk.Dose(amount_mg=40, route="iv", over_min=40), at_min=10, for_min=15)
    assert (first.amount_mg, first.at_min, first.over_min) == (10, 0, 10)
    assert (rest.amount_mg, rest.at_min, rest.over_min) == (30, 25, 30)


def test_a_stop_keeps_what_had_run_in():
    assert pk.stopped(pk.Dose(amount_mg=40, route="iv", at_min=5, over_min=40), at_min=15) == pk.Dose(amount_mg=10, route="iv", at_min=5, over_min=10)


@pytest.mark.parametrize("at_min", [0, 40, 41])
def test_nothing_pauses_when_nothing_runs(at_min):
    with pytest.raises(NegativeTime):
        pk.paused(pk.Dose(amount_mg=40, route="iv", over_min=40), at_min=at_min, for_min=5)


@pytest.mark.parametrize("at_min", [0, 41])
def test_nothing_stops_when_nothing_runs(at_min):
    with pytest.raises(NegativeTime):
        pk.stopped(pk.Dose(amount_mg=40, route="iv", over_min=40), at_min=at_min)


def test_steps_are_doses_one_after_the_other():
    first, second = pk.stepped([(1, 10), (0, 5), (0.5, 20)], at_min=3)
    assert (first.amount_mg, first.at_min, first.over_min) == (10, 3, 10)
    assert (second.amount_mg, second.at_min, second.over_min) == (10, 18, 20)
    with pytest.raises(NegativeTime):
        pk.stepped([(1, 0)])
