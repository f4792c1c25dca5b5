"""How a dose was for an invented person: in range at every minute, and easing over a course."""

from __future__ import annotations

from afterglow.simulator.felt import detached, low_mood


def test_being_detached_rises_fades_and_stays_a_rating() -> None:
    for seed in range(7):
        course = [detached(minute, seed) for minute in range(0, 150, 5)]
        assert all(0 <= value <= 10 for value in course) and course[-1] == 0
        assert max(course) == max(detached(minute, seed) for minute in (30, 35)) >= 7


def test_low_mood_is_a_rating_that_eases() -> None:
    for seed in range(4):
        rated = [low_mood(seed, number, after=after) for number in range(1, 13) for after in (False, True)]
        assert all(0 <= value <= 10 for value in rated)
        assert low_mood(seed, 1, after=True) < low_mood(seed, 1, after=False) and low_mood(seed, 6, after=False) < low_mood(seed, 1, after=False)
