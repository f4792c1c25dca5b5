"""When a course is looked at, what may be decided, and what a signature needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from afterglow.pathway.response.rules.reviews import (
    NOT_KNOWN,
    WORDS,
    CarryFacts,
    SignFacts,
    due,
    due_on,
    may_carry_out,
    may_sign,
    next_limit,
    points,
    upcoming,
)

REVIEWS: list[dict[str, Any]] = [
    {"after": 3, "decides": ["continue", "change", "stop", "refer"]},
    {"after": 6, "decides": ["aftercare", "extend", "stop", "refer"]},
]
COURSE = points(REVIEWS, 6)
FACTS = SignFacts(point=COURSE[0], given=3, decision="continue", reason="PHQ-9 from 21 to 12, sleeps again.", state="partial", without_score=False)


# req: S47
@pytest.mark.parametrize(
    ("infusions", "also", "after", "last_decides"),
    [
        (6, None, [3, 6], ("aftercare", "extend", "stop", "refer")),
        (4, None, [3, 4], ("aftercare", "extend", "stop", "refer")),  # the end of the course is reviewed wherever it is
        (3, None, [3], ("aftercare", "extend", "stop", "refer")),
        (2, None, [2], ("aftercare", "extend", "stop", "refer")),
        (8, None, [3, 6, 8], ("aftercare", "extend", "stop", "refer")),
        (10, 8, [3, 6, 8, 10], ("aftercare", "extend", "stop", "refer")),  # let go to 8, then made longer: 8 is still looked at
        (6, 6, [3, 6], ("aftercare", "extend", "stop", "refer")),
    ],
)
def test_a_course_is_reviewed_where_its_protocol_says_and_at_its_end(
    infusions: int, also: int | None, after: list[int], last_decides: tuple[str, ...]
) -> None:
    found = points(REVIEWS, infusions, also=also)
    assert [point.after for point in found] == after
    assert found[-1].decides == last_decides and [point.is_last for point in found] == [*[False] * (len(after) - 1), True]


def test_before_the_end_the_last_review_lets_go_on_and_offers_no_aftercare() -> None:
    assert points(REVIEWS, 8)[1].decides == ("continue", "stop", "refer")
    assert points(REVIEWS, 10, also=8)[2].decides == ("continue", "stop", "refer")
    assert points(REVIEWS, 6)[0].decides == ("continue", "change", "stop", "refer")


def test_a_protocol_without_reviews_asks_for_none() -> None:
    assert points([], 6) == ()


def test_every_decision_of_the_protocol_has_words() -> None:
    assert {name for review in REVIEWS for name in review["decides"]} <= set(WORDS)


# req: S47
# req: N7
@pytest.mark.parametrize(
    ("given", "signed", "now", "then"),
    [
        (0, set(), None, 3),
        (2, set(), None, 3),
        (3, set(), 3, 6),
        (4, set(), 3, 6),  # a bridging dose does not make the review go away
        (3, {3}, None, 6),
        (6, {3}, 6, None),
        (6, set(), 3, None),  # the earliest first
        (6, {3, 6}, None, None),
    ],
)
def test_the_review_that_waits_and_the_one_to_come(given: int, signed: set[int], now: int | None, then: int | None) -> None:
    waits, comes = due(COURSE, given=given, signed_after=signed), upcoming(COURSE, given=given, signed_after=signed)
    assert (waits.after if waits else None, comes.after if comes else None) == (now, then)


def test_a_review_lets_the_course_go_to_the_next_one_and_not_past_the_end() -> None:
    assert [next_limit(COURSE, after) for after in (0, 3, 6)] == [3, 6, 6]


# req: S57
def test_a_review_waits_from_the_day_after_its_dose() -> None:
    assert due_on(date(2026, 11, 30)) == date(2026, 12, 1)


def test_a_whole_review_may_be_signed() -> None:
    assert may_sign(FACTS).met


# req: S47
# req: N7
@pytest.mark.parametrize(
    ("changes", "item", "state"),
    [
        ({"given": None}, "review.due", "unknown"),
        ({"point": None}, "review.due", "unmet"),
        ({"point": None}, "review.decision", "unmet"),
        ({"decision": "aftercare"}, "review.decision", "unmet"),
        ({"decision": ""}, "review.decision", "unmet"),
        ({"reason": "  ok, go on   "}, "review.reason", "unmet"),
        ({"state": "not_known_since"}, "review.score", "unknown"),
        ({"state": "no_score", "decision": "change"}, "review.score", "unknown"),
    ],
)
def test_each_fact_opens_its_own_item(changes: dict[str, Any], item: str, state: str) -> None:
    assert (item, state) in [(finding.item, finding.state) for finding in may_sign(replace(FACTS, **changes)).open]


# req: N7
@pytest.mark.parametrize("state", sorted(NOT_KNOWN))
def test_going_on_without_a_score_is_said_and_stopping_needs_none(state: str) -> None:
    assert not may_sign(replace(FACTS, state=state)).met
    assert may_sign(replace(FACTS, state=state, without_score=True)).met
    assert may_sign(replace(FACTS, state=state, decision="stop")).met


@pytest.mark.parametrize(
    ("decision", "revised", "done", "open_items"),
    [
        ("change", True, False, []),
        ("extend", True, False, []),
        ("continue", True, False, ["review.decision"]),
        (None, True, False, ["review.decision"]),
        ("change", False, False, ["review.revised"]),
        ("extend", True, True, ["review.once"]),
    ],
)
def test_a_review_that_asked_for_another_plan_is_carried_out_once(decision: str | None, revised: bool, done: bool, open_items: list[str]) -> None:
    verdict = may_carry_out(CarryFacts(decision=decision, revised=revised, done=done))
    assert [finding.item for finding in verdict.open] == open_items
