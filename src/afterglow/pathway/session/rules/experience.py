"""What the person rates before, in and after a dose: mood, dissociation; and how detached they were, for how long (S53, S77).  Pure.

A rating that nobody asked for is "not asked", one that was declined says why; neither is ever a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from afterglow.science.verdict import Finding, Verdict

DETACHED_FROM: Final = 4
"""From which rating of 0 to 10 "how detached" the time is counted (J: the scale is own words and has no published cut-off)."""
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One question: what it is called, its highest value (the lowest is 0), and the states of the session in which it is asked."""

    title: str
    highest: int
    states: tuple[str, ...]


CADSS = "CADSS, total of 23 items, 0 to 92"
RATINGS: Final[dict[str, Rating]] = {
    "mood_before": Rating(title="Low mood before the dose, 0 to 10", highest=10, states=("checked_in",)),
    "mood_end": Rating(title="Low mood at the end, 0 to 10", highest=10, states=("recovery",)),
    "cadss_before": Rating(title=f"{CADSS}: before the dose", highest=92, states=("checked_in",)),
    "cadss_peak": Rating(title=f"{CADSS}: when it was strongest", highest=92, states=("dosing", "paused", "recovery")),
    "cadss_end": Rating(title=f"{CADSS}: at the end of recovery", highest=92, states=("recovery",)),
}
"""The mood question is the first of the check-ins' own short questionnaire, so that the evening compares.  CADSS (Bremner 1998,
doi 10.1023/A:1024465317902; 23 items of 0 to 4, W): its wording may not be shipped, so only the total is kept."""


def may_rate(item: str, value: int | None, reason: str, *, state: str) -> Verdict:
    """A whole number in range, or a reason for none; never both, never neither."""
    rating = RATINGS.get(item)
    if rating is None:
        return Verdict.of(Finding.unmet("rated", "This is not something that is rated here."))
    if state not in rating.states:
        return Verdict.of(Finding.unmet("rated", f"{rating.title}: this is not the moment to ask it."))
    if value is None:
        said = bool(reason.strip())
        return Verdict.of(Finding.met("value") if said else Finding.unknown("value", "Enter the number, or say why there is none."))
    if reason.strip():
        return Verdict.of(Finding.unmet("declined", "There is a number and a reason for none: which of them is right?"))
    if not 0 <= value <= rating.highest:
        return Verdict.of(Finding.unmet("value", f"A whole number from 0 to {rating.highest}."))
    return Verdict.of(Finding.met("value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Detached:
    """The course of "how detached", 0 to 10.  `at_least_min`: between ratings at or above the threshold; `at_most_min`: between the ratings below it
    on either side, None while no rating below followed.  `peak` None: nobody asked since the start."""

    peak: int | None = None
    peak_at: datetime | None = None
    count: int = 0
    at_least_min: int = 0
    at_most_min: int | None = 0

    @property
    def sentence(self) -> str:
        """In words, with the threshold and its basis."""
        if self.peak is None:
            return "Not asked since the start: neither peak nor length is known."
        said = f"Highest rating {self.peak} of 10, of {self.count} {'rating' if self.count == 1 else 'ratings'}."
        if self.peak < DETACHED_FROM:
            return f"{said} Never rated {DETACHED_FROM} or more {BASIS}."
        until = "and no lower rating followed" if self.at_most_min is None else f"at most {self.at_most_min} min"
        return f"{said} Rated {DETACHED_FROM} or more for at least {self.at_least_min} min, {until} {BASIS}."


BASIS: Final = f"({DETACHED_FROM} is a judgement, no published cut-off)"


def detached(ratings: Sequence[tuple[datetime, int]], *, started_at: datetime | None) -> Detached:
    """Peak and length from the ratings since the start, in order of true time; between two ratings nobody knows, so the length is a span.

    Of several highest ratings the first is the peak.  Ratings before the start count only as "not yet": the start is taken as below.
    """
    since = sorted((at, value) for at, value in ratings if started_at is not None and at >= started_at)
    if started_at is None or not since:
        return Detached()
    peak_at, peak = max(since, key=lambda each: (each[1], -each[0].timestamp()))
    least, most, below_at = timedelta(), timedelta(), started_at
    run: tuple[datetime, datetime] | None = None
    for at, value in since:
        if value >= DETACHED_FROM:
            run = (run[0] if run else at, at)
        else:
            if run is not None:
                least, most = least + (run[1] - run[0]), most + (at - below_at)
            run, below_at = None, at
    open_end = run is not None
    if run is not None:
        least += run[1] - run[0]
    return Detached(peak=peak, peak_at=peak_at, count=len(since), at_least_min=_minutes(least), at_most_min=None if open_end else _minutes(most))


def _minutes(span: timedelta) -> int:
    return round(span / timedelta(minutes=1))
