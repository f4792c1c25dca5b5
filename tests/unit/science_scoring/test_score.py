"""Scoring answer by answer: nothing missing is a zero, nothing illegal is guessed, flags in every case."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import FlagRule, Instrument, instrument_from
from afterglow.science.scoring.score import Scored, ScoreRefused, called, score

RULES = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}
PHQ9, ASQ, INTERVIEW = RULES["phq9"], RULES["asq"], RULES["suicide_since_last_contact"]


def scored(rules: Instrument, *answers: Any, previous: list[Any] | None = None) -> Scored:
    got = score(rules, rules.in_order(answers), None if previous is None else rules.in_order(previous))
    assert isinstance(got, Scored), got
    return got


def refused(rules: Instrument, *answers: Any) -> ScoreRefused:
    got = score(rules, rules.in_order(answers))
    assert isinstance(got, ScoreRefused), got
    return got


def test_the_difficulty_question_is_not_part_of_the_total() -> None:
    assert scored(PHQ9, *[1] * 9, 3).total == 9
    assert scored(PHQ9, *[1] * 9).complete


def test_prorating_rounds_half_up() -> None:
    assert scored(PHQ9, 1, 1, 1, 1, 0, 0, 0, None, 0).total == 5  # 4 x 9 / 8 = 4.5
    assert scored(PHQ9, 2, 0, 0, 0, 0, 0, 0, None, 0).total == 2  # 2 x 9 / 8 = 2.25


# hazard: H16
# req: N43
def test_a_missing_item_9_is_a_flag_with_the_clock_of_a_positive_one() -> None:
    positive, missing = scored(PHQ9, *[0] * 8, 1), scored(PHQ9, *[0] * 8, None)
    assert [flag.id for flag in missing.flags] == ["suicide_item_not_answered"]
    assert missing.flags[0].items == ("q9",)
    clock = (positive.flags[0].escalate_after_min, positive.flags[0].escalate_again_after_min, positive.level)
    assert (missing.flags[0].escalate_after_min, missing.flags[0].escalate_again_after_min, missing.level) == clock
    assert missing.facts["item9_positive"] is None


# hazard: H16
@pytest.mark.parametrize(
    ("before", "now", "level"),
    [
        (None, 0, None),
        (None, 1, "review"),
        (None, 2, "urgent"),
        (0, 1, "urgent"),
        (1, 1, "review"),
        (2, 1, "review"),
        (1, 2, "urgent"),
        (3, 0, None),
        (True, 1, "review"),
    ],
)
def test_item_9_grows_urgent_by_height_or_by_rise(before: Any, now: int, level: str | None) -> None:
    assert scored(PHQ9, *[0] * 8, now, previous=[*[0] * 8, before]).level == level


@pytest.mark.parametrize("strange", [-1, 4, True, 1.0, "1", "declined", [1], {}, float("nan")])
def test_an_illegal_answer_refuses_the_whole_score_and_still_raises_the_flag(strange: Any) -> None:
    got = refused(PHQ9, *[0] * 8, strange)
    assert got.code == "unknown_answer"
    assert "q9" in got.sentence
    assert [flag.id for flag in got.flags] == ["suicide_item_not_answered"]
    assert got.level == "review"


def test_a_question_that_is_not_on_the_form_is_refused() -> None:
    got = score(PHQ9, {"q1": 1, "q12": 1})
    assert isinstance(got, ScoreRefused)
    assert (got.code, got.sentence) == ("unknown_item", "q12: not a question of this form.")


# hazard: H16
@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_nothing_answered_is_a_refusal_never_a_zero(rules: Instrument) -> None:
    got = score(rules, {})
    assert isinstance(got, ScoreRefused)
    assert got.code == "not_answered"
    assert got.answered == 0
    assert bool(got.flags) == bool(rules.flags)
    assert (got.level is None) == (not rules.flags)


def test_an_unanswered_instrument_names_every_open_question_that_had_to_be_asked() -> None:
    assert refused(ASQ).unanswered == ("q1", "q2", "q3", "q4")
    assert refused(PHQ9, 3, 3, 3).unanswered == ("q4", "q5", "q6", "q7", "q8", "q9")


# hazard: H16
@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ([0, 0, 0, 0, 0], "negative"),
        ([0, 0, 0, 0, 1], "acute positive"),
        ([0, 0, 0, 0, "declined"], "positive, acuity not answered: handled as acute"),
        ([None, None, None, None, 1], "acute positive"),
        ([1, "not_asked", 0, 0, 0], None),
    ],
)
def test_the_fifth_question_counts_whenever_it_was_answered(answers: list[Any], result: str | None) -> None:
    got = score(ASQ, ASQ.in_order(answers))
    if result is None:  # "not_asked" is open, and one yes among the rest is still a positive screen
        assert isinstance(got, Scored)
        assert (got.result, got.complete, got.unanswered) == ("non-acute positive", False, ("q2",))
    else:
        assert isinstance(got, Scored)
        assert got.result == result


# hazard: H16
def test_the_interview_blocks_start_for_declined_and_not_asked_alike() -> None:
    for word in ("declined", "not_asked", None):
        got = refused(INTERVIEW, 0, 0, 0, word, 0)
        assert got.blocks == ("intent_or_plan",)
        assert got.level == "urgent"
        assert "Start stays closed" in got.now
    assert scored(INTERVIEW, 0, 0, 0, 0, 0).blocks == ()


def test_a_blocked_answer_still_shows_the_least_it_can_be() -> None:
    got = scored(INTERVIEW, 1, "declined", 0, 0, 0)
    assert (got.result, got.blocks, got.answered, got.complete) == ("wish to be dead", ("thoughts",), 4, False)


def test_a_flag_may_name_exact_answers() -> None:
    rule = FlagRule(
        id="declined",
        level="review",
        sentence="Declined.",
        escalate_after_min=15,
        escalate_again_after_min=30,
        source="test",
        mark="J",
        items=("q1",),
        answers=("declined",),
    )
    number = FlagRule(
        id="high",
        level="review",
        sentence="High.",
        escalate_after_min=15,
        escalate_again_after_min=30,
        source="test",
        mark="J",
        items=("q1",),
        at_least=1,
    )
    asq = Instrument(
        id="asq",
        version=1,
        name="ASQ",
        items=ASQ.items,
        scoring=ASQ.scoring,
        flags=(rule, number),
        change=None,
        ways=ASQ.ways,
        link_needs_on_call=True,
        min_interval_days=None,
        ships_wording=True,
    )
    assert [flag.id for flag in scored(asq, "declined", 0, 0, 0, 0).flags] == ["declined"]
    assert [flag.id for flag in scored(asq, 1, 0, 0, 0, 0).flags] == ["high"]


def test_every_reading_has_its_published_name() -> None:
    assert scored(PHQ9, *[1] * 9).named() == {
        "total": 9,
        "band": "mild",
        "result": None,
        "complete": True,
        "prorated": False,
        "unanswered": [],
        "blocks": [],
        "cutoffs": {"caseness": False},
        "flags": ["suicide_item_positive"],
        "item9_positive": True,
    }
    assert refused(PHQ9, 1).named()["refused"] == "too_many_missing"


# req: S19
# hazard: H41
@pytest.mark.parametrize(
    ("name", "answers", "calls"),
    [
        ("ymrs", [4, 0, 0, 0, 8], []),
        ("ymrs", [4, 1, 0, 0, 8], ["mania_hold"]),
        ("asrm", [4, 1], []),
        ("asrm", [4, 2], ["mania_hold"]),
        ("phq9", [3] * 8, []),
    ],
)
def test_the_prescriber_is_called_above_the_line_and_not_at_it(name: str, answers: list[int], calls: list[str]) -> None:
    rules = RULES[name]
    answers = answers + [0] * (len(rules.items) - len(answers))
    assert [call.id for call in called(rules, scored(rules, *answers))] == calls


# req: S19
def test_a_scale_without_a_score_calls_nobody_and_says_nothing_of_mania() -> None:
    got = refused(RULES["ymrs"], 4, 4, 4)
    assert called(RULES["ymrs"], got) == ()
    assert "hold_for_mania" not in got.named()
