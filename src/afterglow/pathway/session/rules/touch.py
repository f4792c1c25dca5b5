"""What the comfort card says about a touch that is meant to comfort.  Pure; "not asked" is never a yes (H43)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Word = Literal["not_asked", "ask", "no", "yes"]
TAGS: Final[dict[Word, str]] = {"not_asked": "Touch: not asked", "ask": "Touch: ask first", "no": "Do not touch", "yes": "Touch: agreed"}


@dataclass(frozen=True, slots=True)
class TouchNow:
    """What counts now, in one word, and what to do about it."""

    word: Word
    sentence: str

    @property
    def tag(self) -> str:
        return TAGS[self.word]


def touch_now(on_card: str | None, *, written_at: datetime | None, started_at: datetime | None) -> TouchNow:
    """`on_card`: the card's answer, None without a card.  A yes that was written after the dose began is no yes: it was said under the drug."""
    if on_card == "no":
        return TouchNow("no", "They said no to touch that is meant to comfort. A hand that prevents a fall is said aloud first.")
    if on_card == "ask":
        return TouchNow("ask", "Ask each time, and wait for the answer.")
    if on_card == "yes" and written_at is not None:
        if started_at is not None and written_at >= started_at:
            return TouchNow("ask", "A yes was written after this dose began. Ask each time, and wait for the answer.")
        return TouchNow("yes", "A hand or a shoulder, as agreed beforehand. A no at any moment counts.")
    return TouchNow("not_asked", "Nobody asked, so it is no yes: ask before any touch that is meant to comfort.")
