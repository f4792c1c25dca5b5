"""What was done for a mark, and how it ended: may this be written, and tied to that answer?  Pure (requirement S71)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from afterglow.science.verdict import Finding, Verdict

ENDS: Final[Mapping[str, str]] = {
    "goes_on": "goes on, and is watched",
    "over": "over, as before",
    "over_with_rest": "over, something is left",
    "handed_over": "taken over by others: ambulance, hospital",
}
"""How a mark ended, as far as the writer can say; the newest word counts."""
LONGEST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What somebody wants to tie to an answer.  `answers`, `deeds`: the numbers that this session has; `entries`: those that are named."""

    answer: int | None
    answers: Collection[int]
    entries: Collection[int]
    deeds: Collection[int]
    did: str
    ended: str


def may_follow(told: Followed) -> Verdict:
    """Every reason at once."""
    return Verdict.of(_answer(told), _entries(told), _something(told))


def _answer(told: Followed) -> Finding:
    if told.answer is None or told.answer not in told.answers:
        return Finding.unknown("followed.answer", "Say for which mark it was done. A mark that still asks is answered first.")
    return Finding.met("followed.answer")


def _entries(told: Followed) -> Finding:
    if any(entry not in told.deeds for entry in told.entries):
        return Finding.unmet("followed.entries", "One of the entries is not in this session, or was taken back.")
    return Finding.met("followed.entries")


def _something(told: Followed) -> Finding:
    item = "followed.did"
    if told.ended and told.ended not in ENDS:
        return Finding.unmet(item, "How it ended is not one of the choices.")
    if len(told.did) > LONGEST:
        return Finding.unmet(item, f"What was done is longer than {LONGEST} letters. The rest goes into a note.")
    if not (told.entries or told.did or told.ended):
        return Finding.unknown(item, "Say what was done, or how it ended. If nothing had to be done, write that.")
    return Finding.met(item)
