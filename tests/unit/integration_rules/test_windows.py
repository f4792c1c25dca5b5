"""The window after a dose: where each dose stands, with what words, and how long is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.pathway.integration.rules.windows import (
    CALENDAR,
    SHOWN_AFTER_CLOSE,
    Pattern,
    Standing,
    Talk,
    TalkState,
    countdown,
    is_shown,
    pattern_of,
    standing,
)

ENDED = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
PATTERN = Pattern(every=1, from_h=24, to_h=72)
WINDOW = PATTERN.window(ENDED)


def talk(after_h: float, state: TalkState, dose_no: int | None = 1, number: int = 1) -> Talk:
    at = ENDED + timedelta(hours=after_h)
    return Talk(appointment_id=UUID(int=number), dose_no=dose_no, at=at, ends_at=at + timedelta(minutes=50), state=state)


def found(at_h: float, *talks: Talk) -> Standing:
    return standing(1, WINDOW, talks, ENDED + timedelta(hours=at_h))


# req: S94
@pytest.mark.parametrize(
    ("at_h", "talks", "what", "alert"),
    [
        (1, [], "none", True),
        (30, [], "none", True),
        (73, [], "closed", True),
        (1, [talk(24, "booked")], "booked", False),
        (30, [talk(72, "booked")], "booked", False),
        (49, [talk(48, "booked")], "to_record", True),
        (50, [talk(48, "held")], "held", False),
        (90, [talk(48, "held")], "held", False),
        (50, [talk(48, "missed")], "missed", True),
        (80, [talk(48, "missed")], "closed", True),
        (50, [talk(48, "missed"), talk(60, "booked", number=2)], "booked", False),
        (50, [talk(48, "cancelled")], "none", True),
        (1, [talk(20, "booked")], "booked_outside", True),
        (1, [talk(80, "booked")], "booked_outside", True),
        (82, [talk(80, "booked")], "to_record", True),
        (82, [talk(80, "held")], "held_outside", False),
        (22, [talk(20, "held")], "held_outside", False),
        (30, [talk(48, "held", dose_no=2)], "held", False),
        (30, [talk(48, "booked", dose_no=None)], "booked", False),
        (30, [talk(80, "booked", dose_no=2)], "none", True),
        (30, [talk(80, "held", dose_no=None)], "none", True),
    ],
)
def test_where_a_dose_stands(at_h: float, talks: list[Talk], what: str, alert: bool) -> None:
    seen = found(at_h, *talks)
    assert (seen.what, seen.alert) == (what, alert)
    assert seen.sentence
    assert seen.had == (what in ("held", "held_outside"))


def test_the_ends_of_the_window_are_inside() -> None:
    just = timedelta(minutes=1)
    assert [found(1, talk(hours, "booked")).what for hours in (24, 72)] == ["booked", "booked"]
    assert found(1, talk(24 - just / timedelta(hours=1), "booked")).sentence.startswith("The visit is booked before its window opens.")
    assert found(1, talk(72 + just / timedelta(hours=1), "booked")).sentence.startswith("The visit is booked after its window closes.")


def test_a_held_visit_outweighs_one_that_is_booked_and_one_that_was_missed() -> None:
    seen = found(50, talk(30, "missed"), talk(40, "held", number=2), talk(60, "booked", number=3))
    assert (seen.what, seen.talk) == ("held", talk(40, "held", number=2))


def test_a_closed_window_keeps_the_visit_that_was_missed() -> None:
    assert found(80, talk(48, "missed")).talk == talk(48, "missed")
    assert found(80).talk is None


@pytest.mark.parametrize(
    ("after_h", "said"),
    [
        (0, "opens in 24 h"),
        (23.5, "opens in 0 h 30 min"),
        (24, "open, 48 h left"),
        (72, "open, 0 h left"),
        (73.25, "closed 1 h 15 min ago"),
        (119.5, "closed 47 h 30 min ago"),
        (121, "closed 2 days ago"),
    ],
)
def test_the_countdown(after_h: float, said: str) -> None:
    assert countdown(WINDOW, ENDED + timedelta(hours=after_h)) == said


def test_hours_are_elapsed_hours_over_a_change_of_the_clocks() -> None:
    """The night of 1 Nov 2026 has 25 hours in Los Angeles: the window opens an hour earlier on the clock."""
    ended = datetime(2026, 10, 31, 15, 0, tzinfo=ZoneInfo("America/Los_Angeles")).astimezone(UTC)
    window = PATTERN.window(ended)
    assert window.opens_at - ended == timedelta(hours=24)
    assert window.opens_at.astimezone(ZoneInfo("America/Los_Angeles")).hour == 14


def test_the_list_keeps_a_dose_until_its_visit_was_held_or_some_days_after_the_window() -> None:
    closed = WINDOW.closes_at
    without = found(80)
    assert is_shown(WINDOW, without, closed + SHOWN_AFTER_CLOSE)
    assert not is_shown(WINDOW, without, closed + SHOWN_AFTER_CLOSE + timedelta(minutes=1))
    assert not is_shown(WINDOW, found(50, talk(48, "held")), closed)
    assert not is_shown(WINDOW, found(82, talk(80, "held")), closed)


def test_the_protocol_says_how_often_and_when() -> None:
    pattern = pattern_of({"visits": {"integration": {"after_every": 2, "from_h": 12, "to_h": 48}}})
    assert pattern == Pattern(every=2, from_h=12, to_h=48)
    assert [pattern.wants(number) for number in (1, 2, 3, 4)] == [False, True, False, True]


def test_every_state_of_the_calendar_has_a_word() -> None:
    assert set(CALENDAR) == {"booked", "arrived", "done", "missed", "cancelled"}
    assert CALENDAR["arrived"] == "booked"
    assert CALENDAR["done"] == "held"


STATES: list[TalkState] = ["booked", "held", "missed", "cancelled"]
TALKS = st.lists(
    st.builds(
        lambda hours, state, dose_no: Talk(
            appointment_id=uuid4(),
            dose_no=dose_no,
            at=ENDED + timedelta(hours=hours),
            ends_at=ENDED + timedelta(hours=hours, minutes=50),
            state=state,
        ),
        st.integers(0, 120),
        st.sampled_from(STATES),
        st.sampled_from([1, 2, None]),
    ),
    max_size=6,
)


@given(TALKS, st.integers(0, 200))
def test_without_a_visit_held_or_ahead_somebody_is_always_asked(talks: list[Talk], at_h: int) -> None:
    """The list never goes silent about a dose that has neither a held visit nor one that is booked inside its window and still to come."""
    at = ENDED + timedelta(hours=at_h)
    seen = standing(1, WINDOW, talks, at)
    held = any(talk.state == "held" and (talk.dose_no == 1 or WINDOW.opens_at <= talk.at <= WINDOW.closes_at) for talk in talks)
    ahead = any(talk.state == "booked" and talk.ends_at > at and WINDOW.opens_at <= talk.at <= WINDOW.closes_at for talk in talks)
    if not held and not ahead:
        assert seen.alert
    assert seen.had <= held
