"""What is asked at a contact: the interview whole or with a reason, a scale when it is due, and silence is never no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.records.measures.rules import contact as rules
from afterglow.records.measures.rules.contact import AskedAtContact, DueFacts
from afterglow.science.scoring.instrument import Answer
from tests.support.contact import QUESTIONS, facts, five

AT = datetime(2027, 2, 1, 17, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DUE = DueFacts(name="PHQ-9", min_interval_days=7, last_complete_at=None, last_at=None, first_dose_at=None, at=AT)


# req: S105
# hazard: H16
@pytest.mark.parametrize(
    ("asked", "spoken", "state"),
    [
        (five(), True, "met"),
        (five(thoughts="declined"), True, "met"),
        (five("The line broke.", method="not_asked"), True, "met"),
        (five(method="not_asked"), True, "unknown"),
        (five("x" * 301, method="not_asked"), True, "unmet"),
        (five("a\x00b"), True, "unmet"),
        (five(act_or_preparation=None), True, "unknown"),
        (AskedAtContact(said={}), True, "unknown"),
        (AskedAtContact(said={}), False, "met"),
        (AskedAtContact(said=dict.fromkeys(QUESTIONS)), False, "met"),
        (AskedAtContact(said={}, why_not_asked="Nobody came."), False, "unmet"),
        (five(), False, "unmet"),
    ],
)
def test_the_interview_is_told_whole(asked: AskedAtContact, spoken: bool, state: str) -> None:
    found = rules.suicide_is_told(facts(asked, spoken=spoken))
    assert (found.item, found.state) == ("contact.suicide", state)


# req: S105
@pytest.mark.parametrize(
    ("why", "spoken", "due", "state"),
    [
        ("", True, True, "unknown"),
        ("", True, False, "met"),
        ("", False, True, "met"),
        ("Too tired.", True, True, "met"),
        ("x" * 301, True, True, "unmet"),
    ],
)
def test_a_scale_that_is_due_is_asked_or_says_why_not(why: str, spoken: bool, due: bool, state: str) -> None:
    found = rules.scale_is_told(facts(AskedAtContact(said={}, why_no_scale=why), spoken=spoken, due=due))
    assert (found.item, found.state) == ("contact.scale", state)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (five().said, "no"),
        (five(thoughts=1, method="declined").said, "yes"),
        (five(thoughts="declined", method="not_asked").said, "declined"),
        (five(method="not_asked").said, "not_asked"),
        (five(method=None).said, "not_asked"),
        ({}, "not_asked"),
    ],
)
def test_in_short_the_gravest_answer_counts_and_silence_is_not_no(said: dict[str, Answer], word: str) -> None:
    assert rules.in_short(said) == word


@pytest.mark.parametrize(
    ("changed", "open_items"),
    [
        ({}, []),
        ({"last_complete_at": AT - 7 * DAY, "last_at": AT - 7 * DAY}, []),
        ({"last_complete_at": AT - 6 * DAY}, ["measures.interval"]),
        ({"first_dose_at": AT - 7 * DAY}, []),
        ({"first_dose_at": AT - 6 * DAY}, ["measures.first_week"]),
        ({"first_dose_at": AT - 6 * DAY, "last_complete_at": AT - 6 * DAY}, ["measures.interval", "measures.first_week"]),
    ],
)
def test_when_a_scale_of_two_weeks_may_be_asked(changed: dict[str, Any], open_items: list[str]) -> None:
    told = replace(DUE, **changed)
    verdict = rules.may_be_asked_now(told)
    assert [finding.item for finding in verdict.open] == open_items
    assert rules.is_due(told) is not bool(open_items)


def test_what_was_asked_in_part_at_this_contact_is_not_due_a_second_time() -> None:
    assert not rules.is_due(replace(DUE, last_at=AT - timedelta(hours=12)))
    assert rules.is_due(replace(DUE, last_at=AT - timedelta(hours=12, minutes=1)))


def test_answers_say_which_doses_they_look_back_over() -> None:
    doses = [(1, AT - 14 * DAY), (2, AT - 13 * DAY), (3, AT), (4, AT + DAY)]
    assert rules.looks_over(AT, 14, doses) == (2, 3)
