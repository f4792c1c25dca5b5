"""Dates that cannot be misread, ages beside them, exact amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.ground.face import words

AT = datetime(2026, 11, 22, 18, 22, tzinfo=UTC)


def test_a_day_has_its_month_as_a_word() -> None:
    assert words.day_words(date(1982, 3, 4)) == "4 Mar 1982"


def test_a_time_is_in_the_clinics_zone_with_the_zone_said() -> None:
    assert words.clock_words(AT, "America/Los_Angeles") == "10:22 PST"
    assert words.moment_words(AT, "America/Los_Angeles", AT) == "10:22 PST"
    assert words.moment_words(AT, "America/Los_Angeles", AT + timedelta(days=1)) == "22 Nov 2026, 10:22 PST"
    assert words.moment_words(AT, "UTC", None) == "22 Nov 2026, 18:22 UTC"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(minutes=119), "119 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=3), "3 days ago"),
        (-timedelta(minutes=6), "in 6 min"),
    ],
)
def test_ages(before: timedelta, said: str) -> None:
    assert words.age_words(AT - before, AT) == said


@pytest.mark.parametrize(("whole", "said"), [(35000, "35 mg"), (35500, "35.5 mg"), (1, "0.001 mg"), (100000, "100 mg"), (0, "0 mg")])
def test_micrograms_are_shown_exactly(whole: int, said: str) -> None:
    assert words.thousandth(whole, "mg") == said


@pytest.mark.parametrize("wrong", [35.0, True, "35000", None])
def test_an_amount_that_is_not_whole_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        words.thousandth(wrong, "mg")  # type: ignore[arg-type]


def test_direction_is_said_in_words() -> None:
    assert words.change_words(124, 149) == "25 up from before"
    assert words.change_words(21, 10) == "11 down from before"
    assert words.change_words(10, 10) == "as before"


def test_codes_become_words() -> None:
    assert words.code_words("two_identifiers") == "Two identifiers"
