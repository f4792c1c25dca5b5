"""Names that somebody may have meant: offered for a word that matches nothing, never taken for it.

Two words are close when few single slips lead from one to the other: a letter missing, added, changed, or two neighbours swapped
(optimal string alignment; Damerau 1964, Commun ACM 7:171).  How many slips are forgiven grows with the length of the word, because
short names of different medicines lie too near to each other.  What is close is no match: look-alike names are a known cause of
giving the wrong medicine, so that the medicine stays "not checked" until a person has corrected the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from afterglow.science.interactions.names import Names, Words

MOST_OFFERED: Final = 3
# Least length of the longer word, and how many slips are then forgiven (a judgement).
FORGIVEN: Final = ((8, 2), (5, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`spelling` is a known name close to what was written, as plain words; `generic` is what it stands for."""

    written: str
    spelling: str
    generic: str

    def __str__(self) -> str:
        return self.spelling if self.spelling == self.generic else f"{self.spelling} ({self.generic})"


def offers(left_over: Sequence[str], names: Names) -> tuple[Offer, ...]:
    """For words that nothing explains: the known names closest to them, the nearest first, each generic once, at most three."""
    found = [
        (slips, Offer(written=written, spelling=spelling, generic=generic))
        for written in _phrases(tuple(left_over), names.longest)
        for spelling, generic in ((" ".join(words), generic) for words, generic in names.generics.items())
        if (slips := _close(written, spelling)) is not None
    ]
    nearest: dict[str, Offer] = {}
    for _, offer in sorted(found, key=lambda each: (each[0], each[1].generic, each[1].spelling)):
        nearest.setdefault(offer.generic, offer)
    return tuple(nearest.values())[:MOST_OFFERED]


def slips_between(one: str, other: str) -> int:
    """How many single slips lead from one to the other, no letter touched twice."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, wanted in enumerate(other, start=1):
            least = min(last[column] + 1, here[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            here.append(least)
        before, last = last, here
    return last[-1]


def _phrases(words: Words, longest: int) -> list[str]:
    """Each run of neighbouring words, as long as the longest known name."""
    return [" ".join(words[start:end]) for start, end in combinations(range(len(words) + 1), 2) if end - start <= longest]


def _close(written: str, spelling: str) -> int | None:
    length = max(len(written), len(spelling))
    forgiven = next((slips for least, slips in FORGIVEN if length >= least), 0)
    if abs(len(written) - len(spelling)) > forgiven or len(set(written) ^ set(spelling)) > 2 * forgiven:
        return None  # more slips for certain; spares the table
    slips = slips_between(written, spelling)
    return slips if slips <= forgiven else None
