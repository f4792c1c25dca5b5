"""What may be recorded of a visit, a goal, a practice and a day of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.pathway.integration.rules import deeds
from afterglow.pathway.integration.rules.deeds import Danger, PracticeFacts, VisitFacts, Week
from tests.support.contact import facts as contact
from tests.support.contact import five

AT = datetime(2026, 12, 9, 18, 0, tzinfo=UTC)
HELD = VisitFacts(
    wanted="held",
    calendar="booked",
    booked_at=AT - timedelta(hours=2),
    at=AT,
    held_at=AT - timedelta(hours=2),
    words="We spoke about the sea.",
    danger="no",
    danger_words="",
    recorded=False,
    contact=contact(),
)
MISSED = replace(HELD, wanted="missed", held_at=None, words="", contact=contact(spoken=False))


def open_items(facts: VisitFacts) -> list[str]:
    return [finding.item for finding in deeds.may_record_visit(facts).open]


@pytest.mark.parametrize(
    "facts", [HELD, MISSED, replace(HELD, calendar="arrived"), replace(HELD, calendar="done"), replace(MISSED, calendar="missed")]
)
def test_a_visit_may_be_recorded(facts: VisitFacts) -> None:
    assert deeds.may_record_visit(facts).met


@pytest.mark.parametrize(
    ("facts", "item", "said"),
    [
        (replace(HELD, recorded=True), "integration.once", "recorded already"),
        (replace(HELD, calendar="cancelled"), "integration.calendar", "was cancelled"),
        (replace(MISSED, calendar="cancelled"), "integration.calendar", "was cancelled"),
        (replace(HELD, calendar="missed"), "integration.calendar", "was missed"),
        (replace(MISSED, calendar="arrived"), "integration.calendar", "came"),
        (replace(MISSED, calendar="done"), "integration.calendar", "came"),
        (replace(MISSED, booked_at=AT + timedelta(minutes=1)), "integration.time", "not begun"),
        (replace(HELD, held_at=None), "integration.time", "not said"),
        (replace(HELD, held_at=HELD.booked_at - timedelta(hours=12, minutes=1)), "integration.time", "12 hours"),
        (replace(HELD, held_at=HELD.booked_at + timedelta(hours=12, minutes=1)), "integration.time", "12 hours"),
        (replace(HELD, words="  "), "integration.words", "Nothing is written"),
        (replace(HELD, contact=contact(five(thoughts=None))), "contact.suicide", "five questions"),
        (replace(HELD, contact=contact(five(why_no_scale=""), due=True)), "contact.scale", "PHQ-9 is due"),
        (replace(HELD, danger=""), "integration.danger", "Say whether"),
        (replace(MISSED, danger=""), "integration.danger", "Say whether"),
        (replace(HELD, danger="yes"), "integration.danger", "Write what the team must know"),
        (replace(HELD, danger="yes", danger_words="x" * 241), "integration.danger", "longer than 240"),
    ],
)
def test_a_visit_may_not_be_recorded(facts: VisitFacts, item: str, said: str) -> None:
    verdict = deeds.may_record_visit(facts)
    assert [finding.item for finding in verdict.open] == [item]
    assert said in verdict.sentence


def test_every_reason_is_said_at_once() -> None:
    assert open_items(replace(HELD, recorded=True, calendar="cancelled", held_at=None, words="", danger="")) == [
        "integration.once",
        "integration.calendar",
        "integration.time",
        "integration.words",
        "integration.danger",
    ]


# hazard: H31
@pytest.mark.parametrize(
    ("danger", "words", "met"), [("no", "", True), ("yes", "Named a plan.", True), ("", "Named a plan.", False), ("yes", " ", False)]
)
def test_danger_is_always_answered_and_a_yes_has_words(danger: Danger, words: str, met: bool) -> None:
    assert deeds.danger_is_told(danger, words).is_met is met


def test_a_word_that_is_no_answer_is_no_answer() -> None:
    assert not deeds.danger_is_told("maybe", "").is_met  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "replaced", "old_state", "open_"),
    [
        ("Swim again", False, "", []),
        ("Swim again", False, "open", []),
        (" ", False, "", ["goal.words"]),
        ("Swim again", True, "open", ["goal.open"]),
        ("Swim again", False, "reached", ["goal.open"]),
        ("", False, "let_go", ["goal.words", "goal.open"]),
    ],
)
def test_a_goal_has_words_and_is_open(text: str, replaced: bool, old_state: str, open_: list[str]) -> None:
    assert [finding.item for finding in deeds.may_set_goal(text=text, replaced=replaced, old_state=old_state).open] == open_


TODAY = date(2026, 12, 9)
PRACTICE = PracticeFacts(text="Walk by the sea", times_a_week=3, starts_on=TODAY, today=TODAY, goal_open=True, goal_newest=True)


@pytest.mark.parametrize(
    ("facts", "open_"),
    [
        (PRACTICE, []),
        (replace(PRACTICE, times_a_week=1, starts_on=TODAY - timedelta(days=1)), []),
        (replace(PRACTICE, times_a_week=7, starts_on=TODAY + timedelta(days=14)), []),
        (replace(PRACTICE, text=" "), ["practice.words"]),
        (replace(PRACTICE, times_a_week=0), ["practice.days"]),
        (replace(PRACTICE, times_a_week=8), ["practice.days"]),
        (replace(PRACTICE, starts_on=TODAY - timedelta(days=2)), ["practice.start"]),
        (replace(PRACTICE, starts_on=TODAY + timedelta(days=15)), ["practice.start"]),
        (replace(PRACTICE, goal_open=False), ["practice.goal"]),
        (replace(PRACTICE, goal_newest=False, goal_open=False), ["practice.goal"]),
    ],
)
def test_a_practice_has_words_days_and_an_open_goal(facts: PracticeFacts, open_: list[str]) -> None:
    assert [finding.item for finding in deeds.may_give_practice(facts).open] == open_


# req: S97
@pytest.mark.parametrize(
    ("on", "met"),
    [(0, True), (6, True), (-1, False), (7, False)],
)
def test_a_tick_belongs_to_a_day_of_its_week(on: int, met: bool) -> None:
    week = Week(starts_on=TODAY, last_on=TODAY + timedelta(days=6))
    assert len(week.days) == 7
    assert deeds.may_tick(week, TODAY + timedelta(days=on), today=TODAY + timedelta(days=10)).is_met is met


def test_a_day_to_come_and_a_day_long_gone_are_not_ticked() -> None:
    week = Week(starts_on=TODAY, last_on=TODAY + timedelta(days=6))
    assert "not come yet" in deeds.may_tick(week, TODAY + timedelta(days=1), today=TODAY).sentence
    assert deeds.may_tick(week, TODAY, today=TODAY + timedelta(days=14)).is_met
    assert "two weeks ago" in deeds.may_tick(week, TODAY, today=TODAY + timedelta(days=15)).sentence
