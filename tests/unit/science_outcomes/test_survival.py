"""The product-limit estimate against published curves and against a plain count in fractions."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log, sqrt
from random import Random
from statistics import NormalDist

import pytest

from afterglow.science.outcomes.survival import Followed, kept_at

# Weeks of remission under 6-mercaptopurine, 21 people.  Freireich EJ et al. Blood 1963;21:699-716, as analysed in Kalbfleisch & Prentice 1980;
# "+" is still in remission when last seen.
FREIREICH = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PEOPLE = [Followed(float(one.rstrip("+")), not one.endswith("+")) for one in FREIREICH.split()]


# req: S113
# Estimate and Greenwood's standard error of the published table, to three decimals.
@pytest.mark.parametrize(
    ("week", "share", "error"),
    [
        (5, 1.0, 0.0),
        (6, 0.857, 0.076),
        (7, 0.807, 0.087),
        (10, 0.753, 0.096),
        (13, 0.690, 0.107),
        (16, 0.627, 0.114),
        (22, 0.538, 0.128),
        (23, 0.448, 0.135),
    ],
)
def test_the_curve_is_the_published_one(week: int, share: float, error: float) -> None:
    found = kept_at(PEOPLE, week)
    assert found.share is not None and found.standard_error is not None
    assert (round(found.share, 3), round(found.standard_error, 3)) == (share, error)


def plain(people: list[Followed], day: float) -> tuple[Fraction, Fraction]:
    """(estimate, Greenwood's sum) day by day, in exact fractions: another way than the product code takes."""
    share, spread = Fraction(1), Fraction(0)
    risk = sorted(people, key=lambda one: (one.days, not one.lost))
    while risk and risk[0].days <= day:
        when = risk[0].days
        lost = len([one for one in risk if one.days == when and one.lost])
        share *= Fraction(len(risk) - lost, len(risk))
        spread += Fraction(lost, len(risk) * (len(risk) - lost)) if len(risk) > lost else 0
        risk = [one for one in risk if one.days > when]
    return share, spread


# req: S113
@pytest.mark.parametrize("seed", range(25))
def test_estimate_and_interval_agree_with_a_plain_count(seed: int) -> None:
    chance = Random(seed)
    people = [Followed(chance.randint(0, 30), chance.random() < 0.4) for _ in range(chance.randint(30, 80))]
    found, (share, spread) = kept_at(people, 20), plain(people, 20)
    assert found.share == pytest.approx(float(share)) and found.interval is not None
    reach = NormalDist().inv_cdf(0.975) * sqrt(spread) / abs(log(share))
    assert found.interval.low == pytest.approx(float(share) ** exp(reach))
    assert found.interval.high == pytest.approx(float(share) ** exp(-reach))
    assert 0 <= found.interval.low <= found.share <= found.interval.high <= 1
    assert found.lost + found.gone + found.watched == found.people == len(people)


def test_with_everybody_followed_it_is_the_plain_share() -> None:
    found = kept_at([Followed(10, True)] * 3 + [Followed(40, False)] * 9, 28)
    assert (found.share, found.lost, found.gone, found.watched) == (0.75, 3, 0, 9)


def test_a_loss_on_the_day_itself_counts_and_comes_before_those_who_leave() -> None:
    found = kept_at([Followed(28, True), Followed(28, False)], 28)
    assert (found.share, found.lost, found.gone, found.watched) == (0.5, 1, 0, 1)


# hazard: H36
def test_where_nobody_is_followed_nothing_is_said() -> None:
    for people in ([], [Followed(5, False), Followed(9, True), Followed(27.9, False)]):
        found = kept_at(people, 28)
        assert (found.share, found.standard_error, found.interval, found.watched) == (None, None, None, 0)


# hazard: H36
def test_none_lost_or_all_lost_have_no_interval_and_never_one_of_no_width() -> None:
    none, every = kept_at([Followed(40, False)] * 30, 28), kept_at([Followed(3, True)] * 30, 28)
    assert (none.share, none.interval) == (1.0, None)
    assert (every.share, every.interval, every.lost) == (0.0, None, 30)


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(days: float) -> None:
    with pytest.raises(ValueError, match="no time"):
        Followed(days, False)
    with pytest.raises(ValueError, match="no day"):
        kept_at([], days)
