"""Many invented people: the same again each time, inside what is assumed, and counted by the kind of trouble."""

from __future__ import annotations

from datetime import date

from afterglow.pathway.plan.rules.rehearsed import Assumed, calendar_from, invented, rehearse
from tests.unit.plan_rules.test_protocols import DRUGS
from tests.unit.science_dosing.protocol import PROTOCOL

FIRST = date(2026, 11, 23)
CALM = Assumed(weight_spread_kg=0, drift_percent=0, height_spread_cm=0, missed=0, stops=0, closed_days=0, closed_week=False, away_weeks=0)


def report(people=60, seed=1, **more):
    return rehearse(PROTOCOL, DRUGS, first_on=FIRST, people=people, seed=seed, **more)


def test_the_same_seed_gives_the_same_report_and_another_seed_another():
    assert report() == report()
    assert report() != report(seed=2)


def test_more_people_leave_the_first_ones_as_they_were():
    assert invented("1/7", FIRST, 6, Assumed()) == invented("1/7", FIRST, 6, Assumed())
    assert invented("1/7", FIRST, 6, Assumed()) != invented("1/8", FIRST, 6, Assumed())


def test_people_stay_inside_what_is_assumed():
    assumed = Assumed()
    for number in range(300):
        one = invented(f"1/{number}", FIRST, 6, assumed)
        assert min(one.weights_g) >= 38_000
        assert one.weights_g[0] <= 200_000
        assert 1 <= (one.wished_on - one.asked_on).days <= 21
        assert all(0 <= days <= assumed.missed_days for days in one.missed)
        assert 0 <= one.stops_before <= 6


def test_the_clinics_days_are_as_many_as_assumed():
    calm = calendar_from(1, FIRST, frozenset(range(5)), CALM)
    assert (calm.closed, calm.no_prescriber) == (frozenset(), frozenset())
    usual = calendar_from(1, FIRST, frozenset(range(5)), Assumed())
    assert 7 < len(usual.closed) <= 3 * (11 + 7)
    assert 7 < len(usual.no_prescriber) <= 3 * 4 * 7


def test_nothing_goes_wrong_in_a_calm_clinic_but_what_the_week_itself_does():
    """No dose, interval, order or review; only a talk after a Friday infusion, and a preparation that has no weekday left."""
    calm = report(assumed=CALM)
    assert (calm.unplaced, calm.stopped, calm.finished) == (0, 0, 60)
    assert {line.item for line in calm.lines} <= {"course.integration", "course.preparation"}
    assert calm.days_median is not None
    assert calm.within_days[0] <= calm.days_median <= (calm.days_longest or 0) <= calm.within_days[1]
    assert calm.smooth >= 60 - sum(line.people for line in calm.lines)


def test_everybody_is_counted_once():
    told = report(people=200)
    assert told.unplaced + told.finished + told.stopped == told.people == 200
    for line in told.lines:
        assert 1 <= line.people <= min(line.times, 200)
        assert line.example
    reviews = told.about("review")
    assert {line.item for line in reviews} == {"review.owner", "review.left"}
    assert [line.about for line in told.lines] == sorted(
        (line.about for line in told.lines), key=("window", "dose", "interval", "order", "review").index
    )


def test_the_same_trouble_at_every_infusion_is_one_line():
    heavy = report(people=5, assumed=Assumed(weight_mean_kg=130, weight_spread_kg=0, drift_percent=0, missed=0, stops=0, height_spread_cm=0))
    (line,) = [line for line in heavy.about("dose") if line.item == "dose.total"]
    assert (line.people, line.times, line.infusions, line.level) == (5, 30, (1, 2, 3, 4, 5, 6), "say why")


def test_a_clinic_where_nothing_fits_says_so_and_has_no_days():
    shut = report(people=3, open_weekdays=frozenset({0}))
    assert (shut.unplaced, shut.finished, shut.stopped, shut.smooth, shut.days_median, shut.days_longest) == (3, 0, 0, 0, None, None)
    assert [line.item for line in shut.lines] == ["course.infusions"]


def test_what_is_assumed_is_said():
    assert "closed on 11 single days and one week a year" in Assumed().sentences()[3]
    assert "nobody stands in" in Assumed().sentences()[3]
    assert "one of its prescribers is always there" in Assumed(away_weeks=0).sentences()[3]
    assert "closed on 11 single days a year" in Assumed(closed_week=False).sentences()[3]
