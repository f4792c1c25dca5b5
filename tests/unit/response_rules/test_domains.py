"""Symptoms under a total: what rose while the total fell is seen, and an open answer is no zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.response.rules.domains import LATEST, Set, Symptom, symptoms, value_of
from afterglow.science.scoring.items import Answer

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
EATING = Symptom(title="appetite and weight", items=("q6", "q7", "q8", "q9"), one_of=(("q6", "q7"), ("q8", "q9")))
SLEEP = Symptom(title="sleep", items=("q1", "q2"))


def given(day: int, total: int | None, **values: int | None) -> Set:
    return Set(taken_at=AT + timedelta(days=day), total=total, values=values)


# req: S27
@pytest.mark.parametrize(
    ("symptom", "answers", "value"),
    [
        (SLEEP, {"q1": 1, "q2": 3}, 3),
        (SLEEP, {"q1": 0, "q2": 0}, 0),
        (SLEEP, {"q1": 1, "q2": None}, None),
        (SLEEP, {"q1": 1, "q2": "declined"}, None),
        (SLEEP, {}, None),
        (EATING, {"q6": 1, "q9": 2}, 2),
        (EATING, {"q7": 1}, None),  # weight was not answered at all
    ],
)
def test_the_gravest_answer_counts_and_an_open_one_is_not_known(symptom: Symptom, answers: dict[str, Answer], value: int | None) -> None:
    assert value_of(symptom, answers) == value


# req: S27
def test_what_rose_while_the_total_fell_is_said() -> None:
    found = symptoms("PHQ-9", ["mood", "sleep", "self_harm", "energy"], given(0, 20, mood=3, sleep=1, self_harm=0, energy=2),
                     [given(7, 15, mood=2, sleep=2, self_harm=0, energy=None), given(14, 10, mood=1, sleep=3, self_harm=0, energy=None)])  # fmt: skip
    assert found is not None and found.has_baseline
    assert [(line.title, line.values, line.moved, line.against) for line in found.lines] == [
        ("mood", (3, 2, 1), "lower", False),
        ("sleep", (1, 2, 3), "higher", True),
        ("self_harm", (0, 0, 0), "the same", False),
        ("energy", (2, None, None), "not known", False),
    ]
    assert found.hidden == ("sleep",)


# req: S27
def test_what_fell_while_the_total_rose_is_marked_but_hides_nothing_bad() -> None:
    found = symptoms("PHQ-9", ["mood"], given(0, 10, mood=3), [given(7, 15, mood=1)])
    assert found is not None and found.lines[0].against and found.hidden == ()


# req: S27
@pytest.mark.parametrize("baseline", [None, given(0, None, mood=1)])
def test_without_a_total_before_nothing_is_against_it(baseline: Set | None) -> None:
    found = symptoms("PHQ-9", ["mood"], baseline, [given(7, 15, mood=2)])
    assert found is not None and not found.lines[0].against
    assert found.lines[0].moved == ("higher" if baseline else "not known")


def test_only_the_latest_stand_beside_it_and_nothing_is_said_of_nothing() -> None:
    found = symptoms("PHQ-9", ["mood"], given(0, 20, mood=3), [given(day, 10, mood=1) for day in range(1, 12)])
    assert found is not None and len(found.sets) == 1 + LATEST and found.sets[-1].taken_at == AT + timedelta(days=11)
    assert symptoms("PHQ-9", ["mood"], given(0, 20, mood=3), []) is None
