"""A protocol rehearsed for many invented people in one clinic's calendar, and the report of it.  Pure and seeded: the same again each time.

The people are invented: how heavy they are, when they miss a day and when they stop are assumptions of this page (judgement), spread wide
on purpose, so that the edges of a protocol are walked too.  Nothing here says how often anything happens to real people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from random import Random
from statistics import median
from typing import Any

from afterglow.pathway.plan.rules.course import DAY, Course, CoursePattern, course_dates
from afterglow.pathway.plan.rules.rehearsal import About, Calendar, Event, Invented, Level, Walked, script_from, walk
from afterglow.science.dosing.limits import Drug

LEVELS: tuple[Level, ...] = ("hard stop", "nobody", "cannot be met", "say why", "new signature")
ABOUT: tuple[About, ...] = ("window", "dose", "interval", "order", "review")
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What is assumed of people and clinic; all judgement, none of it measured.

    Weights: mean and spread in kg, never outside `weight_kg`; `drift_percent`: spread of the change between two infusions.
    `missed`: the chance that an infusion's day is missed, then moved by 1 to `missed_days`; `stops`: the chance to stay away for good,
    at each infusion.  `closed_days` single days and one `closed_week` a year; the one prescriber is away `away_weeks` weeks a year.
    """

    weight_mean_kg: int = 85
    weight_spread_kg: int = 25
    weight_kg: tuple[int, int] = (38, 200)
    height_mean_cm: int = 170
    height_spread_cm: int = 10
    drift_percent: int = 1
    notice_days: tuple[int, int] = (1, 21)
    missed: float = 0.08
    missed_days: int = 6
    stops: float = 0.03
    closed_days: int = 11
    closed_week: bool = True
    away_weeks: int = 4

    def sentences(self) -> tuple[str, ...]:
        low, high = self.weight_kg
        return (
            f"Weights around {self.weight_mean_kg} kg (spread {self.weight_spread_kg} kg, {low} to {high} kg), heights around "
            f"{self.height_mean_cm} cm; between two infusions the weight changes by about {self.drift_percent}%.",
            f"The first infusion is asked for {self.notice_days[0]} to {self.notice_days[1]} days ahead, on any day of a year.",
            f"{self.missed:.0%} of the infusion days are missed and moved by up to {self.missed_days} days; "
            f"at each infusion {self.stops:.0%} stay away for good.",
            f"The clinic is closed on {self.closed_days} single days{' and one week' if self.closed_week else ''} a year; "
            + (
                f"its one prescriber is away {self.away_weeks} weeks a year, and nobody stands in."
                if self.away_weeks
                else "one of its prescribers is always there."
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of trouble: in how many people, how often, at which infusions, and the rule's sentence of the first."""

    about: About
    level: Level
    item: str
    people: int
    times: int
    infusions: tuple[int, ...]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The report.  `unplaced`: people for whom no course was found; `finished`: who had every infusion; days: first to last, both counted."""

    people: int
    seed: int
    unplaced: int
    finished: int
    stopped: int
    days_median: float | None
    days_longest: int | None
    within_days: tuple[int, int]
    smooth: int
    lines: tuple[Line, ...]
    assumed: tuple[str, ...]

    def about(self, what: About) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.about == what)


def rehearse(
    content: Mapping[str, Any],
    drugs: Mapping[str, Drug],
    *,
    first_on: date,
    people: int,
    seed: int,
    open_weekdays: frozenset[int] = frozenset(range(5)),
    assumed: Assumed = Assumed(),
) -> Rehearsal:
    """Everybody through the protocol, beginning within a year from `first_on`.  Raises ImpossibleAmount for bounds that are none."""
    script = script_from(content, drugs)
    calendar = calendar_from(seed, first_on, open_weekdays, assumed)
    laid: dict[tuple[date, date], Course] = {}
    walked: list[Walked] = []
    for number in range(people):
        one = invented(f"{seed}/{number}", first_on, script.pattern.infusions, assumed)
        asked = (one.wished_on, _relevant_today(one, script.pattern))
        if asked not in laid:
            laid[asked] = course_dates(one.wished_on, script.pattern, today=asked[1], blocked=calendar.closed, open_weekdays=calendar.open_weekdays)
        walked.append(walk(script, one, laid[asked], calendar))
    return _report(walked, script.pattern, people, seed, assumed)


def _relevant_today(one: Invented, pattern: CoursePattern) -> date:
    """The day of asking, or the last one that makes no difference: farther ahead the preparation visit has all its days."""
    return max(one.asked_on, one.wished_on - pattern.preparation_days_before[1] * DAY)


def calendar_from(seed: int, first_on: date, open_weekdays: frozenset[int], assumed: Assumed) -> Calendar:
    """A clinic's days from `first_on` on, long enough for the last who begins."""
    dice = Random(f"{seed}/clinic")
    closed: set[date] = set()
    away: set[date] = set()
    for year in range(3):
        begins = first_on + year * YEAR_DAYS * DAY
        closed.update(begins + dice.randrange(YEAR_DAYS) * DAY for _ in range(assumed.closed_days))
        weeks = [begins + dice.randrange(YEAR_DAYS - 7) * DAY for _ in range(assumed.away_weeks + 1)]
        closed.update(weeks[0] + ahead * DAY for ahead in range(7 if assumed.closed_week else 0))
        away.update(week + ahead * DAY for week in weeks[1:] for ahead in range(7))
    return Calendar(open_weekdays=open_weekdays, closed=frozenset(closed), no_prescriber=frozenset(away))


def invented(seed: str, first_on: date, infusions: int, assumed: Assumed) -> Invented:
    """One person, always the same for one seed."""
    dice = Random(seed)
    low, high = assumed.weight_kg
    grams = round(1000 * min(high, max(low, dice.gauss(assumed.weight_mean_kg, assumed.weight_spread_kg))))
    weights = [grams]
    for _ in range(infusions - 1):
        weights.append(max(1000 * low, round(weights[-1] * (1 + dice.gauss(0, assumed.drift_percent) / 100))))
    wished_on = first_on + dice.randrange(YEAR_DAYS) * DAY
    return Invented(
        asked_on=wished_on - dice.randint(*assumed.notice_days) * DAY,
        wished_on=wished_on,
        at=time(9 + dice.randrange(4), dice.choice((0, 30))),
        height_mm=max(1200, round(10 * dice.gauss(assumed.height_mean_cm, assumed.height_spread_cm))),
        weights_g=tuple(weights),
        missed=tuple(dice.randint(1, assumed.missed_days) if dice.random() < assumed.missed else 0 for _ in range(infusions)),
        stops_before=next((number for number in range(1, infusions + 1) if dice.random() < assumed.stops), 0),
    )


def _report(walked: list[Walked], pattern: CoursePattern, people: int, seed: int, assumed: Assumed) -> Rehearsal:
    finished = [one.days for one in walked if one.given == pattern.infusions]
    unplaced = sum(any(event.item == "course.infusions" for event in one.events) for one in walked)
    return Rehearsal(
        people=people,
        seed=seed,
        unplaced=unplaced,
        finished=len(finished),
        stopped=people - len(finished) - unplaced,
        days_median=median(finished) if finished else None,
        days_longest=max(finished, default=None),
        within_days=pattern.within_days,
        smooth=sum(one.given == pattern.infusions and not one.events for one in walked),
        lines=_lines(walked),
        assumed=assumed.sentences(),
    )


def _lines(walked: Iterable[Walked]) -> tuple[Line, ...]:
    """Gravest first, then the most people."""
    lines: dict[tuple[About, Level, str], Line] = {}
    for one in walked:
        seen: set[tuple[About, Level, str]] = set()
        for event in one.events:
            key = (event.about, event.level, _kind(event))
            line = lines.get(key) or Line(about=key[0], level=key[1], item=key[2], people=0, times=0, infusions=(), example=event.sentence)
            infusions = tuple(sorted({*line.infusions, *([event.number] if event.number else [])}))
            lines[key] = replace(line, people=line.people + (key not in seen), times=line.times + 1, infusions=infusions)
            seen.add(key)
    return tuple(sorted(lines.values(), key=lambda line: (ABOUT.index(line.about), LEVELS.index(line.level), -line.people, line.item)))


def _kind(event: Event) -> str:
    """The item without the infusion's number: the same trouble at every infusion is one line."""
    return event.item.removesuffix(f".{event.number}")
