"""Answers as a program hands them over: read by place or by name, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import instrument_from
from afterglow.science.scoring.score import ScoreRefused
from afterglow.science.scoring.sheet import Sheet, read_sheet, score_sheet

RULES = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}


@pytest.mark.parametrize("given", [[1, 2], {"q1": 1, "q2": 2}, {"items": [1, 2]}, {"items": {"q1": 1, "q2": 2}}])
def test_a_list_and_an_object_say_the_same(given: Any) -> None:
    sheet = read_sheet(RULES["gad7"], given)
    assert isinstance(sheet, Sheet)
    assert sheet.answers == {"q1": 1, "q2": 2}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([0] * 8, "too_many_answers"),
        ("0000000", "not_a_sheet"),
        (None, "not_a_sheet"),
        ({"items": None}, "not_a_sheet"),
        ({"items": [], "age": 3, 4: 5}, "unknown_part"),
    ],
)
def test_what_is_no_sheet_is_refused_by_name(given: Any, code: str) -> None:
    refused = read_sheet(RULES["gad7"], given)
    assert isinstance(refused, ScoreRefused)
    assert refused.code == code
    assert refused.unanswered == tuple(f"q{number}" for number in range(1, 8))


@pytest.mark.parametrize(("sex", "positive"), [("female", True), ("male", False), (None, None)])
def test_a_cutoff_by_sex_is_unknown_without_it(sex: str | None, positive: bool | None) -> None:
    told = score_sheet(RULES["audit_c"], {"items": [1, 1, 1], "sex": sex})
    assert (told["total"], told["positive"], told["refusal"]) == (3, positive, None)
    assert told["notes"]


def test_a_sex_that_is_neither_is_refused_by_name() -> None:
    assert score_sheet(RULES["audit_c"], {"items": [1, 1, 1], "sex": "f"})["refusal"] == "unknown_sex"
    assert score_sheet(RULES["gad7"], {"items": [1, 1, 1], "sex": "female"})["refusal"] == "unknown_part"


# hazard: H16
def test_an_interview_that_could_not_be_read_still_blocks() -> None:
    told = score_sheet(RULES["suicide_since_last_contact"], 7)
    assert told["refusal"] == "not_a_sheet"
    assert told["blocks"]
    assert told["flags"]


def test_a_score_has_every_name_a_program_reads() -> None:
    told = score_sheet(RULES["phq9"], [0, 0, 0, 0, 0, 0, 0, 0, 2])
    assert (told["instrument"], told["version"], told["total"], told["band"], told["complete"], told["refusal"]) == (
        "phq9",
        1,
        2,
        "minimal",
        True,
        None,
    )
    assert told["flags"] == ["suicide_item_positive", "suicide_item_high"]
    assert told["level"] == "urgent"
    assert list(told["says"]) == told["flags"]  # type: ignore[call-overload]
