"""Invented courses: answers add up, shares are near what is told, thoughts of death never by chance."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from afterglow.simulator.courses import KINDS, SELF_HARM, Kind, kind_named, kind_of, phq9, relief, today

BASELINE = (3, 3, 2, 3, 1, 2, 2, 1, 0)
SIX = (0, 3, 7, 10, 14, 17)


def test_shares_are_a_whole_and_people_fall_into_them() -> None:
    assert sum(kind.share for kind in KINDS) == pytest.approx(1)
    found = Counter(kind_of(7, number).name for number in range(2000))
    for kind in KINDS:
        assert found[kind.name] / 2000 == pytest.approx(kind.share, abs=0.04)
    assert [kind_of(7, number) for number in range(40)] == [kind_of(7, number) for number in range(40)]
    assert [kind_of(7, number) for number in range(40)] != [kind_of(8, number) for number in range(40)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_relief_comes_with_doses_and_stays_inside_its_ceiling(kind: Kind) -> None:
    assert relief(kind, SIX, 0) == 0.0
    assert relief(kind, (), 30) == 0.0
    for day in range(1, 120):
        low, high = sorted((0.0, kind.ceiling))
        assert low <= relief(kind, SIX, day) <= high


def test_more_doses_lift_more_and_time_takes_it_back() -> None:
    kind = kind_named("remits")
    assert relief(kind, SIX[:1], 18) < relief(kind, SIX[:3], 18) < relief(kind, SIX, 18)
    assert relief(kind, SIX, 18) > relief(kind, SIX, 60) > relief(kind, SIX, 120) > 0
    assert relief(kind_named("gets worse"), SIX, 18) < 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("self_harm", [0, 1])
def test_answers_are_answers_and_add_up(kind: Kind, self_harm: int) -> None:
    for seed in range(200):
        given = phq9(kind, BASELINE, SIX, seed % 60, rng=random.Random(seed), self_harm=self_harm)
        assert len(given) == 9
        assert all(0 <= each <= 3 for each in given)
        assert given[SELF_HARM - 1] == self_harm
        again = phq9(kind, BASELINE, SIX, seed % 60, rng=random.Random(seed), self_harm=self_harm)
        assert again == given


def test_the_sum_is_what_the_course_gives() -> None:
    """Without scatter the answers add up to the baseline less the relief, whatever its pattern."""

    class Quiet(random.Random):
        def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
            return mu

    kind = kind_named("remits")
    for baseline in (BASELINE, (0, 0, 0, 0, 0, 0, 0, 0, 0), (3, 3, 3, 3, 3, 3, 3, 3, 3), (0, 0, 0, 0, 0, 0, 0, 3, 0)):
        for day in (0.5, 8, 25, 90):
            expected = min(round(sum(baseline) * (1 - relief(kind, SIX, day))), 24)
            assert sum(phq9(kind, baseline, SIX, day, rng=Quiet(1))) == expected


def test_somebody_who_remits_falls_below_half_and_somebody_who_does_not_respond_stays() -> None:
    after = {kind.name: sum(phq9(kind, BASELINE, SIX, 20, rng=random.Random(3))) for kind in KINDS}
    assert after["remits"] <= 4
    assert after["responds"] <= sum(BASELINE) / 2
    assert after["does not respond"] > sum(BASELINE) / 2
    assert after["gets worse"] > sum(BASELINE)
    kind = kind_named("responds and relapses")
    assert sum(phq9(kind, BASELINE, SIX, 60, rng=random.Random(3))) > after[kind.name] + 5


def test_today_follows_the_same_course() -> None:
    kind = kind_named("remits")
    before, after = today(kind, BASELINE, SIX, 0, rng=random.Random(5)), today(kind, BASELINE, SIX, 19, rng=random.Random(5))
    assert all(0 <= each <= 10 for each in (*before, *after))
    assert sum(after) < sum(before) / 2
