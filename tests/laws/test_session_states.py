"""No sequence of deeds reaches an illegal state, checked against the walk written down a second time, as a pattern."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from afterglow.pathway.session.rules.states import DEED_WORDS, ENDED, IN_THE_ROOM, MONITORED, SAID, STATES, WALK, Deed, State, deeds_open, may_go

LETTER: dict[State, str] = {
    "scheduled": "s",
    "checked_in": "c",
    "dosing": "d",
    "paused": "p",
    "recovery": "r",
    "discharged": "H",
    "transferred": "T",
    "left_against_advice": "L",
    "not_started": "N",
}
LEGAL = re.compile(r"s(N|c(N|T|L|d(pd)*(T|L|p(T|L)|p?r(H|T|L)?|p)?)?)?")
"""A day in letters: called off; or checked in and then called off, taken away, or dosed with pauses, stopped or finished, and one way out."""


class SessionWalk(RuleBasedStateMachine):
    """Any deed is tried at any time; only the legal ones may move the session."""

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "scheduled"
        self.path = LETTER["scheduled"]

    @rule(deed=st.sampled_from(sorted(WALK)))
    def try_a_deed(self, deed: Deed) -> None:
        step = may_go(self.state, deed)
        assert step.verdict.met == (step.to is not None)
        assert (deed in deeds_open(self.state)) == step.verdict.met
        if step.to is None:
            assert SAID[self.state] in step.verdict.sentence
            return
        self.state = step.to
        self.path += LETTER[step.to]

    @rule()
    def start_again(self) -> None:
        """A second start of what was started moves nothing, whoever asks."""
        if self.state != "checked_in":
            assert may_go(self.state, "start").to is None

    @invariant()
    def the_path_is_a_legal_day(self) -> None:
        assert LEGAL.fullmatch(self.path), self.path

    @invariant()
    def drug_is_given_once(self) -> None:
        assert self.path.count("cd") <= 1 and "rd" not in self.path and "rp" not in self.path

    @invariant()
    def nobody_is_trapped_and_nothing_follows_the_end(self) -> None:
        open_ = set(deeds_open(self.state))
        if self.state in ENDED:
            assert not open_
        if self.state in IN_THE_ROOM:
            assert {"transfer", "leave_against_advice"} <= open_


# req: R35
# hazard: H5 H54
TestSessionWalk = SessionWalk.TestCase
TestSessionWalk.settings = settings(max_examples=300, stateful_step_count=25, deadline=None)


# hazard: H5
def test_every_state_can_be_reached_and_every_word_is_there() -> None:
    seen: set[State] = {"scheduled"}
    frontier: list[State] = ["scheduled"]
    while frontier:
        state = frontier.pop()
        for deed in deeds_open(state):
            to = may_go(state, deed).to
            assert to is not None
            if to not in seen:
                seen.add(to)
                frontier.append(to)
    assert seen == set(STATES) == set(SAID) == set(LETTER)
    assert set(DEED_WORDS) == set(WALK)
    assert set(STATES) == ENDED | IN_THE_ROOM | {"scheduled"} and MONITORED < IN_THE_ROOM and not ENDED & IN_THE_ROOM


# req: R35
# hazard: H54
def test_only_recovery_ends_in_a_discharge() -> None:
    assert [state for state in STATES if may_go(state, "discharge").to] == ["recovery"]
    assert {may_go(state, "discharge").to for state in STATES} == {None, "discharged"}
