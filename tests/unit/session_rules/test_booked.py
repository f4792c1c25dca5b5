"""A visit that runs over its booked time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.session.rules.booked import minutes_over, over_in_words
from afterglow.pathway.session.rules.states import State

UNTIL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


# req: S52
@pytest.mark.parametrize(("late_s", "minutes"), [(-3600, 0), (0, 0), (59, 0), (60, 1), (12 * 60 + 30, 12)])
def test_whole_minutes_beyond_the_end_count(late_s: int, minutes: int) -> None:
    assert minutes_over("recovery", UNTIL, UNTIL + timedelta(seconds=late_s)) == minutes


@pytest.mark.parametrize("state", ["scheduled", "discharged", "left_against_advice", "transferred", "not_started"])
def test_who_is_not_here_is_not_over(state: State) -> None:
    assert minutes_over(state, UNTIL, UNTIL + timedelta(hours=3)) == 0


def test_the_words() -> None:
    assert over_in_words(0) == "" and over_in_words(12) == "12 min over its booked time"
