"""How one person who began a course stands at each point, and whether a response lasted.  Pure; nothing here looks ahead of `at`.

Somebody without a score is missing and stays in the denominator; somebody without a baseline that means something is not judged and stays in it
too.  Neither ever counts as a response (hazard H36).  A score in a translation that is not known to be validated is not compared with the others:
whoever has no other at a point is "apart", one of those without a score that counts (N44).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from afterglow.pathway.registry.rules.definition import Definition, Point
from afterglow.science.outcomes.course import BASELINE_WITHIN
from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import ChangeRules

Outcome = Literal["not due", "missing", "apart", "not judged", "no response", "response", "remission"]
Lasting = Literal["not due", "missing", "apart", "not judged", "no", "yes"]
RESPONDED = ("response", "remission")


@dataclass(frozen=True, slots=True)
class Starter:
    """One person's first course.  `doses_at`: when each of its infusions was begun, boosters left out; `times` and `totals`: every score, by time.
    `apart`: when a score was given that is not pooled with these, by time.

    `open`: a version of the plan is in draft or in force; `complete`: a signed review sent the person on to aftercare.
    """

    doses_at: tuple[datetime, ...]
    planned: int
    open: bool
    complete: bool
    times: tuple[datetime, ...]
    totals: tuple[int, ...]
    apart: tuple[datetime, ...] = ()

    @property
    def finished(self) -> bool:
        return self.complete or len(self.doses_at) >= self.planned

    @property
    def baseline(self) -> int | None:
        """The last total of the 14 days before the first infusion."""
        place = bisect_left(self.times, self.doses_at[0]) - 1
        return self.totals[place] if place >= 0 and self.times[place] >= self.doses_at[0] - BASELINE_WITHIN else None


@dataclass(frozen=True, slots=True)
class Seen:
    """At one point: the outcome, whether the total fell at all, and when the score that counts was taken."""

    outcome: Outcome
    lower: bool = False
    taken_at: datetime | None = None


class Stood(NamedTuple):
    """How one person counts.  `points`: at each point of the definition, the outcome and whether the total fell at all.

    Many people stand alike, so they are counted by this.
    """

    finished: bool
    over: bool
    points: tuple[tuple[Outcome, bool], ...]
    lasting: Lasting


class _Found(NamedTuple):
    """At one point: as `Seen`, with the place of the score that counts."""

    outcome: Outcome
    lower: bool = False
    place: int | None = None


_NOT_DUE, _MISSING, _APART = _Found("not due"), _Found("missing"), _Found("apart")
_UNSCORED = ("missing", "apart")


def is_over(definition: Definition, starter: Starter, at: datetime) -> bool:
    """The course: finished, its plan ended, or no infusion for so long that it is over whatever the plan says."""
    return starter.finished or not starter.open or at - starter.doses_at[-1] >= definition.over_after


class Judge:
    """Outcomes by one definition at one moment.  The same pair of totals is compared once."""

    def __init__(self, definition: Definition, rules: ChangeRules, at: datetime) -> None:
        self.definition, self.rules, self.at = definition, rules, at
        self._begins, self._ends = definition.points.index(definition.lasting_from), definition.points.index(definition.lasting_to)
        self._known: dict[tuple[int, int], Outcome] = {}

    def is_over(self, starter: Starter) -> bool:
        """The course, at the judge's moment."""
        return is_over(self.definition, starter, self.at)

    def seen(self, starter: Starter, point: Point) -> Seen:
        """Where this person stands at one point; "not due" until its time is over."""
        found = self._found(starter, point, self.is_over(starter), starter.baseline)
        return Seen(found.outcome, found.lower, None if found.place is None else starter.times[found.place])

    def lasting(self, starter: Starter) -> Lasting:
        """Response at the first of two points, at the second, and at every score in between; a loss that is known counts, whatever is missing."""
        return self.stood(starter).lasting

    def stood(self, starter: Starter) -> Stood:
        """Every point and whether it lasted, in one pass."""
        over, baseline = self.is_over(starter), starter.baseline
        found = [self._found(starter, point, over, baseline) for point in self.definition.points]
        lasting = self._lasting(starter, baseline, found[self._begins], found[self._ends])
        return Stood(starter.finished, over, tuple([(one.outcome, one.lower) for one in found]), lasting)

    def _found(self, starter: Starter, point: Point, over: bool, baseline: int | None) -> _Found:
        due = self._due(starter, point, over)
        if due is None:
            return _NOT_DUE
        anchor, until = due
        times = starter.times
        first, last = bisect_left(times, anchor + point.opens), bisect_right(times, until)
        if first == last:
            return _APART if any(anchor + point.opens <= one <= until for one in starter.apart) else _MISSING
        aim = anchor + point.aim
        place = first if last - first == 1 else min(range(first, last), key=lambda one: abs(times[one] - aim))
        if baseline is None:
            return _Found("not judged", False, place)
        total = starter.totals[place]
        return _Found(self._judged(baseline, total), total < baseline, place)

    def _lasting(self, starter: Starter, baseline: int | None, begins: _Found, ends: _Found) -> Lasting:
        if ends.outcome == "not due":
            return "not due"
        if "not judged" in (begins.outcome, ends.outcome):
            return "not judged"
        if "no response" in (begins.outcome, ends.outcome) or self._lost(starter, baseline, begins, ends):
            return "no"
        if begins.outcome not in _UNSCORED and ends.outcome not in _UNSCORED:
            return "yes"
        return "missing" if "missing" in (begins.outcome, ends.outcome) else "apart"

    def _due(self, starter: Starter, point: Point, over: bool) -> tuple[datetime, datetime] | None:
        """(what the days of the point count from, the end of the scores that count); None while the time is not over."""
        anchor = starter.doses_at[0]
        if point.anchor == "last_dose":
            if not over:
                return None
            anchor = starter.doses_at[-1]
        until = anchor + point.closes
        if point.until_next_dose and len(starter.doses_at) > 1:
            until = min(until, starter.doses_at[1])
        return (anchor, until) if until <= self.at else None

    def _lost(self, starter: Starter, baseline: int | None, begins: _Found, ends: _Found) -> bool:
        """A score between the two points, up to the end of the later one's time, that is no response."""
        times, last = starter.times, starter.doses_at[-1]
        since = bisect_right(times, last + self.definition.lasting_from.closes if begins.place is None else times[begins.place])
        until = bisect_right(times, last + self.definition.lasting_to.closes if ends.place is None else times[ends.place])
        return baseline is not None and any(self._judged(baseline, total) == "no response" for total in starter.totals[since:until])

    def _judged(self, baseline: int, total: int) -> Outcome:
        if (baseline, total) not in self._known:
            self._known[baseline, total] = self._compared(baseline, total)
        return self._known[baseline, total]

    def _compared(self, baseline: int, total: int) -> Outcome:
        moved = change(self.rules, baseline=baseline, now=total)
        if moved.response == "not evaluable":
            return "not judged"
        if moved.response != "response":
            return "no response"
        return "remission" if moved.remission else "response"
