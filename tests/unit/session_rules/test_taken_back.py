"""An answer typed over a stop: what counts as one, how often it happened, and who lifts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from afterglow.pathway.session.rules.gate import may_start
from afterglow.pathway.session.rules.gate_taken_back import gravity, times_taken_back
from afterglow.pathway.session.rules.suicide import WORDS
from tests.unit.session_rules.facts import finding, limits, ready

FIVE_NO = dict.fromkeys(WORDS, "no")
YES, NO = {"said": "yes"}, {"said": "no"}


@pytest.mark.parametrize(
    ("item", "value", "stops"),
    [
        ("intoxication", YES, 1),
        ("intoxication", NO, 0),
        ("intoxication", None, 0),
        ("withdrawal", YES, 1),
        ("ketamine_allergy", YES, 1),
        ("capacity", {"said": "not_shown"}, 1),
        ("capacity", {"said": "shown"}, 0),
        ("pregnancy", {"organs": "yes", "result": "positive"}, 1),
        ("pregnancy", {"organs": "yes", "result": "declined"}, 0),
        ("substances", YES, 0),
        ("suicide", FIVE_NO, 0),
        ("suicide", {**FIVE_NO, "thoughts": "yes"}, 1),
        ("suicide", {**FIVE_NO, "thoughts": "yes", "new_or_worse": "no"}, 1),
        ("suicide", {**FIVE_NO, "thoughts": "yes", "new_or_worse": "yes"}, 2),
        ("suicide", {**FIVE_NO, "act_or_preparation": "yes", "new_or_worse": "no"}, 2),
        ("suicide", {**FIVE_NO, "intent_or_plan": "yes", "new_or_worse": "no"}, 2),
        ("suicide", {**FIVE_NO, "method": "declined"}, 2),
    ],
)
def test_what_stops_a_dose(item: str, value: Mapping[str, Any] | None, stops: int) -> None:
    assert gravity(item, value) == stops


# hazard: H1
@pytest.mark.parametrize(
    ("answers", "times"),
    [
        ((), 0),
        ((NO, NO), 0),
        ((NO, YES), 0),
        ((YES, NO), 1),
        ((YES, None, NO), 1),
        ((YES, YES), 0),
        ((YES, NO, YES, NO), 2),
    ],
)
def test_how_often_a_stop_was_typed_over(answers: tuple[Mapping[str, Any] | None, ...], times: int) -> None:
    assert times_taken_back(("intoxication", value) for value in answers) == times


def test_each_question_is_compared_with_itself() -> None:
    assert times_taken_back([("intoxication", YES), ("withdrawal", NO), ("intoxication", YES)]) == 0
    worse, old = {**FIVE_NO, "thoughts": "yes", "new_or_worse": "yes"}, {**FIVE_NO, "thoughts": "yes", "new_or_worse": "no"}
    assert times_taken_back([("suicide", worse), ("suicide", old)]) == 1


# hazard: H1 H49
@pytest.mark.parametrize(("times", "says"), [(1, "1 answer that stops a dose was changed"), (2, "2 answers that stop a dose were changed")])
def test_two_people_say_why(times: int, says: str) -> None:
    verdict = may_start(ready(answers_taken_back=times), limits())
    found = finding(verdict, "nothing_taken_back")
    assert [each.item for each in verdict.open] == ["nothing_taken_back"]
    assert found.state == "unmet" and found.lifted_by == "two_signatures" and says in found.sentence
