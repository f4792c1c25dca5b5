"""When: the days of a course, and the windows of the visits around it.  Proposals only; the calendar decides on clashes and hours.

Days are the site's calendar days.  A length of 12 days means first and last infusion included (Murrough 2013: days 1 to 12).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.science.dosing.interval import hours_text
from afterglow.science.verdict import Finding, Verdict

LOOK_AHEAD_DAYS = 21  # how far past the wished day the first infusion may be moved before no course is proposed
EVEN_WITHIN_DAYS = 6  # a start moved by less than a week is a small price for an even course
CROWDED = 1000  # outweighs any unevenness: a third infusion in a week only when nothing else fits
DAY = timedelta(days=1)
VisitKind = Literal["preparation", "infusion", "integration", "review"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePattern:
    """The calendar numbers of a protocol: pairs are (fewest, most), both allowed.

    `per_week` is kept where the open days allow it, `most_per_week` always: beyond it a dose would have to be explained.
    """

    infusions: int
    within_days: tuple[int, int]
    apart_days: tuple[int, int]
    per_week: int
    most_per_week: int
    preparation_days_before: tuple[int, int]
    integration_every: int
    integration_h: tuple[int, int]
    reviews_after: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedVisit:
    """One visit on a day.  `number`: which infusion it is or belongs to.  `earliest`, `latest`: the days it may move between."""

    kind: VisitKind
    number: int
    on: date
    earliest: date
    latest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A proposal: `visits` in order of day, empty when no course fits; `verdict` says what could not be placed."""

    visits: tuple[ProposedVisit, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `opens_at` to `closes_at`, both inside."""

    opens_at: datetime
    closes_at: datetime


def pattern_from(content: Mapping[str, Any], carried: int = 0) -> CoursePattern:
    """The calendar numbers of a protocol, or of a plan made from one.  `carried`: unreviewed infusions before it bring its first review forward."""
    course, visits = content["course"], content["visits"]
    named = [review["after"] for review in content["reviews"]]
    sooner = [first for first in [doses_allowed_at_first(named, course["infusions"], carried)] if carried and first]
    return CoursePattern(
        infusions=course["infusions"],
        within_days=(course["within_days"][0], course["within_days"][1]),
        apart_days=(course["apart_days"][0], course["apart_days"][1]),
        per_week=course["per_week"],
        most_per_week=content["intervals"]["say_why_over_per_week"],
        preparation_days_before=(visits["preparation"]["at_least_days_before"], visits["preparation"]["at_most_days_before"]),
        integration_every=visits["integration"]["after_every"],
        integration_h=(visits["integration"]["from_h"], visits["integration"]["to_h"]),
        reviews_after=tuple(sorted({*sooner, *named})),
    )


def course_dates(start_on: date, pattern: CoursePattern, *, today: date, blocked: Collection[date], open_weekdays: Collection[int]) -> Course:
    """Propose every visit from the wished first day.  `blocked`: days that are closed or full; `open_weekdays`: 0 is Monday.

    An even course that starts within a week of the wish is preferred to one with a third infusion in some week; that one may start up
    to three weeks after the wish.  Never so soon that no day is left for the preparation visit.
    """

    def is_open(day: date) -> bool:
        return day.weekday() in open_weekdays and day not in blocked

    soonest = max(start_on, today + pattern.preparation_days_before[0] * DAY)
    even = replace(pattern, most_per_week=pattern.per_week)
    for tried, days_ahead in ((even, EVEN_WITHIN_DAYS), (pattern, LOOK_AHEAD_DAYS)):
        for ahead in range(days_ahead + 1):
            if infusions := best_infusion_days(soonest + ahead * DAY, tried, is_open):
                return _with_visits_around(infusions, pattern, today, is_open)
    sentence = (
        f"No {pattern.infusions} days fit a course that starts within {LOOK_AHEAD_DAYS} days of {soonest:%d %b %Y}. "
        "Open more days, or change the course."
    )
    return Course(visits=(), verdict=Verdict.of(Finding.unmet("course.infusions", sentence)))


def best_infusion_days(first_on: date, pattern: CoursePattern, is_open: Callable[[date], bool]) -> tuple[date, ...]:
    """The most even run of open days that keeps every bound; empty when there is none.

    Walked infusion by infusion with every reachable day kept once, at its lowest unevenness, so that a long course costs no more
    than a short one.  Unevenness: the sum over gaps of (2 gap per_week - 14)^2, which is 0 at 7 / per_week days, and CROWDED for each
    day that makes more than `per_week` in seven; ties go to the earlier end.
    """
    if not is_open(first_on):
        return ()
    runs: dict[tuple[date, ...], tuple[int, tuple[date, ...]]] = {(first_on,): (0, (first_on,))}
    low, high = pattern.apart_days
    for _ in range(pattern.infusions - 1):
        following: dict[tuple[date, ...], tuple[int, tuple[date, ...]]] = {}
        for cost, days in runs.values():
            for gap in range(low, high + 1):
                longer = (*days, days[-1] + gap * DAY)
                if not is_open(longer[-1]) or _crowded(longer, pattern.most_per_week) or _length(longer) > pattern.within_days[1]:
                    continue
                uneven = (2 * gap * pattern.per_week - 14) ** 2 + CROWDED * _crowded(longer, pattern.per_week)
                offered = (cost + uneven, longer)
                tail = longer[-max(pattern.per_week, pattern.most_per_week) :]
                following[tail] = min(offered, following.get(tail, offered))
        runs = following
    fitting = [(cost, days[-1], days) for cost, days in runs.values() if _length(days) >= pattern.within_days[0]]
    return min(fitting)[2] if fitting else ()


def _length(days: tuple[date, ...]) -> int:
    return (days[-1] - days[0]).days + 1


def _crowded(days: tuple[date, ...], per_week: int) -> bool:
    """More than `per_week` of the days lie within any seven."""
    return len(days) > per_week and (days[-1] - days[-1 - per_week]).days < 7


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """A visit to place: on the open day nearest to the infusion, between `earliest` and `latest`, not on a day in `avoid`."""

    kind: VisitKind
    number: int
    earliest: date
    latest: date
    avoid: tuple[date, ...] = ()


def _wishes(infusions: tuple[date, ...], pattern: CoursePattern, today: date) -> list[_Wish]:
    at_least, at_most = pattern.preparation_days_before
    first_on = infusions[0]
    wishes = [_Wish(kind="preparation", number=1, earliest=max(today, first_on - at_most * DAY), latest=first_on - at_least * DAY)]
    opens_h, closes_h = pattern.integration_h
    for number, day in enumerate(infusions, 1):
        if number % pattern.integration_every == 0:
            opens_on, closes_on = day + -(-opens_h // 24) * DAY, day + closes_h // 24 * DAY
            wishes.append(_Wish(kind="integration", number=number, earliest=opens_on, latest=closes_on, avoid=infusions))
        if number in pattern.reviews_after:
            until = infusions[number] if number < len(infusions) else day + 7 * DAY  # the review is signed before the next infusion starts
            wishes.append(_Wish(kind="review", number=number, earliest=day + DAY, latest=until))
    return wishes


def _with_visits_around(infusions: tuple[date, ...], pattern: CoursePattern, today: date, is_open: Callable[[date], bool]) -> Course:
    """The infusions, and the preparation, integration and review visits that find an open day; what finds none is said."""
    visits = [ProposedVisit(kind="infusion", number=number, on=day, earliest=day, latest=day) for number, day in enumerate(infusions, 1)]
    findings = [Finding.met("course.infusions", f"{len(infusions)} infusions from {infusions[0]:%d %b %Y} to {infusions[-1]:%d %b %Y}.")]
    for wish in _wishes(infusions, pattern, today):
        item = f"course.{wish.kind}.{wish.number}"
        days = [wish.earliest + ahead * DAY for ahead in range((wish.latest - wish.earliest).days + 1)]
        fitting = [day for day in days if is_open(day) and day not in wish.avoid]
        if not fitting:
            between = f"from {wish.earliest:%d %b} to {wish.latest:%d %b %Y}"
            sentence = f"No open day for the {wish.kind} visit of infusion {wish.number} {between}. Place it by hand."
            findings.append(Finding.unmet(item, sentence))
            continue
        on = fitting[-1] if wish.kind == "preparation" else fitting[0]
        visits.append(ProposedVisit(kind=wish.kind, number=wish.number, on=on, earliest=wish.earliest, latest=wish.latest))
        findings.append(Finding.met(item, f"On {on:%d %b %Y}."))
    return Course(visits=tuple(sorted(visits, key=lambda visit: (visit.on, visit.kind, visit.number))), verdict=Verdict(tuple(findings)))


def integration_window(infusion_ended_at: datetime, pattern: CoursePattern) -> Window:
    """When the integration visit should start, counted in hours from the end of the infusion (aware)."""
    opens_h, closes_h = pattern.integration_h
    return Window(opens_at=infusion_ended_at + timedelta(hours=opens_h), closes_at=infusion_ended_at + timedelta(hours=closes_h))


def is_inside(window: Window, starts_at: datetime | None) -> Finding:
    """Does a visit that starts then fall into the window?  A visit outside it may still be kept: it is late, not forbidden."""
    item = "visit.window"
    if starts_at is None:
        return Finding.unknown(item, "The visit has no time yet.")
    if starts_at < window.opens_at:
        return Finding.unmet(item, f"The visit starts {hours_text(window.opens_at - starts_at)} before its window opens.")
    if starts_at > window.closes_at:
        return Finding.unmet(item, f"The visit starts {hours_text(starts_at - window.closes_at)} after its window has closed.")
    return Finding.met(item, "The visit is inside its window.")
