"""Change against a baseline: a percentage only where it means something."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import ChangeRules

PHQ9 = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)


@pytest.mark.parametrize(
    ("baseline", "now", "response", "remission", "matters", "reliable"),
    [
        (20, 10, "response", False, True, "reliably better"),
        (20, 11, "partial response", False, True, "reliably better"),
        (20, 15, "partial response", False, True, "no reliable change"),
        (20, 16, "no response", False, False, "no reliable change"),
        (20, 4, "response", True, True, "reliably better"),
        (20, 26, "no response", False, False, "reliably worse"),
        (10, 5, "response", False, True, "no reliable change"),
        (9, 0, "not evaluable", True, True, "reliably better"),
        (0, 0, "not evaluable", True, False, "no reliable change"),
        (0, 6, "not evaluable", False, False, "reliably worse"),
    ],
)
def test_change(baseline: int, now: int, response: str, remission: bool, matters: bool, reliable: str) -> None:
    got = change(PHQ9, baseline=baseline, now=now)
    assert (got.response, got.remission, got.matters, got.reliable) == (response, remission, matters, reliable)
    assert got.points == baseline - now
    assert got.fall == (Fraction(baseline - now, baseline) if baseline >= 10 else None)


def test_an_instrument_without_a_reliable_change_rule_says_so() -> None:
    assert change(replace(PHQ9, reliable_points=None), baseline=20, now=0).reliable == "no reliable-change rule"


def test_a_low_baseline_is_said_in_words() -> None:
    assert "The baseline 9 is below 10" in change(PHQ9, baseline=9, now=3).sentence
    assert "below" not in change(PHQ9, baseline=10, now=3).sentence


def test_decimal_bounds_are_exact() -> None:
    """35% of 20 is 7 points: a binary 0.35 would call the same fall too small."""
    rules = replace(PHQ9, response_fall=0.35)
    assert change(rules, baseline=20, now=13).response == "response"
