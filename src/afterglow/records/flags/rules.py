"""When must a flag be answered, and by whom?  Times are local judgement (J) until a clinician signs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.science.verdict import Finding, Verdict

Urgency = Literal["urgent", "today"]
ANSWER_WITHIN: dict[str, timedelta] = {"urgent": timedelta(minutes=15), "today": timedelta(hours=4)}  # J; safety 44: escalation at 15 and 30 min
SHORTEST_NOTE = 15  # characters: "ok" closes nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """What the question "may this flag be closed?" depends on."""

    owner_id: str | None
    closer_id: str
    already_closed: bool
    note: str


def due_at(urgency: Urgency, opened_at: datetime) -> datetime:
    """By when a person must have taken it."""
    return opened_at + ANSWER_WITHIN[urgency]


def may_close(facts: ClosingFacts) -> Verdict:
    """Closed once, by its owner, with a note that says what was done."""
    return Verdict.of(_still_open(facts), _by_its_owner(facts), _with_a_note(facts))


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


def _with_a_note(facts: ClosingFacts) -> Finding:
    if len(facts.note.strip()) < SHORTEST_NOTE:
        return Finding.unmet("note", "A closing note is needed: whom you spoke to, what you found, what happens next.")
    return Finding.met("note")
