"""Check-in windows: elapsed hours are elapsed, days keep their clock hour, and nights are quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from afterglow.science.outcomes.windows import QuietHours, day_at, hours_after, out_of_quiet

NEW_YORK = "America/New_York"
NIGHT = QuietHours(begins=time(21), ends=time(8))


def test_hours_after_a_dose_are_elapsed_hours_across_a_change_of_the_clocks() -> None:
    end = datetime(2026, 10, 31, 15, 0, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)  # the clocks go back the night after
    window = hours_after(end, from_h=24, to_h=36, late_h=12)
    assert window.opens_at - end == timedelta(hours=24)
    assert window.opens_at.astimezone(ZoneInfo(NEW_YORK)).hour == 14
    assert window.closes_at - window.due_at == timedelta(hours=12)


@pytest.mark.parametrize(("after_h", "is_open"), [(1.9, False), (2, True), (23.9, True), (24, False)])
def test_a_window_is_open_from_its_start_until_before_its_end(after_h: float, is_open: bool) -> None:
    end = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
    assert hours_after(end, from_h=2, to_h=24).is_open(end + timedelta(hours=after_h)) is is_open


def test_days_keep_their_hour_across_a_change_of_the_clocks() -> None:
    before = day_at(date(2026, 10, 27), hour=9, zone=NEW_YORK, due_days=2, late_days=4)
    after = day_at(date(2026, 11, 3), hour=9, zone=NEW_YORK, due_days=2)
    assert before.opens_at.hour == after.opens_at.hour == 9
    assert after.opens_at - before.opens_at == timedelta(days=7)  # on the clock of the wall
    assert after.opens_at.astimezone(UTC) - before.opens_at.astimezone(UTC) == timedelta(days=7, hours=1)
    assert before.closes_at.date() == date(2026, 11, 2)
    assert after.due_at == after.closes_at


@pytest.mark.parametrize(
    ("local", "sent"),
    [
        ("2026-11-02T20:59", "2026-11-02T20:59"),
        ("2026-11-02T21:00", "2026-11-03T08:00"),
        ("2026-11-03T03:00", "2026-11-03T08:00"),
        ("2026-11-03T08:00", "2026-11-03T08:00"),
    ],
)
def test_a_reminder_waits_for_the_morning(local: str, sent: str) -> None:
    place = ZoneInfo(NEW_YORK)
    moment = datetime.fromisoformat(local).replace(tzinfo=place)
    assert out_of_quiet(moment, NIGHT, NEW_YORK) == datetime.fromisoformat(sent).replace(tzinfo=place)


def test_quiet_hours_within_one_day() -> None:
    noon = QuietHours(begins=time(12), ends=time(14))
    assert [noon.holds(time(hour)) for hour in (11, 12, 13, 14)] == [False, True, True, False]
