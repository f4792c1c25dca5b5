"""The walk: each station done, current, next or later, and exactly one that is current until all are done."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from afterglow.doors.desk.steps import Later, WalkFacts, walk

NEW = WalkFacts(screening="", consent="absent", capacity=None, plan="", doses_planned=0, doses_given=0, under_way=False)
CLEARED = replace(NEW, screening="cleared")
CONSENTED = replace(CLEARED, consent="in_force", capacity=True)
PLANNED = replace(CONSENTED, plan="in_force", doses_planned=6)


@pytest.mark.parametrize(
    ("facts", "states", "current", "note"),
    [
        (NEW, "done current next later later", "screening", "not opened yet"),
        (replace(NEW, screening="open"), "done current next later later", "screening", "open"),
        (replace(NEW, screening="postponed"), "done current next later later", "screening", "not yet"),
        (CLEARED, "done done current next later", "consent", "not signed"),
        (replace(CLEARED, consent="superseded"), "done done current next later", "consent", "an older version is signed"),
        (replace(CLEARED, consent="withdrawn"), "done done current next later", "consent", "withdrawn"),
        (replace(CLEARED, consent="in_force"), "done done current next later", "consent", "signed, capacity is not shown"),
        (replace(CLEARED, consent="in_force", capacity=False), "done done current next later", "consent", "signed, capacity is not shown"),
        (CONSENTED, "done done done current next", "plan", "no plan yet"),
        (replace(CONSENTED, plan="draft"), "done done done current next", "plan", "waits for a signature"),
        (replace(CONSENTED, plan="ended"), "done done done current next", "plan", "ended"),
        (PLANNED, "done done done done current", "session", "0 of 6 given"),
        (replace(PLANNED, under_way=True), "done done done done current", "session", "a session is under way"),
        (replace(PLANNED, doses_given=6, under_way=True), "done done done done current", "session", "a session is under way"),
        (replace(PLANNED, doses_planned=0), "done done done done current", "session", "none planned"),
    ],
)
def test_the_next_step_is_visible(facts: WalkFacts, states: str, current: str, note: str) -> None:
    steps = walk(facts)
    assert " ".join(step.state for step in steps) == states
    found = next(step for step in steps if step.state == "current")
    assert (found.id, found.note) == (current, note)


def test_a_finished_course_has_nothing_current() -> None:
    assert {step.state for step in walk(replace(PLANNED, doses_given=6))} == {"done"}


def test_a_withdrawn_consent_takes_the_walk_back_to_it() -> None:
    steps = walk(replace(PLANNED, consent="withdrawn"))
    assert [step.state for step in steps] == ["done", "done", "current", "next", "later"]


def test_at_most_one_step_is_current_and_nothing_after_it_is_done() -> None:
    values: dict[str, tuple[Any, ...]] = {
        "screening": ("", "open", "cleared", "declined", "referred"),
        "consent": ("absent", "in_force", "superseded", "withdrawn"),
        "capacity": (None, False, True),
        "plan": ("", "draft", "in_force", "ended"),
        "doses_given": (0, 6),
        "under_way": (False, True),
    }
    for told in product(*values.values()):
        states = [step.state for step in walk(replace(PLANNED, **dict(zip(values, told, strict=True))))]
        assert states.count("current") == (0 if set(states) == {"done"} else 1)
        if "current" in states:
            assert "done" not in states[states.index("current") :]


REVIEW = Later(id="response", label="Response", note="next review after infusion 3", is_done=False)


@pytest.mark.parametrize(
    ("facts", "states"),
    [
        (replace(NEW, later=(REVIEW,)), "done current next later later later"),
        (replace(PLANNED, later=(REVIEW,)), "done done done done current next"),
        (replace(PLANNED, doses_given=6, later=(REVIEW,)), "done done done done done current"),
        (replace(PLANNED, doses_given=6, later=(replace(REVIEW, is_done=True),)), "done done done done done done"),
        (replace(PLANNED, doses_given=3, later=(replace(REVIEW, waits=True),)), "done done done done next current"),
        (replace(PLANNED, doses_given=3, under_way=True, later=(replace(REVIEW, waits=True),)), "done done done done current next"),
        (replace(PLANNED, plan="ended", later=(replace(REVIEW, waits=True),)), "done done done current next later"),
    ],
)
def test_a_review_that_waits_comes_before_the_next_dose(facts: WalkFacts, states: str) -> None:
    assert " ".join(step.state for step in walk(facts)) == states


VISITS = Later(id="integration", label="Integration", note="1 of 2 visits held", is_done=False)


# req: S93
@pytest.mark.parametrize(
    ("facts", "states"),
    [
        (replace(PLANNED, doses_given=2, later=(VISITS, REVIEW)), "done done done done current next later"),
        (replace(PLANNED, doses_given=6, later=(VISITS, REVIEW)), "done done done done done current next"),
        (replace(PLANNED, doses_given=3, later=(VISITS, replace(REVIEW, waits=True))), "done done done done next later current"),
    ],
)
def test_integration_stands_between_the_doses_and_the_review(facts: WalkFacts, states: str) -> None:
    assert " ".join(step.state for step in walk(facts)) == states
