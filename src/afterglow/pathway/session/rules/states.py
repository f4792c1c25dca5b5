"""Where a dosing session stands and what may happen to it next.  Pure; the gate and the discharge list are asked by the deeds themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from afterglow.science.verdict import Finding, Verdict

State = Literal["scheduled", "checked_in", "dosing", "paused", "recovery", "discharged", "transferred", "left_against_advice", "not_started"]
Deed = Literal["check_in", "start", "pause", "resume", "stop", "finish", "discharge", "transfer", "leave_against_advice", "call_off"]

STATES: tuple[State, ...] = (
    "scheduled",
    "checked_in",
    "dosing",
    "paused",
    "recovery",
    "discharged",
    "transferred",
    "left_against_advice",
    "not_started",
)
ENDED: frozenset[State] = frozenset({"discharged", "transferred", "left_against_advice", "not_started"})
IN_THE_ROOM: frozenset[State] = frozenset({"checked_in", "dosing", "paused", "recovery"})
MONITORED: frozenset[State] = frozenset({"dosing", "paused", "recovery"})
"""States in which drug may be on board, so that somebody watches and silence is marked."""

WALK: Mapping[Deed, Mapping[State, State]] = {
    "check_in": {"scheduled": "checked_in"},
    "start": {"checked_in": "dosing"},
    "pause": {"dosing": "paused"},
    "resume": {"paused": "dosing"},
    "stop": {"dosing": "recovery", "paused": "recovery"},
    "finish": {"dosing": "recovery"},
    "discharge": {"recovery": "discharged"},
    "transfer": dict.fromkeys(IN_THE_ROOM, "transferred"),
    "leave_against_advice": dict.fromkeys(IN_THE_ROOM, "left_against_advice"),
    "call_off": {"scheduled": "not_started", "checked_in": "not_started"},
}
"""Every legal step.  What is not here does not happen: a second start, a resume after recovery, anything after the end."""

SAID: Mapping[State, str] = {
    "scheduled": "has not been checked in",
    "checked_in": "is checked in; nothing has been given",
    "dosing": "is being dosed",
    "paused": "is paused",
    "recovery": "is in recovery; dosing has ended",
    "discharged": "has ended: discharged",
    "transferred": "has ended: transferred to other care",
    "left_against_advice": "has ended: left against advice",
    "not_started": "has ended: it was not started",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`to` is the next state, or None where the deed may not happen; `verdict` says why."""

    to: State | None
    verdict: Verdict


def may_go(state: State, deed: Deed) -> Step:
    """May this deed happen now, and where does it lead?"""
    to = WALK[deed].get(state)
    if to is None:
        sentence = f"The session {SAID[state]}, so it cannot {DEED_WORDS[deed]}."
        return Step(to=None, verdict=Verdict.of(Finding.unmet("state", sentence, lifted_by="nobody")))
    return Step(to=to, verdict=Verdict.of(Finding.met("state")))


def deeds_open(state: State) -> tuple[Deed, ...]:
    """The deeds that this state allows, in walking order: what the room may offer as buttons."""
    return tuple(deed for deed, steps in WALK.items() if state in steps)


DEED_WORDS: Mapping[Deed, str] = {
    "check_in": "be checked in",
    "start": "be started",
    "pause": "be paused",
    "resume": "be resumed",
    "stop": "be stopped",
    "finish": "be finished",
    "discharge": "end with a discharge",
    "transfer": "end with a transfer",
    "leave_against_advice": "end with leaving against advice",
    "call_off": "be called off",
}
