"""One invented person walks a protocol through a clinic's year, by the station's own rules: what could not be kept, and what was asked.

Pure, and no forecast of anybody: a rehearsal shows where a protocol and a calendar do not fit, before a real person stands there.
Clock times are the clinic's own; a change of summer time plays no part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from afterglow.pathway.plan.rules.course import DAY, Course, CoursePattern, pattern_from
from afterglow.pathway.plan.rules.orders import OrderState, order_in_force
from afterglow.pathway.plan.rules.reviews import AllowFacts, doses_allowed_at_first, may_allow_doses, next_limit
from afterglow.pathway.plan.rules.slots import Placed, may_place
from afterglow.science.dosing.amounts import micrograms
from afterglow.science.dosing.dose import PlannedDose, dose_from_weight, guardrails
from afterglow.science.dosing.interval import EarlierDose, intervals
from afterglow.science.dosing.limits import DoseLimits, Drug, IntervalRules, WeightRules, interval_rules_from, limits_from, weight_rules_from
from afterglow.science.dosing.weight import DosingWeight, WeighedOn, weight_to_dose_on
from afterglow.science.verdict import Finding

About = Literal["window", "dose", "interval", "order", "review"]
Level = Literal["hard stop", "say why", "cannot be met", "new signature", "nobody"]
LAST_REVIEW_DAYS = 7  # as `course._wishes`: the last review lies within a week of the last infusion
AHEAD = ("course.infusions", "course.preparation")  # what the proposal decides; talks and reviews follow the days that come to pass
GIVE_UP_DAYS = 60  # a dose that found no day for so long ends the rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When the clinic is open, and when a prescriber who may sign a review is there."""

    open_weekdays: frozenset[int]
    closed: frozenset[date]
    no_prescriber: frozenset[date]

    def is_open(self, day: date) -> bool:
        return day.weekday() in self.open_weekdays and day not in self.closed

    def has_prescriber(self, day: date) -> bool:
        return self.is_open(day) and day not in self.no_prescriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One invented person.  `weights_g`: on the day of each infusion, the first being the first order's.  `missed`: how many days each
    infusion's day was missed by (0: came).  `stops_before`: the infusion before which they stay away for good; 0: never.
    """

    asked_on: date
    wished_on: date
    at: time
    height_mm: int
    weights_g: tuple[int, ...]
    missed: tuple[int, ...]
    stops_before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that could not be kept or had to be asked.  `item`: the rule's own; `number`: the infusion, 0: the course."""

    about: About
    level: Level
    item: str
    number: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """How far the person came: `given` infusions, over `days` (0: none), and what happened on the way."""

    given: int
    days: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A protocol's numbers, read once for everybody."""

    pattern: CoursePattern
    limits: DoseLimits
    rules: IntervalRules
    weights: WeightRules
    drug: Drug
    ug_per_kg: int
    over_min: int
    before_min: int
    order_days: int
    bridging: int


def script_from(content: Mapping[str, Any], drugs: Mapping[str, Drug]) -> Script:
    """Raises ImpossibleAmount for bounds that are none, KeyError for a drug that is not listed."""
    return Script(
        pattern=pattern_from(content),
        limits=limits_from(content),
        rules=interval_rules_from(content),
        weights=weight_rules_from(content),
        drug=drugs[content["drug"]],
        ug_per_kg=micrograms(content["dose"]["mg_per_kg"]),
        over_min=content["dose"]["over_min"],
        before_min=content["block_min"]["before"],
        order_days=content["order"]["valid_days"],
        bridging=content["bridging_doses"]["at_most"],
    )


def walk(script: Script, one: Invented, course: Course, calendar: Calendar) -> Walked:
    """The person through the proposed course: days missed and moved, orders renewed, reviews waited for."""
    going = _Going(script, one, course, calendar)
    for visit in course.visits:
        if visit.kind == "infusion" and not going.infusion(visit.number, visit.on):
            break
    going.looked_back()
    given = going.given
    return Walked(given=len(given), days=(given[-1] - given[0]).days + 1 if given else 0, events=tuple(going.events))


class _Going:
    """Where a person is in the course: the infusions given, how far a review lets them go, and what happened so far."""

    def __init__(self, script: Script, one: Invented, course: Course, calendar: Calendar) -> None:
        self.script, self.one, self.course, self.calendar = script, one, course, calendar
        self.given: list[date] = []
        self.allowed = doses_allowed_at_first(script.pattern.reviews_after, script.pattern.infusions)
        self.bridging = script.bridging
        self.reviewed_to = 0
        self.events = [
            Event(about="window", level="cannot be met", item=finding.item, number=_number(finding.item), sentence=finding.sentence)
            for finding in course.verdict.open
            if finding.item.startswith(AHEAD)
        ]

    def infusion(self, number: int, planned_on: date) -> bool:
        """The next one, on its day or the first that is left; False when the course ends here."""
        if number == self.one.stops_before:
            return False
        day = self._day(number, planned_on)
        if number > self.allowed:
            day = self._allowed_on(number, day)
        if day is None:
            sentence = f"Infusion {number} finds no day within {GIVE_UP_DAYS} days."
            self.events.append(Event(about="window", level="cannot be met", item="course.infusion", number=number, sentence=sentence))
            return False
        self._asked(number, planned_on, day)
        self.given.append(day)
        return True

    def _day(self, number: int, planned_on: date) -> date | None:
        """The planned day; moved by what was missed, and never nearer to the one before than the plan says."""
        soonest = planned_on + self.one.missed[number - 1] * DAY
        if self.given:
            soonest = max(soonest, self.given[-1] + self.script.pattern.apart_days[0] * DAY)
        return _first(self.calendar.is_open, soonest)

    def _allowed_on(self, number: int, day: date | None) -> date | None:
        """Past a review: that day when a prescriber was there in time or a bridging dose is left, else the day one is back."""
        if day is None:
            return None
        between = range(1, (day - self.given[-1]).days + 1)
        reviewed = any(self.calendar.has_prescriber(self.given[-1] + ahead * DAY) for ahead in between)
        if not reviewed:
            sentence = f"No prescriber is there between infusion {number - 1} and infusion {number} to review the course."
            self.events.append(Event(about="review", level="nobody", item="review.owner", number=number - 1, sentence=sentence))
        facts = AllowFacts(
            up_to=number,
            allowed=self.allowed,
            given=len(self.given),
            reviews_after=self.script.pattern.reviews_after,
            infusions=self.script.pattern.infusions,
            reviewed=reviewed,
            bridging_left=self.bridging,
            reason="" if reviewed else "The prescriber is away.",
        )
        if not reviewed and may_allow_doses(facts).met:
            self.bridging -= 1
            self.allowed = number
            return day
        self.reviewed_to = len(self.given)
        self.allowed = next_limit(self.script.pattern.reviews_after, self.script.pattern.infusions, self.allowed)
        return day if reviewed else _first(self.calendar.has_prescriber, day)

    def _asked(self, number: int, planned_on: date, day: date) -> None:
        """Weight, dose and order on the day, by the rules that the order page and the gate ask."""
        script, grams = self.script, self.one.weights_g[number - 1]
        signed_for = self.one.weights_g[max(0, number - 2)]
        signed_at = self._clock(planned_on) - DAY
        order = OrderState(
            dose_number=number, signed_at=signed_at, expires_at=signed_at + script.order_days * DAY, ended=None, weight_g=signed_for
        )  # signed the day before the planned one, on the weight that was known then
        for finding in order_in_force(order, dose_number=number, weight_g=grams, at=self._clock(day), weights=script.weights).open:
            self._said("order", finding, number, level="new signature")
        dose_ug = dose_from_weight(ug_per_kg=script.ug_per_kg, weight_g=grams, step_ug=script.limits.step_ug)
        dose = PlannedDose(drug=script.drug, dose_ug=dose_ug, weight_g=grams, over_min=script.over_min)
        weighed = WeighedOn(weight_g=grams, measured_on=day, at_site=True, confirmed=True)
        on = DosingWeight(weight_g=grams, basis="actual weight")
        asked = weight_to_dose_on(weighed, on, self.one.height_mm, day, script.weights)
        for finding in (*guardrails(dose, script.limits).open, *asked.open):
            self._said("dose", finding, number)
        earlier = [EarlierDose(last_at=self._ended(before), where="here", kind="course") for before in self.given]
        for finding in intervals(at=self._clock(day), earlier=earlier, asked_elsewhere=True, booster=False, rules=script.rules).open:
            self._said("interval", finding, number)

    def looked_back(self) -> None:
        """The calendar as it came out, against the plan; the talks that found no day; the review that nobody would sign."""
        if not self.given:
            return
        visits = [self._visit(number, day) for number, day in enumerate(self.given, 1)]
        visits += [self._visit(1, visit.on, "preparation") for visit in self.course.visits if visit.kind == "preparation"]
        pattern, hard = self.script.pattern, self.script.rules.hard_under
        found = may_place(visits, pattern, hard_under=hard, before_min=self.script.before_min, infusion_min=self.script.over_min, zone="UTC")
        for finding in found.open:
            self._said("window", finding, _number(finding.item))
        opens, closes = (-(-pattern.integration_h[0] // 24), pattern.integration_h[1] // 24)
        for number, day in enumerate(self.given, 1):
            window = [day + ahead * DAY for ahead in range(opens, closes + 1)]
            if number % pattern.integration_every == 0 and not any(self.calendar.is_open(on) and on not in self.given for on in window):
                sentence = f"The talk after infusion {number} finds no open day in its window."
                self.events.append(Event(about="window", level="cannot be met", item="course.integration", number=number, sentence=sentence))
        self._last_review()

    def _last_review(self) -> None:
        given = len(self.given)
        if given == self.script.pattern.infusions:
            after = range(1, LAST_REVIEW_DAYS + 1)
            if not any(self.calendar.has_prescriber(self.given[-1] + ahead * DAY) for ahead in after):
                sentence = f"No prescriber is there within {LAST_REVIEW_DAYS} days of the last infusion to review the course."
                self.events.append(Event(about="review", level="nobody", item="review.owner", number=given, sentence=sentence))
        elif given > self.reviewed_to and given < self.allowed:
            sentence = f"Stopped coming after infusion {given}, before a review was due: {given - self.reviewed_to} infusions nobody has to look at."
            self.events.append(Event(about="review", level="nobody", item="review.left", number=given, sentence=sentence))

    def _said(self, about: About, finding: Finding, number: int, level: Level | None = None) -> None:
        held: Level = level or ("hard stop" if finding.lifted_by == "nobody" else "say why")
        self.events.append(Event(about=about, level=held, item=finding.item, number=number, sentence=finding.sentence))

    def _visit(self, number: int, on: date, kind: Literal["infusion", "preparation"] = "infusion") -> Placed:
        starts_at = self._clock(on)
        return Placed(kind=kind, number=number, starts_at=starts_at, ends_at=self._ended(on), room_id=None, staff_user_id=None)

    def _clock(self, on: date) -> datetime:
        return datetime.combine(on, self.one.at, UTC)

    def _ended(self, on: date) -> datetime:
        return self._clock(on) + timedelta(minutes=self.script.over_min)


def _first(may: Callable[[date], bool], day: date) -> date | None:
    """The first such day from this one on; None within GIVE_UP_DAYS."""
    return next((on for ahead in range(GIVE_UP_DAYS) if may(on := day + ahead * DAY)), None)


def _number(item: str) -> int:
    """The infusion an item of the calendar speaks of (`course.review.3`); 0 when it speaks of the course."""
    last = item.rpartition(".")[2]
    return int(last) if last.isdecimal() else 0
