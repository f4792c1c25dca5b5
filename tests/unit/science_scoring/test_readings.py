"""What a sum yields beside its total; an open answer or an unknown sex makes a reading unknown, never no."""

from __future__ import annotations

import pytest

from afterglow.science.scoring.instrument import Band, Cluster, Instrument, Item, Option, Part, Reading, Sum
from afterglow.science.scoring.readings import about_clusters, about_total, half_up, numbers, percent
from afterglow.science.scoring.score import Scored, score

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
    assert numbers(RULE, {"a": 1, "b": 2, "c": 3}, 6, 6) == {"P": 3, "sub": {"Q": 3}, "other": 9}
    assert numbers(RULE, {"a": 1, "c": 3}, 6, 6) == {"P": None, "sub": {"Q": 3}, "other": 9}


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
