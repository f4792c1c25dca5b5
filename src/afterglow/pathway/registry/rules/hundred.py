"""A share as a hundred people, ten in a row: filled for those it holds for, half filled for those it may hold for, open for the others.

Natural frequencies of one and the same hundred are read rightly more often than percentages (Hoffrage U, Gigerenzer G, Acad Med 1998;73:538-540; W).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

STEP, RADIUS, DOT = 10, 3.4, 1.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hundred:
    """Paths in a square of 100 x 100 units, and the sentence that says the same.  `sure` + `maybe` + `others` = 100 people."""

    sure: int
    maybe: int
    headline: str
    sentence: str
    filled: str
    rings: str
    dots: str

    @property
    def others(self) -> int:
        return 100 - self.sure - self.maybe


@lru_cache(maxsize=512)
def hundred(percent: float | None, low: float | None, high: float | None) -> Hundred:
    """Of a share in percent with its interval or without one, or of a range without a share.  Raises ValueError when neither is given."""
    if percent is None and (low is None or high is None):
        raise ValueError("a share or a range is needed")
    if low is None or high is None:
        sure = whole(percent or 0)
        return _drawn(sure, 0, f"{sure} of 100", f"{sure} of 100 people. How sure this is was not read in the study.")
    least, most = whole(low), whole(high)
    if percent is None:
        return _drawn(least, most - least, f"{least} to {most} of 100", f"Between {least} and {most} of 100 people, by study and dose.")
    said = f"{whole(percent)} of 100 people; the true number is likely between {least} and {most}."
    return _drawn(least, most - least, f"{whole(percent)} of 100", said)


def whole(percent: float) -> int:
    """A share as whole people of a hundred, halves up."""
    return int(percent + 0.5)


def _drawn(sure: int, maybe: int, headline: str, sentence: str) -> Hundred:
    places = [(STEP * (number % 10) + STEP / 2, STEP * (number // 10) + STEP / 2) for number in range(100)]
    return Hundred(
        sure=sure,
        maybe=maybe,
        headline=headline,
        sentence=sentence,
        filled=_circles(places[:sure], RADIUS),
        rings=_circles(places[sure:], RADIUS - 0.4),
        dots=_circles(places[sure : sure + maybe], DOT),
    )


def _circles(places: list[tuple[float, float]], radius: float) -> str:
    """One path for all of them: a page draws many."""
    return "".join(
        f"M{x - radius:g} {y:g}a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0" for x, y in places
    )
