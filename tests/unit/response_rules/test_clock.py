"""When check-ins open, close and are reminded of: elapsed hours after a dose, clock hours on days, across both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.response.rules import clock
from afterglow.pathway.response.rules.clock import Course, Moments
from afterglow.science.outcomes.windows import Window

ZONE = "America/Los_Angeles"
PLACE = ZoneInfo(ZONE)
FILE = max((file for file in load_kind(LIBRARY_ROOT, "follow_up") if file.id == "iv_course"), key=lambda file: file.version).content
REMINDERS = clock.reminders_from(FILE)
H = timedelta(hours=1)
BEFORE_SPRING = datetime(2027, 3, 13, 11, 0, tzinfo=PLACE)  # the clocks go forward in the night to 14 March 2027
BEFORE_AUTUMN = datetime(2026, 10, 31, 11, 0, tzinfo=PLACE)  # and back in the night to 1 November 2026


def passed(since: datetime, until: datetime) -> timedelta:
    return until.astimezone(UTC) - since.astimezone(UTC)


# req: S54 S105
@pytest.mark.parametrize("ended_at", [BEFORE_SPRING, BEFORE_AUTUMN, datetime(2026, 12, 7, 19, 0, tzinfo=UTC)])
def test_hours_after_a_dose_are_elapsed_hours_whatever_the_clocks_do(ended_at: datetime) -> None:
    slots = clock.after_dose(FILE, dose_no=2, ended_at=ended_at.astimezone(UTC))
    opens = {slot.rule_id: passed(ended_at, slot.window.opens_at) for slot in slots}
    assert opens == {"first_day": 2 * H, "day_1": 24 * H, "day_3": 72 * H}
    assert {slot.rule_id: passed(ended_at, slot.window.closes_at) for slot in slots} == {"first_day": 24 * H, "day_1": 48 * H, "day_3": 108 * H}
    assert [slot.anchor for slot in slots] == ["dose:2:first_day", "dose:2:day_1", "dose:2:day_3"]
    assert {slot.instrument for slot in slots} == {"today"}
    assert [slot.call_if_silent for slot in slots] == [False, True, True]


# req: S54
@pytest.mark.parametrize("first", [BEFORE_SPRING, BEFORE_AUTUMN])
def test_weekly_ones_come_at_the_same_clock_hour_all_year(first: datetime) -> None:
    course = Course(first_dose_at=first.astimezone(UTC), over_at=None, zone=ZONE)
    slots = clock.on_days(FILE, course, since=first, until=first + timedelta(days=22))
    assert [slot.anchor for slot in slots] == ["course:weekly:7", "course:weekly:14", "course:weekly:21"]
    assert {slot.window.opens_at.astimezone(PLACE).hour for slot in slots} == {9}
    assert [(slot.window.opens_at.astimezone(PLACE).date() - first.date()).days for slot in slots] == [7, 14, 21]
    assert {slot.instrument for slot in slots} == {"phq9"}


def test_only_what_opens_in_the_span_is_planned() -> None:
    first = datetime(2026, 12, 7, 19, 0, tzinfo=UTC)
    course = Course(first_dose_at=first, over_at=None, zone=ZONE)
    opens_at = datetime(2026, 12, 14, 9, 0, tzinfo=PLACE)
    assert clock.on_days(FILE, course, since=first, until=opens_at - timedelta(seconds=1)) == ()
    assert len(clock.on_days(FILE, course, since=first, until=opens_at)) == 1
    assert clock.on_days(FILE, course, since=opens_at, until=opens_at + H) == ()


# req: S62
def test_when_the_course_is_over_the_months_follow_instead_of_the_weeks() -> None:
    last = datetime(2026, 12, 24, 19, 0, tzinfo=UTC)
    course = Course(first_dose_at=datetime(2026, 12, 7, 19, 0, tzinfo=UTC), over_at=last, zone=ZONE)
    slots = clock.on_days(FILE, course, since=last, until=last + timedelta(days=400))
    days = [(slot.window.opens_at.astimezone(PLACE).date() - last.astimezone(PLACE).date()).days for slot in slots]
    assert days == [7, 14, 21, 28, 56, 84, 112, 168, 252, 364]
    assert slots[3].anchor == "after:one_month"


SCALES_OF = {"trd": set(), "suicidality": set(), "ptsd": {"pcl5"}, "ocd": {"ybocs"}, "bipolar": {"asrm", "sleep_need"}, "alcohol": {"audit_c"}}


# req: S17 S20
@pytest.mark.parametrize("indication", [*SCALES_OF, ""])
def test_each_condition_is_asked_its_own_scale_beside_what_everybody_is_asked(indication: str) -> None:
    first = datetime(2026, 12, 7, 19, 0, tzinfo=UTC)
    asked = set()
    for over_at in (None, first):
        course = Course(first_dose_at=first, over_at=over_at, zone=ZONE, indication=indication)
        asked |= {slot.instrument for slot in clock.on_days(FILE, course, since=first, until=first + timedelta(days=400))}
    assert asked - {"phq9"} == SCALES_OF.get(indication, set())


# req: S17
def test_the_scale_of_ptsd_is_asked_at_the_end_and_by_months_and_the_one_of_ocd_by_a_colleague() -> None:
    last = datetime(2026, 12, 24, 19, 0, tzinfo=UTC)
    found = {}
    for indication in ("ptsd", "ocd"):
        course = Course(first_dose_at=last, over_at=last, zone=ZONE, indication=indication)
        slots = clock.on_days(FILE, course, since=last, until=last + timedelta(days=400))
        found[indication] = [slot for slot in slots if slot.instrument != "phq9"]
    days = [(slot.window.opens_at.astimezone(PLACE).date() - last.astimezone(PLACE).date()).days for slot in found["ptsd"]]
    assert days == [1, 32, 63, 94, 168, 364]
    assert {slot.asked_by for slot in found["ptsd"]} == {"link"}
    assert {slot.asked_by for slot in found["ocd"]} == {"staff"}


def window(opens_at: datetime, hours: float = 12, late: float = 12) -> Window:
    return Window(opens_at=opens_at, due_at=opens_at + hours * H, closes_at=opens_at + (hours + late) * H)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=PLACE)


# req: N43
def test_nobody_is_written_to_at_night() -> None:
    assert clock.moments(window(local(7, 22)), REMINDERS, ZONE) == Moments(first=local(8, 8), second=None)
    assert clock.moments(window(local(7, 9)), REMINDERS, ZONE) == Moments(first=local(7, 9), second=local(7, 15))
    assert clock.moments(window(local(7, 16)), REMINDERS, ZONE) == Moments(first=local(7, 16), second=local(8, 8))


def test_whether_it_is_night_now() -> None:
    assert [clock.is_quiet(local(7, hour), REMINDERS, ZONE) for hour in (7, 8, 20, 21, 23)] == [True, False, False, True, True]


def test_a_second_message_only_when_it_is_wanted_late_enough_and_in_time() -> None:
    once = clock.reminders_from({"reminders": {**FILE["reminders"], "again_at_half": False}})
    assert clock.moments(window(local(7, 9)), once, ZONE).second is None
    assert clock.moments(window(local(7, 9), hours=1.5), REMINDERS, ZONE).second is None
    assert clock.moments(window(local(7, 16), late=0, hours=12), REMINDERS, ZONE).second is None


def test_the_reminder_is_due_between_its_moment_and_the_end_and_not_soon_after_a_late_first_one() -> None:
    moment = Moments(first=local(7, 9), second=local(7, 15))
    told = {"sent_at": local(7, 9), "closes_at": local(8, 9)}
    assert not clock.may_remind(moment, **told, at=local(7, 14, 59))
    assert clock.may_remind(moment, **told, at=local(7, 15))
    assert not clock.may_remind(moment, **told, at=local(8, 9))
    assert not clock.may_remind(moment, sent_at=local(7, 14, 30), closes_at=local(8, 9), at=local(7, 16))
    assert not clock.may_remind(Moments(first=local(7, 9), second=None), **told, at=local(7, 16))


def test_a_booster_and_a_repeated_number_do_not_make_a_course_longer() -> None:
    assert clock.doses_of_course([1, 2, 2, 3, 7], 6) == 3
