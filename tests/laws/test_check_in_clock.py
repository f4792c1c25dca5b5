"""However often the jobs run, stop, start again or run late, and whatever the clocks of the site do: each check-in is written about at most twice,
never at night, never before it opens or after it is over, and never while nobody reads the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.response.rules import clock
from afterglow.pathway.response.rules.clock import Slot
from afterglow.pathway.response.rules.sending import SendFacts, sending

FILE = next(file.content for file in load_kind(LIBRARY_ROOT, "follow_up") if file.id == "iv_course")
REMINDERS = clock.reminders_from(FILE)
ZONES = ("America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "UTC")
MINUTE = timedelta(minutes=1)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
ticks = st.lists(st.integers(0, 120 * 60), min_size=1, max_size=80)  # minutes after the dose, in any order: a restart may look again
SPRING, AUTUMN = datetime(2027, 3, 13, 18, 0, tzinfo=UTC), datetime(2026, 10, 31, 18, 0, tzinfo=UTC)  # the nights in which the clocks change


def written(slot: Slot, zone: str, at_moments: Sequence[datetime], on_call: int) -> list[tuple[str, datetime]]:
    """The messages that these ticks put into the outbox, by the same rules and with the same memory as the jobs: its state and `reminded`."""
    moment = clock.moments(slot.window, REMINDERS, zone)
    sent_at: datetime | None = None
    told: dict[str, datetime] = {}
    for at in at_moments:
        quiet = clock.is_quiet(at, REMINDERS, zone)
        if sent_at is None and "over" not in told and at >= slot.window.opens_at:
            decided = sending(
                SendFacts(
                    at=at, first_at=moment.first, quiet=quiet, due_at=slot.window.due_at, closes_at=slot.window.closes_at, needs_on_call=True, on_call=on_call,
                    contact_by="phone", has_address=True, ways=frozenset({"sms"}), call_if_silent=slot.call_if_silent,
                )
            )  # fmt: skip
            if decided.what == "send":
                sent_at = at
                told["open"] = at
            elif decided.what == "not_sent":
                told["over"] = at
        if (
            sent_at is not None
            and "half" not in told
            and not quiet
            and clock.may_remind(moment, sent_at=sent_at, closes_at=slot.window.closes_at, at=at)
        ):
            told["half"] = at
    return [(name, at) for name, at in told.items() if name != "over"]


# req: S54 S55
@example(ended_at=SPRING, zone="America/Los_Angeles", after=list(range(0, 7200, 15)))
@example(ended_at=AUTUMN, zone="America/Los_Angeles", after=list(range(0, 7200, 15)))
@given(ended_at=moments, zone=st.sampled_from(ZONES), after=ticks)
def test_at_most_one_first_message_and_one_reminder_each_in_its_time(ended_at: datetime, zone: str, after: list[int]) -> None:
    at_moments = [ended_at + minutes * MINUTE for minutes in sorted(after)]
    for slot in clock.after_dose(FILE, dose_no=1, ended_at=ended_at):
        names = written(slot, zone, at_moments, 1)
        assert len(names) == len({name for name, _ in names}) <= 2
        for name, at in names:
            assert slot.window.opens_at <= at < slot.window.closes_at
            assert not time(21) <= at.astimezone(ZoneInfo(zone)).time()
            assert at.astimezone(ZoneInfo(zone)).time() >= time(8)
            assert name == "open" or at - dict(names)["open"] >= timedelta(hours=1)


# hazard: H53
@given(ended_at=moments, zone=st.sampled_from(ZONES))
def test_no_moment_for_a_message_lies_in_the_quiet_hours(ended_at: datetime, zone: str) -> None:
    for slot in clock.after_dose(FILE, dose_no=1, ended_at=ended_at):
        moment = clock.moments(slot.window, REMINDERS, zone)
        for at in (moment.first, moment.second):
            assert at is None or not REMINDERS.quiet.holds(at.astimezone(ZoneInfo(zone)).time())
            assert at is None or at >= slot.window.opens_at


# req: S105
# hazard: H16
@given(ended_at=moments, zone=st.sampled_from(ZONES), after=ticks)
def test_while_nobody_reads_the_answers_nothing_goes_out(ended_at: datetime, zone: str, after: list[int]) -> None:
    at_moments = [ended_at + minutes * MINUTE for minutes in sorted(after)]
    assert all(written(slot, zone, at_moments, 0) == [] for slot in clock.after_dose(FILE, dose_no=1, ended_at=ended_at))


# req: S54
@given(ended_at=moments, zone=st.sampled_from(ZONES), east=st.integers(-12, 14))
def test_a_dose_written_with_another_offset_is_asked_about_at_the_same_moments(ended_at: datetime, zone: str, east: int) -> None:
    from_elsewhere = ended_at.astimezone(ZoneInfo(f"Etc/GMT{-east:+d}") if east else UTC)
    here, there = (clock.after_dose(FILE, dose_no=1, ended_at=moment) for moment in (ended_at, from_elsewhere))
    assert [slot.window for slot in here] == [slot.window for slot in there]
    assert [clock.moments(slot.window, REMINDERS, zone) for slot in here] == [clock.moments(slot.window, REMINDERS, zone) for slot in there]
