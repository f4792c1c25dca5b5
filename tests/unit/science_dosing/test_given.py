"""What has gone in (hazard H7)."""

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.science.dosing.amounts import ImpossibleAmount
from afterglow.science.dosing.given import (
    Segment,
    UnsortedSegments,
    finishes_at,
    given_so_far,
    pump_volume_agrees,
    running_agrees,
    running_time,
    volume_given_ul,
)
from afterglow.science.dosing.pump import Mixture

START = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
SYRINGE = Mixture(drug_ug=35_000, total_ul=3500)


def minute(number):
    return START + timedelta(minutes=number)


def ran(start, end, rate=5250):
    return Segment(started_at=minute(start), ended_at=None if end is None else minute(end), rate_ul_per_h=rate)


# req: S38
@pytest.mark.parametrize(
    ("segments", "at", "dose_ug", "running_min", "ran_dry"),
    [
        ([], 10, 0, 0, False),
        ([ran(0, None)], 0, 0, 0, False),
        ([ran(0, None)], 20, 17_500, 20, False),
        ([ran(0, None)], 40, 35_000, 40, False),
        ([ran(0, None)], 41, 35_000, 41, True),
        ([ran(0, 10), ran(15, None)], 35, 26_250, 30, False),  # five minutes' pause
        ([ran(0, 10), ran(10, 20, rate=0), ran(20, None)], 30, 17_500, 20, False),
        ([ran(0, 10), ran(10, None, rate=2625)], 30, 17_500, 30, False),  # slowed to half
        ([ran(10, None)], 5, 0, 0, False),
        ([ran(0, 30)], 20, 17_500, 20, False),
    ],
)
def test_rate_times_time_without_the_pauses(segments, at, dose_ug, running_min, ran_dry):
    given = given_so_far(segments, mixture=SYRINGE, at=minute(at))
    assert (given.dose_ug, given.running, given.ran_dry) == (dose_ug, timedelta(minutes=running_min), ran_dry)
    assert given.volume_ul == dose_ug // 10


def test_exact_to_the_microsecond():
    exact = volume_given_ul([Segment(started_at=START, ended_at=START + timedelta(microseconds=1), rate_ul_per_h=5250)], minute(1))
    assert exact * 3_600_000_000 == 5250


@pytest.mark.parametrize(
    "segments",
    [
        [ran(0, 10), ran(9, 20)],
        [ran(0, None), ran(10, 20)],
        [ran(10, 5)],
        [ran(0, 10, rate=-1)],
        [ran(20, 30), ran(0, 10)],
    ],
)
def test_segments_that_cannot_be_are_refused(segments):
    for reading in (volume_given_ul, running_time):
        with pytest.raises(UnsortedSegments):
            reading(segments, minute(60))


def test_when_it_will_be_finished():
    half = given_so_far([ran(0, None)], mixture=SYRINGE, at=minute(20))
    assert finishes_at(half, mixture=SYRINGE, dose_ug=35_000, rate_ul_per_h=5250, at=minute(20)) == minute(40)
    assert finishes_at(half, mixture=SYRINGE, dose_ug=35_000, rate_ul_per_h=0, at=minute(20)) is None
    done = given_so_far([ran(0, 40)], mixture=SYRINGE, at=minute(50))
    assert finishes_at(done, mixture=SYRINGE, dose_ug=35_000, rate_ul_per_h=5250, at=minute(50)) is None


# hazard: H7
@pytest.mark.parametrize(
    ("segments", "at", "state"),
    [
        ([ran(0, None)], 0, "met"),
        ([ran(0, None)], 20, "met"),
        ([ran(0, 10), ran(15, None)], 20, "met"),
        ([ran(0, None, rate=5512)], 20, "met"),
        ([ran(0, None, rate=5600)], 20, "unmet"),
        ([ran(0, None, rate=2625)], 20, "unmet"),
        ([ran(0, None)], 50, "unmet"),
    ],
)
def test_the_running_pump_is_compared_with_the_order(segments, at, state):
    given = given_so_far(segments, mixture=SYRINGE, at=minute(at))
    assert running_agrees(given, dose_ug=35_000, over_min=40).state == state


def test_rounding_down_in_the_first_second_is_no_difference():
    given = given_so_far([ran(0, None)], mixture=SYRINGE, at=START + timedelta(milliseconds=100))
    assert given.dose_ug == 1
    assert running_agrees(given, dose_ug=35_000, over_min=40).is_met
    with pytest.raises(ImpossibleAmount):
        running_agrees(given, dose_ug=35_000, over_min=0)


# hazard: H7
@pytest.mark.parametrize(
    ("charted_ul", "state"), [(3500, "met"), (3675, "met"), (3676, "unmet"), (3300, "unmet"), (None, "unknown"), (-1, "unknown")]
)
def test_the_pumps_own_volume_is_reconciled(charted_ul, state):
    given = given_so_far([ran(0, 40)], mixture=SYRINGE, at=minute(60))
    assert pump_volume_agrees(given, charted_ul=charted_ul).state == state
