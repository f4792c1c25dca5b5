"""One invented person through a course: what could not be kept is said by the station's own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from afterglow.pathway.plan.rules.course import course_dates
from afterglow.pathway.plan.rules.rehearsal import Calendar, Invented, script_from, walk
from tests.unit.plan_rules.test_protocols import DRUGS
from tests.unit.science_dosing.protocol import PROTOCOL

SCRIPT = script_from(PROTOCOL, DRUGS)
MONDAY = date(2026, 11, 30)
DAY = timedelta(days=1)
OPEN = Calendar(open_weekdays=frozenset(range(5)), closed=frozenset(), no_prescriber=frozenset())
ONE = Invented(asked_on=date(2026, 11, 20), wished_on=MONDAY, at=time(10), height_mm=1700, weights_g=(70_000,) * 6, missed=(0,) * 6, stops_before=0)


def days(first, last):
    return frozenset(first + ahead * DAY for ahead in range((last - first).days + 1))


def walked(one=ONE, calendar=OPEN, script=SCRIPT, laid_for=None):
    laid = laid_for or calendar
    course = course_dates(one.wished_on, script.pattern, today=one.asked_on, blocked=laid.closed, open_weekdays=laid.open_weekdays)
    return walk(script, one, course, calendar)


def said(result):
    return [(event.about, event.level, event.item, event.number) for event in result.events]


def test_a_course_that_fits_has_nothing_to_say():
    result = walked()
    assert (result.given, result.days, result.events) == (6, 18, ())


def test_a_start_without_an_open_day_for_the_preparation_is_said():
    closed = replace(OPEN, closed=days(date(2026, 11, 16), date(2026, 11, 29)))
    assert said(walked(calendar=closed)) == [("window", "cannot be met", "course.preparation.1", 1)]


def test_no_course_at_all_is_said_and_nobody_walks():
    never = replace(OPEN, open_weekdays=frozenset({0}))
    result = walked(calendar=never)
    assert (result.given, result.days) == (0, 0)
    assert said(result) == [("window", "cannot be met", "course.infusions", 0)]


# req: S36
def test_a_missed_day_moves_the_next_and_the_station_asks_why():
    result = walked(replace(ONE, missed=(0, 0, 4, 0, 0, 0)))
    assert result.given == 6
    assert ("window", "say why", "visits.infusion.3", 3) in said(result)


def test_a_dose_moved_past_its_order_needs_a_new_signature():
    result = walked(replace(ONE, missed=(8, 0, 0, 0, 0, 0)))
    assert ("order", "new signature", "order.in_time", 1) in said(result)


# hazard: H2
def test_a_weight_that_changed_needs_a_new_signature():
    result = walked(replace(ONE, weights_g=(70_000, 70_000, 74_000, 74_000, 74_000, 74_000)))
    assert said(result) == [("order", "new signature", "weight.unchanged", 3)]


# hazard: H2
@pytest.mark.parametrize(
    ("grams", "height_mm", "expected"),
    [
        (121_000, 1900, ("dose", "say why", "dose.total")),
        (160_000, 1900, ("dose", "say why", "weight.ordinary")),
        (250_000, 2400, ("dose", "hard stop", "dose.total")),
    ],
)
def test_a_dose_outside_the_guardrails_is_said_by_the_guardrails(grams, height_mm, expected):
    result = walked(replace(ONE, weights_g=(grams,) * 6, height_mm=height_mm))
    assert {event[:3] for event in said(result)} >= {expected}
    assert {event.number for event in result.events} == set(range(1, 7))


# hazard: H6
def test_doses_too_close_together_are_said_by_the_interval_rules():
    tight = replace(SCRIPT, rules=replace(SCRIPT.rules, hard_under=timedelta(hours=80), say_why_under=timedelta(hours=90)))
    result = walked(script=tight)
    assert {("interval", "hard stop", "interval.last", number) for number in (2, 4, 6)} <= set(said(result))


def test_a_review_without_a_prescriber_spends_the_bridging_dose_and_then_waits():
    away = replace(OPEN, no_prescriber=days(date(2026, 12, 4), date(2026, 12, 13)))
    result = walked(calendar=away)
    owners = [(event.number, event.level) for event in result.events if event.item == "review.owner"]
    assert owners == [(3, "nobody")]
    assert result.given == 6
    none_left = walked(calendar=away, script=replace(SCRIPT, bridging=0))
    assert {("review", "nobody", "review.owner", 3), ("window", "say why", "visits.infusion.4", 4)} <= set(said(none_left))


def test_the_last_review_needs_a_prescriber_within_a_week():
    away = replace(OPEN, no_prescriber=days(date(2026, 12, 18), date(2026, 12, 31)))
    assert said(walked(calendar=away)) == [("review", "nobody", "review.owner", 6)]


def test_a_prescriber_who_never_comes_back_ends_the_course():
    away = replace(OPEN, no_prescriber=days(date(2026, 12, 4), date(2027, 6, 1)))
    result = walked(calendar=away)
    assert result.given == 4
    assert ("window", "cannot be met", "course.infusion", 5) in said(result)


def test_a_clinic_that_closes_for_good_ends_the_course_at_a_review_too():
    for last_open, given in ((date(2026, 12, 1), 1), (date(2026, 12, 8), 3)):
        shut = replace(OPEN, closed=days(last_open, date(2027, 6, 1)))
        result = walked(calendar=shut, laid_for=OPEN)
        assert result.given == given
        assert ("window", "cannot be met", "course.infusion", given + 1) in said(result)


def test_who_stops_coming_before_a_review_is_nobodys_to_look_at():
    assert ("review", "nobody", "review.left", 2) in said(walked(replace(ONE, stops_before=3)))
    assert ("review", "nobody", "review.left", 5) in said(walked(replace(ONE, stops_before=6)))
    assert said(walked(replace(ONE, stops_before=4))) == []  # the review is due, and stands on somebody's list
    assert walked(replace(ONE, stops_before=1)) == walked(replace(ONE, stops_before=1, weights_g=(1_000,) * 6))


def test_a_talk_that_finds_no_day_is_said_for_the_days_that_came_to_pass():
    shut = replace(OPEN, closed=days(date(2026, 12, 1), date(2026, 12, 3)))
    result = walked(calendar=shut, laid_for=OPEN)
    assert ("window", "cannot be met", "course.integration", 1) in said(result)
    every_other = replace(SCRIPT, pattern=replace(SCRIPT.pattern, integration_every=2))
    assert ("window", "cannot be met", "course.integration", 1) not in said(walked(calendar=shut, laid_for=OPEN, script=every_other))
