"""The definitions of one published paper as data, and where one person stands by each of them.  Pure; nothing looks ahead of `at`.

What is unknown stays unknown: no score, no baseline and a baseline too low for a percentage are told apart and never count as a benefit, nor as
"not worse" (hazard H36).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Literal, NamedTuple

from afterglow.science.outcomes.course import BASELINE_WITHIN
from afterglow.science.outcomes.survival import Followed

Outcome = Literal["not due", "unknown", "outside", "missing", "apart", "no baseline", "not judged", "no", "yes"]
What = Literal["fell", "eased", "below", "rose", "present", "kept"]
Anchor = Literal["first_dose", "last_dose", "dose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Of the scores `opens` to `closes` after the anchor the one nearest to `aim` counts.  `dose_no`: of the anchor "dose"."""

    anchor: Anchor
    dose_no: int
    opens: timedelta
    aim: timedelta
    closes: timedelta
    until_next_dose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the table.  `series`: a scale ("phq9") or one of its items ("phq9.q9"); `limit`: a fraction for "fell", points for the others,
    days for "kept"; `floor`: a baseline below it is not judged; `of`: everybody, or those with at least 1 on the series before the first dose,
    or those who responded by the measure `responders_by`; `harm`: what is unknown could be it."""

    id: str
    series: str
    window: Window | None
    what: What
    limit: Fraction
    floor: int
    of_present: bool
    responders_by: str
    harm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Induction:
    """Whose course is like those of the paper; None: not asked."""

    doses_from: int
    doses_to: int | None
    days_from: int | None
    days_to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """`least`: with fewer people nothing is shown."""

    least: int
    induction: Induction
    measures: tuple[Measure, ...]

    def measure(self, wanted: str) -> Measure:
        """Raises StopIteration for one that is not there."""
        return next(measure for measure in self.measures if measure.id == wanted)


class Series(NamedTuple):
    """Every value of one scale or item, by time.  `apart`: when one was given in a translation not known to be validated, which is not pooled."""

    times: tuple[datetime, ...] = ()
    values: tuple[int, ...] = ()
    apart: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person's first course: when each infusion was begun, whether it is over and was finished, and every series of the paper."""

    doses_at: tuple[datetime, ...]
    over: bool
    finished: bool
    series: Mapping[str, Series]

    def held(self, name: str) -> Series:
        """Empty where nobody was asked."""
        return self.series.get(name, Series())

    def baseline(self, name: str) -> int | None:
        """The last value of the 14 days before the first infusion."""
        held = self.held(name)
        place = bisect_left(held.times, self.doses_at[0]) - 1
        return held.values[place] if place >= 0 and held.times[place] >= self.doses_at[0] - BASELINE_WITHIN else None


def paper_from(content: Mapping[str, Any]) -> Paper:
    """A library file's table."""
    induction = content["induction"]
    (doses_from, doses_to), (days_from, days_to) = induction["doses"], induction["days"] or (None, None)
    return Paper(
        least=content["least_people"]["value"],
        induction=Induction(doses_from=doses_from, doses_to=doses_to, days_from=days_from, days_to=days_to),
        measures=tuple(_measure(row) for row in content["measures"]),
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    counts = row["counts"]
    return Measure(
        id=row["id"],
        series=row["series"],
        window=_window(row["window"]) if row["window"] else None,
        what=counts["what"],
        limit=Fraction(str(counts["limit"])),
        floor=row["floor"],
        of_present=row["of"] == "present_before",
        responders_by=row.get("responders_by", ""),
        harm=row["harm"],
    )


def _window(row: Mapping[str, Any]) -> Window:
    return Window(
        anchor=row["anchor"],
        dose_no=row.get("dose_no", 0),
        opens=timedelta(days=row["from_day"]),
        aim=timedelta(days=row["aim_day"]),
        closes=timedelta(days=row["to_day"]),
        until_next_dose=row.get("until_next_dose", False),
    )


def like_the_paper(induction: Induction, subject: Subject) -> bool:
    """Has this course the number of infusions, in the days, that the paper counted?"""
    doses, days = len(subject.doses_at), (subject.doses_at[-1] - subject.doses_at[0]).days
    if doses < induction.doses_from or (induction.doses_to is not None and doses > induction.doses_to):
        return False
    return (induction.days_from is None or days >= induction.days_from) and (induction.days_to is None or days <= induction.days_to)


def outcome(measure: Measure, subject: Subject, at: datetime) -> Outcome:
    """Where one person stands by one measure; "not due" until its time is over, "unknown" where nobody can say whether it is about them."""
    before = subject.baseline(measure.series)
    if measure.window is None:
        return "no baseline" if before is None else "yes" if before >= measure.limit else "no"
    if not _is_due(measure.window, subject, at):
        return "not due"
    if measure.of_present and (before is None or before < 1):
        return "unknown" if before is None else "outside"
    held, place = subject.held(measure.series), _place(measure.window, subject, measure.series)
    if place is None:
        return "apart" if _only_apart(measure.window, subject, held) else "missing"
    if before is None:
        return "no baseline"
    if before < measure.floor:
        return "not judged"
    return "yes" if _met(measure, before, held.values[place]) else "no"


def followed(response: Measure, subject: Subject, at: datetime) -> Followed | None:
    """How long a response was seen to be kept: until the first later score that is none, or until the last score.  None: no response to keep."""
    before = subject.baseline(response.series)
    if response.window is None or before is None or outcome(response, subject, at) != "yes":
        return None
    held, place, last = subject.held(response.series), _place(response.window, subject, response.series) or 0, 0.0
    for when, value in zip(held.times[place + 1 :], held.values[place + 1 :], strict=True):
        last = (when - held.times[place]) / timedelta(days=1)
        if not _met(response, before, value):
            return Followed(last, True)
    return Followed(last, False)


def _span(window: Window, subject: Subject) -> tuple[datetime, datetime] | None:
    """(what the days count from, the end of the scores that count); None where that infusion was not given."""
    doses = subject.doses_at
    number = {"first_dose": 1, "last_dose": len(doses), "dose": window.dose_no}[window.anchor]
    if number > len(doses):
        return None
    until = doses[number - 1] + window.closes
    if window.until_next_dose and number < len(doses):
        until = min(until, doses[number])
    return doses[number - 1], until


def _is_due(window: Window, subject: Subject, at: datetime) -> bool:
    """Its time is over; where the course ended before that infusion, no score can come any more, and who left early stays counted."""
    span = _span(window, subject)
    if window.anchor == "last_dose" or span is None:
        return subject.over and (span is None or span[1] <= at)
    return span[1] <= at


def _place(window: Window, subject: Subject, series: str) -> int | None:
    """Which value of the series counts."""
    span = _span(window, subject)
    if span is None:
        return None
    times, (anchor, until) = subject.held(series).times, span
    first, last = bisect_left(times, anchor + window.opens), bisect_right(times, until)
    return min(range(first, last), key=lambda one: abs(times[one] - anchor - window.aim)) if first < last else None


def _only_apart(window: Window, subject: Subject, held: Series) -> bool:
    span = _span(window, subject)
    return span is not None and any(span[0] + window.opens <= one <= span[1] for one in held.apart)


def _met(measure: Measure, before: int, now: int) -> bool:
    """By how much it moved: "fell" as a fraction of the baseline, the others in points."""
    if measure.what == "fell":
        return before - now >= measure.limit * before
    if measure.what == "below":
        return now < measure.limit
    return (now - before if measure.what == "rose" else before - now) >= measure.limit
