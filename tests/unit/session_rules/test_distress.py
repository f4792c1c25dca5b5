"""Distress: what may be charted, when it asks for an answer, and how its course reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.session.rules.distress import Distress, Plan, Step, distress, marks_for, may_chart, plan_from

PLAN = Plan(steps=(), supports={"stayed": "Stayed beside them"}, call_from=7)
START = datetime(2026, 12, 7, 10, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


# req: S80
@pytest.mark.parametrize(
    ("rating", "declined", "did", "field"),
    [
        (5, "", (), ""),
        (0, "", ("stayed",), ""),
        (None, "does not answer", (), ""),
        (None, "", ("stayed",), ""),
        (None, " ", (), "rating"),
        (11, "", (), "rating"),
        (-1, "", (), "rating"),
        (5, "does not answer", (), "declined"),
        (5, "", ("hugged",), "did"),
    ],
)
def test_what_may_be_charted(rating: int | None, declined: str, did: tuple[str, ...], field: str) -> None:
    verdict = may_chart(rating, declined, did, PLAN)
    assert verdict.met == (field == "")
    assert [finding.item for finding in verdict.open] == ([field] if field else [])


def test_a_rating_at_the_line_asks_for_an_answer_and_none_asks_nothing() -> None:
    assert [mark.sentence for mark in marks_for(7, PLAN)] == ["Distress 7 of 10."]
    assert marks_for(6, PLAN) == () and marks_for(None, PLAN) == ()


# req: S80
@pytest.mark.parametrize(
    ("ratings", "did", "sentence"),
    [
        ([], [], "Not asked since the start."),
        ([], ["Stayed"], "Not asked since the start. Done for them: Stayed."),
        ([(at(-10), 9)], [], "Not asked since the start."),
        ([(at(5), 0)], [], "Highest 0 of 10, of 1 rating."),
        ([(at(5), 8)], [], "Highest 8 of 10, of 1 rating. Not asked again after it."),
        ([(at(20), 2), (at(5), 8)], ["Stayed", "Stayed"], "Highest 8 of 10, of 2 ratings. The last was 2. Done for them: Stayed."),
        ([(at(5), 8), (at(9), 8)], [], "Highest 8 of 10, of 2 ratings. The last was 8."),
    ],
)
def test_the_course_in_words(ratings: list[tuple[datetime, int]], did: list[str], sentence: str) -> None:
    assert distress(ratings, did, started_at=START).sentence == sentence


def test_before_a_start_nothing_counts() -> None:
    assert distress([(at(5), 8)], [], started_at=None) == Distress()


def test_the_plan_of_a_file_keeps_its_order_and_its_marks() -> None:
    content = {
        "steps": [{"id": "body", "says": "Look.", "source": "judgement", "mark": "J"}, {"id": "stay", "says": "Stay.", "source": "s", "mark": "W"}],
        "supports": [{"id": "stayed", "title": "Stayed", "source": "s", "mark": "W"}],
        "call_from": {"rating": 7, "source": "judgement", "mark": "J"},
    }
    steps = (Step(says="Look.", source="judgement", mark="J"), Step(says="Stay.", source="s", mark="W"))
    assert plan_from(content) == Plan(steps=steps, supports={"stayed": "Stayed"}, call_from=7)
