"""Touch that is meant to comfort: what counts now, and what may be charted as what.  Pure; "not asked" is never a yes (H43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from afterglow.science.verdict import Finding, Verdict

Word = Literal["not_asked", "ask", "no", "yes"]
TAGS: Final[dict[Word, str]] = {"not_asked": "Touch: not asked", "ask": "Touch: ask first", "no": "Do not touch", "yes": "Touch: agreed"}
STAMPS: Final = {
    "said_yes": "Offered now, and they said yes",
    "said_no": "Offered now, and they said no: not touched",
    "asked_for": "They asked for it themselves",
    "as_agreed": "Given as agreed on the comfort card",
    "ended": "They wanted it to end: ended",
    "without": "Touched without their word",
}
"""What may be charted, each with its time.  `without` is charted too: what happened is never refused, it goes to a named person to look at."""
YES, NO = frozenset({"said_yes", "asked_for"}), frozenset({"said_no", "ended"})
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class TouchNow:
    """What counts now, in one word, and what to do about it."""

    word: Word
    sentence: str

    @property
    def tag(self) -> str:
        return TAGS[self.word]


def touch_now(on_card: str | None, *, written_at: datetime | None, started_at: datetime | None, said: str = "") -> TouchNow:
    """`on_card`: the card's answer, None without a card.  A yes that was written after the dose began is no yes: it was said under the drug.

    `said`: the last stamp of this session that holds their own word, "" for none.  A no ends every yes; a yes counts for that moment only.
    """
    card = _on_card(on_card, written_at=written_at, started_at=started_at)
    if said in NO:
        return TouchNow("no", "They said no in this session. Do not offer it again; wait until they ask for it themselves.")
    if said == "asked_for" and card.word == "no":
        return TouchNow("ask", "The card says no, and they asked for it in this session. Ask each time, and wait for the answer.")
    return card


def _on_card(on_card: str | None, *, written_at: datetime | None, started_at: datetime | None) -> TouchNow:
    if on_card == "no":
        return TouchNow("no", "They said no to touch that is meant to comfort. A hand that prevents a fall is said aloud first.")
    if on_card == "ask":
        return TouchNow("ask", "Ask each time, and wait for the answer.")
    if on_card == "yes" and written_at is not None:
        if started_at is not None and written_at >= started_at:
            return TouchNow("ask", "A yes was written after this dose began. Ask each time, and wait for the answer.")
        return TouchNow("yes", "A hand or a shoulder, as agreed beforehand. A no at any moment counts.")
    return TouchNow("not_asked", "Nobody asked, so it is no yes: ask before any touch that is meant to comfort.")


def may_stamp(stamp: str, words: str, now: TouchNow) -> Verdict:
    """A stamp of the list; "as agreed" only where the card says yes now; touch without their word says in words what happened."""
    if stamp not in STAMPS:
        return Verdict.of(Finding.unknown("stamp", "Choose what happened."))
    if stamp == "as_agreed" and now.word != "yes":
        sentence = (
            f"Nothing is agreed that holds now. {now.sentence} Chart their answer of this moment, or that they were touched without their word."
        )
        return Verdict.of(Finding.unmet("stamp", sentence))
    if stamp == "without" and not words.strip():
        return Verdict.of(Finding.unknown("words", "Say in words what happened and why."))
    return Verdict.of(Finding.met("stamp"))
