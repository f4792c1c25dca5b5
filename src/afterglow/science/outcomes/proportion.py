"""A proportion with its denominator and its 95% interval, never a bare percentage.

Interval: Wilson's score interval without continuity correction (Wilson EB, J Am Stat Assoc 1927;22:209-212), which stays inside 0 to 1 and is
honest at 0 of n and n of n, where the textbook interval has no width.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""The 97.5% point of the normal distribution."""

LEAST_SHOWN = 20
"""Below so many people no proportion is shown: few cases mislead, and could be recognised.  J (Afterglow safety rule 77)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """`low` and `high` as fractions, 0 <= low <= high <= 1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """`count` of `out_of` people.  Raises ValueError when that cannot be a part of a whole."""

    count: int
    out_of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.out_of:
            raise ValueError(f"{self.count} of {self.out_of} is no proportion")

    @property
    def fraction(self) -> float | None:
        """None where nobody was counted: 0 of 0 is not 0%."""
        return self.count / self.out_of if self.out_of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95% interval; None where nobody was counted."""
        if not self.out_of:
            return None
        n, share, square = self.out_of, self.count / self.out_of, Z_95**2
        middle = (share + square / (2 * n)) / (1 + square / n)
        reach = Z_95 * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
        # At the edges the algebra gives exactly 0 or 1 and the arithmetic only nearly.
        low = 0.0 if self.count == 0 else middle - reach
        high = 1.0 if self.count == n else middle + reach
        return Interval(low, high)

    def may_be_shown(self, least: int = LEAST_SHOWN) -> bool:
        """Enough people to say it aloud."""
        return self.out_of >= least

    def in_words(self, least: int = LEAST_SHOWN) -> str:
        """'31 of 54 (57%, 95% interval 44 to 70%)', or why it is not shown."""
        if not self.may_be_shown(least):
            return f"not shown: fewer than {least} people"
        fraction, interval = self.fraction, self.interval
        if fraction is None or interval is None:  # `least` may be 0
            return "nobody counted"
        return f"{self.count} of {self.out_of} ({percent(fraction)}%, 95% interval {percent(interval.low)} to {percent(interval.high)}%)"


def percent(fraction: float) -> int:
    """A fraction as whole percent, halves up."""
    return int(fraction * 100 + 0.5)
