"""When must a flag be answered, and by whom?  Times are local judgement (J) until a clinician signs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.science.verdict import Finding, Verdict

Urgency = Literal["urgent", "today"]
ANSWER_WITHIN: dict[str, timedelta] = {"urgent": timedelta(minutes=15), "today": timedelta(hours=4)}  # J; safety 44: escalation at 15 and 30 min
SHORTEST_NOTE = 15  # characters: "ok" closes nothing

FOR_PRESCRIBERS = frozenset({"mania_hold"})
"""Kinds that hold the dose until a prescriber has closed them with what was decided (safety 47)."""

FOR_SOMEBODY_ELSE = frozenset({"touch_without_word"})
"""Kinds that whoever opened them cannot close: it is their own deed that a colleague looks at (J)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """What the question "may this flag be closed?" depends on.  `closer_prescribes`: may they sign an order here?  `opener_id`: who opened it, None
    for a job or a link."""

    owner_id: str | None
    closer_id: str
    already_closed: bool
    note: str
    kind: str = ""
    closer_prescribes: bool = False
    opener_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingFacts:
    """What the question "does this flag stay in its owner's hands?" depends on.

    `taken`: the owner took or opened it; otherwise the software named them.  `was_on_duty`: they were on the roster when they got it.
    """

    works_here: bool
    may_own: bool
    licence_ended: bool
    taken: bool
    was_on_duty: bool
    on_duty: bool
    somebody_on_call: bool


def stays_with_owner(facts: HoldingFacts) -> Verdict:
    """Who left, may not own flags any more or has no licence in date gives it up at once; who went off duty when there is somebody to hand it to.

    Off duty: a shift that was running when they got it is over, or the software named them and they have not taken it.  Whoever takes a flag while
    off the roster knows that they do, and keeps it (safety 44).
    """
    return Verdict.of(_can_still(facts), _on_duty_or_alone(facts))


def _can_still(facts: HoldingFacts) -> Finding:
    if not facts.works_here:
        return Finding.unmet("holder", "Its owner no longer works here.")
    if not facts.may_own:
        return Finding.unmet("holder", "Its owner may not own flags any more.")
    if facts.licence_ended:
        return Finding.unmet("holder", "Its owner's licence has ended.")
    return Finding.met("holder")


def _on_duty_or_alone(facts: HoldingFacts) -> Finding:
    went_off = facts.was_on_duty or not facts.taken
    if not facts.on_duty and went_off and facts.somebody_on_call:
        return Finding.unmet("duty", "Its owner is off duty, and somebody is on call.")
    return Finding.met("duty")


def due_at(urgency: Urgency, opened_at: datetime) -> datetime:
    """By when a person must have taken it."""
    return opened_at + ANSWER_WITHIN[urgency]


def may_close(facts: ClosingFacts) -> Verdict:
    """Closed once, by its owner, with a note that says what was done; one that holds the dose by somebody who may sign an order,
    and one about a deed of whoever opened it by a colleague."""
    return Verdict.of(_still_open(facts), _by_its_owner(facts), _by_a_prescriber(facts), _by_somebody_else(facts), _with_a_note(facts))


def _still_open(facts: ClosingFacts) -> Finding:
    if facts.already_closed:
        return Finding.unmet("open", "This flag is closed already.", lifted_by="nobody")
    return Finding.met("open")


def _by_its_owner(facts: ClosingFacts) -> Finding:
    if facts.owner_id is None:
        return Finding.unmet("owner", "Nobody owns this flag. Take it first: then the closing note is yours.")
    if facts.owner_id != facts.closer_id:
        return Finding.unmet("owner", "Someone else owns this flag. Take it over first, or ask them to close it.")
    return Finding.met("owner")


def _by_a_prescriber(facts: ClosingFacts) -> Finding:
    if facts.kind in FOR_PRESCRIBERS and not facts.closer_prescribes:
        return Finding.unmet("prescriber", "The dose waits for a prescriber's decision. A prescriber takes this flag and closes it.")
    return Finding.met("prescriber")


def _by_somebody_else(facts: ClosingFacts) -> Finding:
    if facts.kind in FOR_SOMEBODY_ELSE and facts.opener_id == facts.closer_id:
        return Finding.unmet(
            "colleague", "It is about what you charted yourself. Hand it to a colleague, who looks at it and speaks with the person."
        )
    return Finding.met("colleague")


def _with_a_note(facts: ClosingFacts) -> Finding:
    if len(facts.note.strip()) < SHORTEST_NOTE:
        return Finding.unmet("note", "A closing note is needed: whom you spoke to, what you found, what happens next.")
    return Finding.met("note")
