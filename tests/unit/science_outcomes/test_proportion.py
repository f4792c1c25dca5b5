"""A proportion carries its denominator and an honest interval."""

from __future__ import annotations

import pytest

from afterglow.science.outcomes.proportion import LEAST_SHOWN, Interval, Proportion, percent


# Wilson score intervals to four decimals.  Newcombe RG, Stat Med 1998;17:857-872, table I (method 3), and 0 of n / n of n from its formula.
# req: S113
@pytest.mark.parametrize(
    ("count", "out_of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (20, 20, 0.8389, 1.0)],
)
def test_the_interval_is_the_published_one(count: int, out_of: int, low: float, high: float) -> None:
    found = Proportion(count, out_of).interval
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nobody_counted_is_no_proportion() -> None:
    nobody = Proportion(0, 0)
    assert nobody.fraction is None
    assert nobody.interval is None
    assert nobody.in_words(least=0) == "nobody counted"


@pytest.mark.parametrize(("count", "out_of"), [(3, 2), (-1, 5), (0, -1)])
def test_what_is_no_part_of_a_whole_is_refused(count: int, out_of: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        Proportion(count, out_of)


# hazard: H36
def test_few_people_are_not_shown() -> None:
    assert Proportion(9, LEAST_SHOWN - 1).in_words() == "not shown: fewer than 20 people"
    assert Proportion(9, LEAST_SHOWN).in_words() == "9 of 20 (45%, 95% interval 26 to 66%)"


def test_percent_rounds_halves_up() -> None:
    assert [percent(part) for part in (0.0, 0.004, 0.005, 0.445, 1.0)] == [0, 0, 1, 45, 100]
    assert Interval(0.1, 0.2).low == 0.1
