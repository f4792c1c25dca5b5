"""Ratings of the person: a number or a reason, never both; peak and length of being detached, as a span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.session.rules.experience import RATINGS, detached, may_rate

AT = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)


def points(*told: tuple[int, int]) -> list[tuple[datetime, int]]:
    return [(AT + timedelta(minutes=minute), value) for minute, value in told]


# req: S77
# req: S53
@pytest.mark.parametrize(
    ("item", "value", "reason", "state", "open_item"),
    [
        ("mood_before", 0, "", "checked_in", ""),
        ("mood_before", 10, "", "checked_in", ""),
        ("mood_before", 11, "", "checked_in", "value"),
        ("mood_before", -1, "", "checked_in", "value"),
        ("mood_before", 5, "", "dosing", "rated"),
        ("mood_end", 5, "", "dosing", "rated"),
        ("mood_end", None, "asleep", "recovery", ""),
        ("mood_end", None, " ", "recovery", "value"),
        ("mood_end", 5, "asleep", "recovery", "declined"),
        ("cadss_end", 92, "", "recovery", ""),
        ("cadss_end", 93, "", "recovery", "value"),
        ("cadss_peak", 40, "", "paused", ""),
        ("cadss_peak", 40, "", "checked_in", "rated"),
        ("happiness", 5, "", "recovery", "rated"),
    ],
)
def test_what_may_be_kept(item: str, value: int | None, reason: str, state: str, open_item: str) -> None:
    verdict = may_rate(item, value, reason, state=state)
    assert [finding.item for finding in verdict.open] == ([open_item] if open_item else [])
    assert verdict.met is (not open_item) and all(finding.sentence for finding in verdict.open)


def test_every_question_has_a_moment() -> None:
    assert all(rating.states and rating.highest in (10, 92) for rating in RATINGS.values())


# req: S77
@pytest.mark.parametrize(
    ("told", "peak", "minute", "least", "most"),
    [
        (points((10, 3), (20, 2)), 3, 10, 0, 0),
        (points((10, 4), (20, 3)), 4, 10, 0, 20),
        (points((10, 5), (20, 8), (30, 8), (45, 2)), 8, 20, 20, 45),
        (points((10, 2), (20, 6), (30, 3), (40, 7), (60, 7), (70, 0)), 7, 40, 20, 60),
        (points((30, 7), (10, 5)), 7, 30, 20, None),  # never rated low again: no upper bound
        (points((-5, 9), (10, 1)), 1, 10, 0, 0),  # before the start is not in the session
    ],
)
def test_peak_and_length(told: list[tuple[datetime, int]], peak: int, minute: int, least: int, most: int | None) -> None:
    found = detached(told, started_at=AT)
    assert (found.peak, found.peak_at, found.at_least_min, found.at_most_min) == (peak, AT + timedelta(minutes=minute), least, most)


def test_what_was_not_asked_is_said_and_is_no_zero() -> None:
    for told, started in (([], AT), (points((-5, 9)), AT), (points((5, 9)), None)):
        found = detached(told, started_at=started)
        assert found.peak is None and found.sentence.startswith("Not asked since the start")
    zero = detached(points((5, 0)), started_at=AT)
    assert zero.peak == 0 and "Highest rating 0 of 10, of 1 rating." in zero.sentence and "Never rated 4 or more" in zero.sentence


def test_the_sentence_names_the_span_and_that_the_threshold_is_a_judgement() -> None:
    assert detached(points((10, 4), (20, 8), (45, 2)), started_at=AT).sentence == (
        "Highest rating 8 of 10, of 3 ratings. Rated 4 or more for at least 10 min, at most 45 min (4 is a judgement, no published cut-off)."
    )
    assert "no lower rating followed" in detached(points((10, 4)), started_at=AT).sentence
