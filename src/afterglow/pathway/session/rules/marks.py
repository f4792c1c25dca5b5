"""Which marks still stand: a mark stays until it is seen, and "no signal" until somebody says what they saw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.marks import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One mark on the timeline: when it first came, and when the same mark came last without anyone having answered it."""

    mark: Mark
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A person's answer to marks: who, when, and what they saw ("" when they only acknowledged)."""

    by: str
    at: datetime
    saw: str = ""


def may_clear(raised: Raised, answer: Answer) -> Verdict:
    """May this answer clear this mark?  It must come after the mark; "no signal" asks what the person at the bedside saw."""
    if answer.at < raised.last_at:
        return Verdict.of(Finding.unmet("answer.after", "The mark came again after this answer. Look again."))
    if raised.mark.needs_a_look and not answer.saw.strip():
        sentence = "No signal is cleared only by a person who says what they saw: breathing, colour, pulse, answer to name."
        return Verdict.of(Finding.unknown("answer.saw", sentence))
    return Verdict.of(Finding.met("answer", f"Answered by {answer.by}."))


def standing(readings: Iterable[tuple[datetime, Sequence[Mark]]], answers: Sequence[Answer]) -> tuple[Raised, ...]:
    """The marks that still stand, oldest first.

    `readings`: each reading's time and marks, in time order.  A mark at "notify" goes when a later reading no longer shows it; one at
    "act" stands until it is answered; "no signal" stands until an answer says what was seen.  A mark of level "none" never stands.
    """
    open_: dict[tuple[str, str], Raised] = {}
    waiting = sorted(answers, key=lambda answer: answer.at)
    for at, marks in readings:
        while waiting and waiting[0].at < at:
            open_ = _answered(open_, waiting.pop(0))
        now = {(mark.code, mark.channel): mark for mark in marks if mark.level != "none"}
        open_ = {key: raised for key, raised in open_.items() if raised.mark.level == "act" or key in now}
        for key, mark in now.items():
            before = open_.get(key)
            kept = mark if before is None or before.mark.level != "act" else before.mark if mark.level != "act" else mark
            open_[key] = Raised(mark=kept, first_at=at if before is None else before.first_at, last_at=at)
    for answer in waiting:
        open_ = _answered(open_, answer)
    return tuple(sorted(open_.values(), key=lambda raised: raised.first_at))


def _answered(open_: dict[tuple[str, str], Raised], answer: Answer) -> dict[tuple[str, str], Raised]:
    return {key: raised for key, raised in open_.items() if not may_clear(raised, answer).met}
