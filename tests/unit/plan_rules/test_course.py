"""The days of a course and the windows around it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.pathway.plan.rules.course import best_infusion_days, course_dates, integration_window, is_inside, pattern_from
from tests.unit.science_dosing.protocol import PROTOCOL

PATTERN = pattern_from(PROTOCOL)
WEEKDAYS = frozenset(range(5))
MONDAY = date(2026, 12, 7)


def proposed(start_on=MONDAY, *, today=date(2026, 12, 1), blocked=(), pattern=PATTERN, open_weekdays=WEEKDAYS):
    return course_dates(start_on, pattern, today=today, blocked=frozenset(blocked), open_weekdays=open_weekdays)


def days_of(course, kind):
    return [visit.on for visit in course.visits if visit.kind == kind]


# req: S49
# req: S50
def test_monday_and_thursday_for_three_weeks():
    course = proposed()
    assert days_of(course, "infusion") == [date(2026, 12, day) for day in (7, 10, 14, 17, 21, 24)]
    assert course.verdict.met
    assert [visit.number for visit in course.visits if visit.kind == "infusion"] == [1, 2, 3, 4, 5, 6]


def test_the_visits_around_it_lie_in_their_windows():
    course = proposed()
    assert days_of(course, "preparation") == [date(2026, 12, 4)]
    assert days_of(course, "integration") == [date(2026, 12, day) for day in (8, 11, 15, 18, 22, 25)]
    assert days_of(course, "review") == [date(2026, 12, 15), date(2026, 12, 25)]
    assert all(visit.earliest <= visit.on <= visit.latest for visit in course.visits)
    assert [visit.on for visit in course.visits] == sorted(visit.on for visit in course.visits)


def test_closed_days_move_the_course_and_keep_its_bounds():
    course = proposed(blocked=[MONDAY, date(2026, 12, 24), date(2026, 12, 25)])
    infusions = days_of(course, "infusion")
    gaps = [(later - earlier).days for earlier, later in zip(infusions, infusions[1:], strict=False)]
    assert infusions == [date(2026, 12, day) for day in (8, 11, 14, 18, 21, 23)]
    assert all(2 <= gap <= 4 for gap in gaps)
    assert 12 <= (infusions[-1] - infusions[0]).days + 1 <= 21
    assert not {date(2026, 12, 24), date(2026, 12, 25)} & set(infusions)


def test_never_more_than_three_in_any_seven_days_even_when_days_are_short():
    few = replace(PATTERN, within_days=(9, 12))
    infusions = days_of(proposed(pattern=few, open_weekdays=frozenset(range(7))), "infusion")
    assert (infusions[-1] - infusions[0]).days + 1 <= 12
    assert all((infusions[n + 3] - infusions[n]).days >= 7 for n in range(3))


def test_no_more_than_two_in_any_seven_days_where_days_allow_it():
    infusions = days_of(proposed(open_weekdays=frozenset(range(7))), "infusion")
    assert all((infusions[n + 2] - infusions[n]).days >= 7 for n in range(4))
    thrice = replace(PATTERN, per_week=3)
    assert days_of(proposed(pattern=thrice), "infusion") == [date(2026, 12, day) for day in (7, 9, 11, 14, 16, 18)]


def test_a_course_that_fits_nowhere_is_said():
    course = proposed(open_weekdays=frozenset({0}))
    assert course.visits == ()
    assert "No 6 days fit" in course.verdict.sentence


def test_a_day_is_left_for_the_preparation_visit():
    course = proposed(MONDAY, today=MONDAY)
    assert days_of(course, "preparation") == [MONDAY]
    assert days_of(course, "infusion")[0] == date(2026, 12, 8)


def test_a_visit_without_an_open_day_is_said_and_left_out():
    course = proposed(blocked=[date(2026, 12, day) for day in (8, 9)])
    assert days_of(course, "infusion")[0] == MONDAY
    assert [finding.item for finding in course.verdict.open] == ["course.integration.1"]
    assert len(days_of(course, "integration")) == 5


def test_integration_after_every_second_infusion_when_the_pattern_says_so():
    course = proposed(pattern=replace(PATTERN, integration_every=2))
    assert [visit.number for visit in course.visits if visit.kind == "integration"] == [2, 4, 6]


def test_a_single_infusion_is_a_course_too():
    single = replace(PATTERN, infusions=1, within_days=(1, 1), reviews_after=(1,))
    assert days_of(proposed(pattern=single), "infusion") == [MONDAY]
    assert best_infusion_days(MONDAY, replace(single, within_days=(2, 3)), lambda day: True) == ()


def test_a_course_too_long_for_its_days_is_none():
    assert best_infusion_days(MONDAY, replace(PATTERN, within_days=(1, 10)), lambda day: True) == ()


ENDED_AT = datetime(2026, 12, 7, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "state", "says"),
    [
        (24, "met", "inside"),
        (72, "met", "inside"),
        (23, "unmet", "1 h before its window opens"),
        (72.5, "unmet", "30 min after its window has closed"),
    ],
)
def test_integration_is_one_to_three_days_after_the_end(hours, state, says):
    finding = is_inside(integration_window(ENDED_AT, PATTERN), ENDED_AT + timedelta(hours=hours))
    assert finding.state == state
    assert says in finding.sentence


def test_a_visit_without_a_time_is_unknown():
    assert is_inside(integration_window(ENDED_AT, PATTERN), None).state == "unknown"


# hazard: H42
@pytest.mark.parametrize(("carried", "reviews"), [(0, (3, 6)), (1, (2, 3, 6)), (2, (1, 3, 6)), (3, (3, 6))])
def test_unreviewed_infusions_before_it_bring_the_first_review_visit_forward(carried: int, reviews: tuple[int, ...]) -> None:
    assert pattern_from(PROTOCOL, carried).reviews_after == reviews
