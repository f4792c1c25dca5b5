"""What a sum yields beside its total; an open answer or an unknown sex makes a reading unknown, never no."""

from __future__ import annotations

from fractions import Fraction

import pytest

from afterglow.science.scoring.instrument import Instrument, Item, Option
from afterglow.science.scoring.readings import about_clusters, about_fall, about_several, about_total, half_up, percent, rounded
from afterglow.science.scoring.score import Scored, score
from afterglow.science.scoring.ways import Band, Cluster, Combined, Condition, Fall, Part, Reading, Sum

ITEMS = ("a", "b", "c")
RULE = Sum(
    lowest=0,
    highest=12,
    missing_at_most=2,
    bands=(),
    cutoffs=(),
    facts=(),
    parts=(Part(name="P", group="", items=("a", "b")), Part(name="Q", group="sub", items=("c",))),
    clusters=(Cluster(name="pattern", item_at_least=2, needs=(("P", 1), ("Q", 1))),),
    shifted=(("other", 3),),
)


def scale(rules: Sum, *, reverse: str = "") -> Instrument:
    options = tuple(Option(value=value, label=str(value)) for value in range(5))
    items = tuple(Item(id=name, text=name, options=options, scored=True, asked_when="always", reverse=name == reverse) for name in ITEMS)
    return Instrument(
        id="scale",
        version=1,
        name="Scale",
        items=items,
        scoring=rules,
        flags=(),
        change=None,
        ways=frozenset(),
        link_needs_on_call=False,
        min_interval_days=0,
        ships_wording=True,
    )


@pytest.mark.parametrize(("number", "by", "rounded"), [(0, 7, 0), (7, 2, 4), (10, 4, 3), (9, 4, 2), (11, 4, 3)])
def test_halves_are_rounded_up(number: int, by: int, rounded: int) -> None:
    assert half_up(number, by) == rounded


def test_a_percentage_is_of_the_most_there_can_be() -> None:
    assert [percent(scale(RULE), raw) for raw in (0, 6, 12, 1)] == [0, 50, 100, 8]


@pytest.mark.parametrize(
    ("points", "met"),
    [
        ({"a": 2, "b": 0, "c": 2}, True),
        ({"a": 1, "b": 1, "c": 4}, False),
        ({"a": 2, "b": 2, "c": 1}, False),
        ({"a": 2, "c": 2}, True),  # the open one cannot take it away
        ({"a": 0, "c": 2}, None),  # the open one decides
        ({"a": 0, "c": 0}, False),  # the open one cannot bring it
        ({}, None),
    ],
)
# hazard: H16
def test_a_cluster_rule_is_met_not_met_or_not_known(points: dict[str, int], met: bool | None) -> None:
    assert about_clusters(RULE, points) == {"pattern": met}


def test_a_part_with_an_open_item_has_no_number() -> None:
    whole, lacking = score(scale(RULE), {"a": 1, "b": 2, "c": 3}), score(scale(RULE), {"a": 1, "c": 3})
    assert isinstance(whole, Scored)
    assert isinstance(lacking, Scored)
    assert whole.numbers == {"P": 3, "sub": {"Q": 3}, "other": 9}
    assert lacking.numbers == {"P": None, "sub": {"Q": 3}, "other": 9}


def test_a_reverse_item_counts_from_the_other_end() -> None:
    got = score(scale(RULE, reverse="c"), {"a": 1, "b": 2, "c": 4})
    assert isinstance(got, Scored)
    assert (got.total, got.band, got.numbers["sub"]) == (3, None, {"Q": 0})


def test_bands_of_a_percentage_are_in_percent() -> None:
    bands = (Band(lowest=0, highest=49, name="low"), Band(lowest=50, highest=100, name="high"))
    rules = scale(Sum(lowest=0, highest=100, missing_at_most=0, bands=bands, cutoffs=(), facts=(), percent=True))
    got = score(rules, {"a": 2, "b": 2, "c": 2})
    assert isinstance(got, Scored)
    assert (got.total, got.band, got.numbers) == (50, "high", {"raw": 6, "percent": 50})


def test_cutoffs_from_below_from_above_and_by_sex() -> None:
    rules = Sum(
        lowest=0,
        highest=12,
        missing_at_most=0,
        bands=(),
        cutoffs=(),
        facts=(),
        readings=(Reading(name="high", at_least=5), Reading(name="low", at_most=5), Reading(name="by_sex", female=3, male=4)),
    )
    assert about_total(rules, 5, None) == {"high": True, "low": True, "by_sex": True}
    assert about_total(rules, 6, None)["low"] is False
    assert about_total(rules, 4, None)["high"] is False
    assert [about_total(rules, 3, sex)["by_sex"] for sex in ("female", "male", None)] == [True, False, None]
    assert about_total(rules, 2, None)["by_sex"] is False


@pytest.mark.parametrize(
    ("every", "known", "said"),
    [
        (True, {"total": 6, "a": 2}, True),
        (True, {"total": 7, "a": None}, False),  # one no decides
        (True, {"total": 6}, None),
        (False, {"total": 6}, True),  # one yes decides
        (False, {"total": 7}, None),
        (False, {"total": 7, "a": 1}, False),
    ],
)
# hazard: H16
def test_several_bounds_are_met_not_met_or_not_known(every: bool, known: dict[str, int | None], said: bool | None) -> None:
    bounds = (Condition(of="total", at_most=6), Condition(of="a", at_least=2))
    rules = Sum(
        lowest=0, highest=12, missing_at_most=0, bands=(), cutoffs=(), facts=(), combined=(Combined(name="x", conditions=bounds, every=every),)
    )
    assert about_several(rules, known) == {"x": said}


@pytest.mark.parametrize(
    ("baseline", "now", "away", "met"),
    [(6, 5, -16.7, False), (8, 6, -25.0, True), (3, 2, -33.3, True), (5, 8, 60.0, False), (0, 3, None, False), (None, 5, None, None)],
)
def test_a_fall_counts_by_points_or_by_percent_and_is_unknown_without_a_baseline(
    baseline: int | None, now: int, away: float | None, met: bool | None
) -> None:
    numbers, facts = about_fall(Fall(percent_name="change", met=(("met", 2, 30), ("half", None, 50))), baseline, now)
    assert (numbers, facts["met"]) == ({"change": away}, met)
    assert facts["half"] is (None if baseline is None else False)


def test_numbers_are_rounded_half_away_from_zero() -> None:
    assert [rounded(Fraction(text), 1) for text in ("0.25", "-0.25", "0.24", "-16.666", "0")] == [0.3, -0.3, 0.2, -16.7, 0.0]
