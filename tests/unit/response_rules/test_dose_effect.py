"""Peaks of what was really given, ranges by sampling site, and the picture of dose and effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.face.shapes import Circle, Label, Path
from afterglow.pathway.response.rules.dose_effect import EffectRow, draw, summary
from afterglow.pathway.response.rules.peaks import LeftOut, ModelPeak, Predicted, as_given, as_planned
from afterglow.pathway.response.rules.trajectory import Point
from afterglow.science.dosing.given import Segment

START = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)


def minute(count: float) -> datetime:
    return START + timedelta(minutes=count)


def stretch(since: float, until: float | None, rate: int = 52_500) -> Segment:
    return Segment(started_at=minute(since), ended_at=None if until is None else minute(until), rate_ul_per_h=rate)


def a_peak(site: str, value: float) -> ModelPeak:
    return ModelPeak(name="A", version=1, reviewed=False, site=site, value=value, at_min=40.0, low=None, high=None, says=())


# req: N2
def test_a_pause_and_a_slower_rate_are_in_what_was_given() -> None:
    first, second = as_given([stretch(0, 10), stretch(20, 50, 26_250)], given_ug=35_000)
    assert (first.at_min, first.over_min, first.route) == (0.0, 10.0, "iv")
    assert (second.at_min, second.over_min) == (20.0, 30.0)
    assert first.amount_mg == pytest.approx(14.0) and second.amount_mg == pytest.approx(21.0)


@pytest.mark.parametrize(
    ("segments", "given_ug"),
    [([stretch(0, None)], 35_000), ([], 35_000), ([stretch(0, 10, 0)], 35_000), ([stretch(5, 5)], 35_000), ([stretch(0, 10)], 0)],
    ids=["still runs", "nothing ran", "no rate", "no time", "nothing went in"],
)
def test_where_nothing_is_known_nothing_is_worked_out(segments: list[Segment], given_ug: int) -> None:
    assert as_given(segments, given_ug=given_ug) == ()


@given(st.lists(st.tuples(st.floats(0.5, 60), st.floats(0, 30), st.integers(1, 200_000)), min_size=1, max_size=6), st.integers(1, 200_000))
def test_the_stretches_together_are_what_went_in(parts: list[tuple[float, float, int]], given_ug: int) -> None:
    since, segments = 0.0, []
    for lasted, pause, rate in parts:
        segments.append(stretch(since, since + lasted, rate))
        since += lasted + pause
    assert sum(dose.amount_mg for dose in as_given(segments, given_ug=given_ug)) == pytest.approx(given_ug / 1000)


def test_a_planned_dose_is_one_even_infusion() -> None:
    [dose] = as_planned(dose_ug=35_000, over_min=40)
    assert (dose.amount_mg, dose.over_min, dose.at_min, dose.route) == (35.0, 40.0, 0.0, "iv")


# req: N3
def test_artery_vein_and_what_nobody_stated_are_never_one_range() -> None:
    told = Predicted(peaks=(a_peak("venous", 150), a_peak("venous", 190), a_peak("arterial", 250), a_peak("unknown", 200)))
    assert [each.words for each in told.ranges] == [
        "vein: 150 to 190 ng/mL (2 models)",
        "artery: 250 ng/mL (1 model)",
        "site not stated: 200 ng/mL (1 model)",
    ]
    assert Predicted(left_out=(LeftOut(name="A", sentence="No."),)).ranges == () and a_peak("arterial", 1).site_words == "artery"


def a_row(number: int = 1, **more: Any) -> EffectRow:
    told: dict[str, Any] = {"started_at": START, "amount_ug": 35_000, "over_min": 40, "weight_g": 70_000, "predicted": Predicted()}
    return EffectRow(number=number, **{**told, **more})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "not charted"),
        ({"highest_sbp": 142.0}, "highest 142; none before the dose"),
        ({"highest_sbp": 142.0, "own_sbp": 118.0}, "+24 (118 to 142)"),
        ({"highest_sbp": 145.0, "own_sbp": 122.5}, "+22.5 (122.5 to 145)"),
        ({"highest_sbp": 110.0, "own_sbp": 118.0}, "-8 (118 to 110)"),
    ],
)
def test_a_rise_says_what_it_is_held_against(more: dict[str, Any], said: str) -> None:
    assert a_row(**more).rise_words == said


def test_what_nobody_knows_is_said_and_never_zero() -> None:
    bare = a_row(amount_ug=None, weight_g=None)
    assert (bare.amount, bare.per_kg_words, bare.nausea_words, bare.detached_words) == ("amount not known", "not known", "not asked", "not asked")
    assert bare.score_words == "none to none" and bare.rise_mmhg is None and bare.total_after is None
    zero = a_row(nausea=0, detached=0, before=Point(taken_at=START, total=20, complete=True), after=Point(taken_at=START, total=0, complete=True))
    assert (zero.nausea_words, zero.detached_words, zero.score_words, zero.total_after) == ("0", "0", "20 to 0", 0)
    assert (a_row().amount, a_row().per_kg_words) == ("35 mg over 40 min", "0.50 mg/kg")
    assert a_row(is_running=True).amount == "35 mg so far, the infusion is not over"


def texts(picture: Any) -> list[str]:
    return [each.text for each in picture.shapes if isinstance(each, Label)]


def test_the_picture_has_a_ring_for_the_planned_dose_and_a_cross_for_what_is_missing() -> None:
    ranges = Predicted(peaks=(a_peak("arterial", 250), a_peak("unknown", 180), a_peak("unknown", 240)))
    rows = [a_row(1, detached=7, predicted=ranges), a_row(2, started_at=None, predicted=ranges)]
    drawn = draw(rows, scale_title="PHQ-9", scale_highest=27)
    said = texts(drawn)
    assert "2 planned" in said and "180 to 240" in said and "250" in said and "Predicted peak, ng/mL" in said and "vein" not in said
    assert sum(isinstance(each, Circle) and each.css.endswith("--open") for each in drawn.shapes) == 1, "the planned dose, once"
    crosses = sum(isinstance(each, Path) and each.css == "t-missed" for each in drawn.shapes)
    assert crosses == 3 == said.count("not known"), "rise, nausea and score of the dose that was given; none of the planned one"
    assert drawn.summary == "Dose 1: 0.50 mg/kg, most detached 7, pressure not charted."


def test_of_many_doses_a_cross_has_no_words_beside_it() -> None:
    drawn = draw([a_row(number) for number in range(1, 10)], scale_title="PHQ-9", scale_highest=27)
    assert "not known" not in texts(drawn)


def test_what_went_in_so_far_is_said_to_be_so_far() -> None:
    assert summary([a_row(is_running=True)]).startswith("Dose 1: 0.50 mg/kg so far, ")
    drawn = draw([a_row(is_running=True)], scale_title="PHQ-9", scale_highest=27)
    assert any(isinstance(each, Circle) and each.css.endswith("--open") for each in drawn.shapes)
    assert "last before the next dose" in texts(drawn), "as `dose_lines` chooses it"


def test_before_any_dose_the_summary_says_so() -> None:
    assert summary([a_row(started_at=None)]) == "No dose has been given yet."


def test_a_value_off_its_panel_keeps_its_number() -> None:
    drawn = draw([a_row(highest_sbp=90.0, own_sbp=118.0)], scale_title="PHQ-9", scale_highest=27)
    assert "-28" in texts(drawn)
