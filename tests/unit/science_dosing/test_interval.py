"""How close together and how many (hazards H6, H42)."""

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.science.dosing.interval import EarlierDose, hours_text, intervals, since_last
from tests.unit.science_dosing.protocol import INTERVALS

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def dose(hours_ago, kind="course", where="this clinic"):
    return EarlierDose(last_at=AT - timedelta(hours=hours_ago), where=where, kind=kind)


def finding_of(item, earlier, *, asked=True, booster=False):
    verdict = intervals(at=AT, earlier=earlier, asked_elsewhere=asked, booster=booster, rules=INTERVALS)
    return next(finding for finding in verdict if finding.item == item)


def test_the_first_dose_is_met_when_everything_was_asked():
    verdict = intervals(at=AT, earlier=[], asked_elsewhere=True, booster=False, rules=INTERVALS)
    assert verdict.met
    assert len(verdict.findings) == 5


# hazard: H6
@pytest.mark.parametrize(
    ("hours", "state", "lifted_by"),
    [
        (19.99, "unmet", "nobody"),
        (0, "unmet", "nobody"),
        (-3, "unmet", "nobody"),
        (20, "unmet", "two_signatures"),
        (43.99, "unmet", "two_signatures"),
        (44, "met", ""),
        (72, "met", ""),
    ],
)
def test_twenty_hours_is_a_hard_stop_and_forty_four_asks_why(hours, state, lifted_by):
    finding = finding_of("interval.last", [dose(400), dose(hours, "elsewhere", "other clinic")])
    assert (finding.state, finding.lifted_by) == (state, lifted_by)
    assert "other clinic" in finding.sentence


# hazard: H6
def test_a_signature_covers_the_dose_it_was_given_for_and_no_other():
    """The sentence counts on; what it counts from stays, until another dose is the nearest."""
    near = dose(30, "elsewhere", "lozenges")
    later = AT + timedelta(minutes=20)
    now, then = (since_last(at, [near], INTERVALS) for at in (AT, later))
    assert now.sentence != then.sentence and now.covers == then.covers
    nearer = since_last(later, [near, dose(26, "elsewhere", "lozenges")], INTERVALS)
    assert nearer.lifted_by == "two_signatures" and nearer.covers != now.covers
    assert since_last(AT, [dose(30, "elsewhere", "Spravato")], INTERVALS).covers != now.covers
    hard = since_last(AT, [dose(10)], INTERVALS)
    assert hard.covers == hard.sentence


# hazard: H6
@pytest.mark.parametrize("asked", [None, False])
def test_ketamine_from_elsewhere_is_asked_every_time(asked):
    assert finding_of("interval.other_ketamine_asked", [], asked=asked).state == "unknown"
    assert finding_of("interval.other_ketamine_asked", [], asked=True).is_met


def test_a_history_that_was_not_read_is_unknown():
    verdict = intervals(at=AT, earlier=None, asked_elsewhere=True, booster=False, rules=INTERVALS)
    assert not verdict.met
    assert [finding.state for finding in verdict] == ["met", "unknown"]


def test_a_fourth_dose_in_a_week_asks_why_and_a_week_is_seven_days():
    assert finding_of("interval.week", [dose(50), dose(100), dose(168)]).is_met
    fourth = finding_of("interval.week", [dose(50), dose(100), dose(167.9)])
    assert (fourth.state, fourth.lifted_by) == ("unmet", "two_signatures")
    assert "dose 4 within 7 days" in fourth.sentence


def elsewhere(hours_ago, in_week=None, in_review=None):
    return EarlierDose(last_at=AT - timedelta(hours=hours_ago), where="lozenges", kind="elsewhere", in_week=in_week, in_review=in_review)


# hazard: H6
# hazard: H42
def test_doses_elsewhere_count_as_often_as_they_were_taken_and_what_nobody_said_is_unknown():
    assert finding_of("interval.week", [dose(100), elsewhere(60, in_week=1, in_review=3)]).sentence == "Dose 3 within 7 days."
    fourth = finding_of("interval.week", [dose(100), elsewhere(60, in_week=2, in_review=3)])
    assert (fourth.state, fourth.lifted_by) == ("unmet", "two_signatures") and "dose 4 within 7 days" in fourth.sentence
    many = finding_of("interval.cumulative", [dose(100), elsewhere(60, in_week=1, in_review=11)])
    assert many.state == "unmet" and "dose 13 within 8 weeks" in many.sentence
    for item in ("interval.week", "interval.cumulative"):
        unknown = finding_of(item, [dose(100), elsewhere(60)])
        assert (unknown.state, unknown.lifted_by) == ("unknown", "two_signatures") and "nobody said how often" in unknown.sentence


# hazard: H42
def test_how_often_elsewhere_is_not_asked_of_a_time_that_its_last_dose_lies_before():
    assert finding_of("interval.week", [elsewhere(170)]).sentence == "Dose 1 within 7 days."
    assert finding_of("interval.cumulative", [elsewhere(170)]).state == "unknown"
    assert finding_of("interval.cumulative", [elsewhere(24 * 57)]).is_met
    over = finding_of("interval.week", [dose(50), dose(100), elsewhere(60)])
    assert over.state == "unmet", "the least that it can be is over the line already"
    contradicted = finding_of("interval.week", [elsewhere(60, in_week=0, in_review=0)])
    assert contradicted.sentence == "Dose 2 within 7 days.", "its last dose was in that week, so that it counts once at the least"


# hazard: H42
def test_a_thirteenth_dose_in_eight_weeks_asks_for_a_review():
    twelve = [dose(48 * (n + 1)) for n in range(12)]
    assert finding_of("interval.cumulative", twelve[:11]).is_met
    assert "bladder review" in finding_of("interval.cumulative", twelve).sentence
    assert finding_of("interval.cumulative", [*twelve[:11], dose(8 * 7 * 24)]).is_met


# hazard: H42
def test_boosters_more_often_than_every_two_weeks_ask_for_a_review():
    six = [dose(24 * 14 * (n + 1) - 1, "booster") for n in range(6)]
    assert finding_of("interval.boosters", six[:5], booster=True).is_met
    asked = finding_of("interval.boosters", six, booster=True)
    assert (asked.state, asked.lifted_by) == ("unmet", "two_signatures")
    assert finding_of("interval.boosters", six, booster=False).is_met
    assert finding_of("interval.boosters", [dose(24 * 14 * (n + 1) - 1) for n in range(6)], booster=True).is_met


def test_hours_are_written_down_to_the_minute():
    assert hours_text(timedelta(hours=44)) == "44 h"
    assert hours_text(timedelta(hours=19, minutes=59, seconds=59)) == "19 h 59 min"
