"""Domains, grades of measured values, means, subscales without a total, and a triage: each with what is open left open."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import Instrument, InstrumentInvalid, instrument_from
from afterglow.science.scoring.score import Scored, ScoreRefused, score
from afterglow.science.scoring.sheet import Sheet, read_sheet, score_given, score_sheet
from afterglow.science.scoring.tally import tally
from afterglow.science.scoring.ways import Domain, Grade, Step, Sum

CONTENTS = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "instruments")}
RULES = {name: instrument_from(content) for name, content in CONTENTS.items()}


def scored(name: str, given: Any) -> Scored:
    got = score_given(RULES[name], given)
    assert isinstance(got, Scored), got
    return got


def refused(name: str, given: Any) -> ScoreRefused:
    got = score_given(RULES[name], given)
    assert isinstance(got, ScoreRefused), got
    return got


@pytest.mark.parametrize(
    ("appetite_and_weight", "worth"),
    [
        ([1, 0, 0, 2], 2),
        ([None, 1, 2, None], 2),
        ([3, None, None, 0], 3),
        ([None, None, 2, 0], None),
        ([1, 1, None, None], None),
        ([None, None, None, None], None),
    ],
)
def test_one_question_instead_of_the_other_is_enough_and_neither_is_not(appetite_and_weight: list[int | None], worth: int | None) -> None:
    got = score_given(RULES["qids_sr16"], [0] * 5 + appetite_and_weight + [0] * 7)
    if worth is None:
        assert isinstance(got, ScoreRefused)
        assert got.code == "too_many_missing"
    else:
        assert isinstance(got, Scored)
        assert (got.total, got.complete, got.unanswered) == (worth, True, ())


def test_an_open_question_of_a_domain_is_not_hidden_by_a_graver_one() -> None:
    assert refused("qids_sr16", [3, 3, 3, None] + [0] * 12).unanswered == ("q4",)
    assert Domain(items=("a", "b", "c"), one_of=(("b", "c"),)).always == ("a",)


@pytest.mark.parametrize(("spo2", "air", "worth"), [(93, True, 2), (92, True, 1), (70, True, 1), (91, False, 1), (90, False, 0), (100, False, 1)])
def test_a_saturation_counts_by_whether_oxygen_was_needed(spo2: int, air: bool, worth: int) -> None:
    got = scored("aldrete_modified", {"activity": 2, "resp": 2, "consc": 2, "sbp": 120, "sbp0": 120, "spo2": spo2, "room_air": air})
    assert (got.numbers["spo2_score"], got.facts["passes"]) == (worth, worth == 2)


@pytest.mark.parametrize("left_out", ["activity", "sbp", "sbp0", "spo2", "room_air"])
# hazard: H16
def test_a_grade_without_one_of_its_values_is_open(left_out: str) -> None:
    whole = {"activity": 2, "resp": 2, "consc": 2, "sbp": 120, "sbp0": 120, "spo2": 97, "room_air": True}
    assert refused("aldrete_modified", {name: value for name, value in whole.items() if name != left_out}).unanswered == (left_out,)


def test_a_value_that_no_step_knows_has_no_points() -> None:
    grade = Grade(name="g", of="sbp", away_from=None, steps=(Step(at_least=90, gives=1),))
    how = Sum(lowest=0, highest=1, missing_at_most=0, bands=(), cutoffs=(), facts=(), grades=(grade,))
    rules = RULES["aldrete_modified"]
    assert tally(rules, how, {"sbp": 89}).terms[-1] is None
    assert tally(rules, how, {"sbp": 90}).terms[-1] == 1


def test_a_measured_answer_is_a_whole_number_within_its_bounds() -> None:
    mark = RULES["ebi"].items[0]
    assert [mark.allows(answer) for answer in (0, 100, 101, -1, True, None, "5")] == [True, True, False, False, False, False, False]
    assert mark.extremes == (0, 100)
    assert [RULES[name].by_choice for name in ("ebi", "aldrete_modified", "moaas")] == [False, False, True]


def test_a_mean_is_a_whole_total_and_an_exact_number_beside_it() -> None:
    got = scored("ebi", [10, 20, 30, 40, 50, 55])
    assert (got.total, got.numbers["mean"]) == (34, 34.17)


# req: S20
@pytest.mark.parametrize(("given", "total", "halves"), [([4] * 5 + [0] * 5, 20, (20, 0)), ([0] * 5 + [4] * 5, 20, (0, 20)), ([2] * 10, 20, (10, 10))])
def test_obsessions_and_compulsions_are_scored_apart(given: list[int], total: int, halves: tuple[int, int]) -> None:
    got = scored("ybocs", given)
    assert (got.total, (got.numbers["obsessions"], got.numbers["compulsions"])) == (total, halves)


@pytest.mark.parametrize(
    ("given", "severity", "interference", "prorated"),
    [
        ({"severity": [2, 0, 1, 1]}, 1.0, None, False),
        ({"interference": [1, 1, 1, 2]}, None, 1.25, True),
        ({"severity": [0] * 4, "interference": [10] * 7}, 0.0, 10.0, False),
    ],
)
def test_each_part_stands_alone(given: Any, severity: float | None, interference: float | None, prorated: bool) -> None:
    got = scored("bpi_sf", given)
    assert (got.total, got.numbers["severity_mean"], got.numbers["interference_mean"], got.prorated) == (None, severity, interference, prorated)


def test_parts_that_share_a_question_are_not_given_apart() -> None:
    assert refused("cadss", {"cadss6": [0] * 6}).code == "too_many_missing"
    content = {**CONTENTS["pcl5"], "scoring": {**CONTENTS["pcl5"]["scoring"], "parts": {"B": ["q1", "q2"], "C": ["q2"]}, "clusters": []}}
    got = score_given(instrument_from(content), {"B": [1, 1], "C": [2]})
    assert isinstance(got, ScoreRefused)
    assert got.code == "unknown_part"


# hazard: H16
@pytest.mark.parametrize(
    ("given", "risk", "floor", "still_open", "level"),
    [
        ({"q1": 0, "q2": 0, "q6_lifetime": 0}, "none", "none", (), None),
        ({"q1": 1, "q2": 0, "q6_lifetime": 0}, "low", "low", (), "review"),
        ({"q1": 0, "q2": 0, "q6_lifetime": 1}, None, "moderate", ("q6_recent",), "urgent"),
        ({"q1": 0, "q2": 0, "q6_lifetime": 1, "q6_recent": 1}, "high", "high", (), "urgent"),
        ({"q1": 1, "q2": 1, "q6_lifetime": 0}, None, "low", ("q3", "q4", "q5"), "urgent"),
        ({"q4": 1}, None, "high", ("q1", "q2", "q3", "q5", "q6_lifetime", "q6_recent"), "urgent"),
        ({"q1": 0, "q2": 0, "q4": 1, "q6_lifetime": 0}, "high", "high", (), "urgent"),  # what contradicts counts by its gravest
    ],
)
def test_a_triage_names_a_level_or_a_floor(given: Any, risk: str | None, floor: str, still_open: tuple[str, ...], level: str | None) -> None:
    got = scored("cssrs_screener_recent", given)
    assert (got.numbers["risk"], got.numbers["risk_floor"], got.unanswered, got.level) == (risk, floor, still_open, level)
    assert got.complete == (not still_open)


# hazard: H16
@pytest.mark.parametrize("given", [{}, {"q1": 0}, {"q1": 0, "q2": 0}, {"q1": 0, "q2": 0, "q6_recent": 0}])
def test_noes_alone_are_none_only_when_they_are_all_there(given: Any) -> None:
    got = refused("cssrs_screener_recent", given)
    assert (got.code, got.level) == ("not_answered", "urgent")
    assert "q6_lifetime" in got.unanswered


def test_an_earlier_total_and_a_total_alone_are_read_where_the_file_lets_them_be() -> None:
    assert read_sheet(RULES["nrs_pain"], {"items": [5], "baseline": 6}) == Sheet(answers={"now": 5}, baseline=6)
    assert read_sheet(RULES["nrs_pain"], {"now": 5, "baseline": None}) == Sheet(answers={"now": 5})
    told = score_sheet(RULES["bpic_ss"], {"total": 19})
    assert (told["total"], told["flag"], told["complete"], told["refusal"]) == (19, True, False, None)
    assert isinstance(told["unanswered"], list) and len(told["unanswered"]) == 8
    assert read_sheet(RULES["bpic_ss"], {"items": {"total": 19}}) == Sheet(answers={}, total=19)
    assert refused("phq9", {"baseline": 3, "items": [0]}).code == "unknown_part"


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("nrs_pain", {"now": 5, "baseline": 11}, "unknown_baseline"),
        ("nrs_pain", {"now": 5, "baseline": "6"}, "unknown_baseline"),
        ("bpic_ss", {"total": 39}, "total_out_of_range"),
        ("bpic_ss", {"total": None}, "unknown_total"),
        ("bpi_sf", {"severity": 3}, "not_a_sheet"),
        ("bpi_sf", {"severity": [1] * 5}, "too_many_answers"),
        ("bpi_sf", {"severity": [1, 1, 1, None], "interference": [1]}, "too_many_missing"),
        ("bpi_sf", {}, "not_answered"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(name: str, given: Any, code: str) -> None:
    assert refused(name, given).code == code


def test_a_bare_answer_is_the_answer_of_a_form_with_one_question() -> None:
    assert scored("moaas", 3).numbers["tier"] == "notify and stay"
    assert refused("moaas", "asleep").code == "unknown_answer"
    assert refused("gad7", 3).code == "not_a_sheet"


def test_a_total_alone_says_nothing_of_single_items() -> None:
    rules: Instrument = instrument_from({**CONTENTS["phq9"], "scoring": {**CONTENTS["phq9"]["scoring"], "total_alone": True}})
    got = score_given(rules, {"total": 12})
    assert isinstance(got, Scored)
    assert (got.band, got.answered, [flag.id for flag in got.flags]) == ("moderate", 0, ["suicide_item_not_answered"])
    assert "item9_positive" not in got.facts


def test_reverse_and_form_text_are_as_before_for_items_with_options() -> None:
    dast = RULES["dast10"].items[2]
    assert (dast.points(0), dast.points(1), dast.answer_from("1")) == (1, 0, 1)
    assert score(RULES["moaas"], {"response": None}).unanswered == ("response",)


def test_an_unknown_way_of_scoring_is_refused() -> None:
    with pytest.raises(InstrumentInvalid, match="no way of scoring is called 'guess'"):
        instrument_from({**CONTENTS["bpi_sf"], "scoring": {**CONTENTS["bpi_sf"]["scoring"], "method": "guess"}})
