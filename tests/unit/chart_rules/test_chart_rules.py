"""Lists, weights, heights, names and dates of the chart: every answer and every branch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from afterglow.records.chart import rules
from afterglow.science.quantities import NotANumber, UnitMismatch, UnknownUnit

NOW = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("rows", "changed", "reviewed", "none_known", "says"),
    [
        (2, None, None, None, "listed"),
        (1, None, NOW, True, "listed"),
        (0, None, None, None, "not_asked"),
        (0, None, NOW, False, "not_asked"),
        (0, None, NOW, True, "none_known"),
        (0, BEFORE, NOW, True, "none_known"),
        (0, NOW, BEFORE, True, "not_asked"),
    ],
)
def test_silence_is_never_none_known(rows: int, changed: datetime | None, reviewed: datetime | None, none_known: bool | None, says: str) -> None:
    assert rules.list_says(rows, changed, reviewed, none_known) == says


# req: C25
@pytest.mark.parametrize(
    ("typed", "unit", "grams"),
    [("70", "kg", 70_000), ("70.25", "kg", 70_250), ("70,25", "kg", 70_250), ("154.3", "lb", 69_989), (" 0.0004 ", "kg", 0)],
)
def test_weight_of(typed: str, unit: str, grams: int) -> None:
    measured = rules.weight_of(typed, unit)
    assert (measured.value, measured.unit, measured.typed) == (grams, unit, typed.strip())


@pytest.mark.parametrize(
    ("typed", "unit", "error"),
    [
        ("70", "", UnknownUnit),
        ("70", "mg", UnknownUnit),
        ("heavy", "kg", NotANumber),
        ("0", "kg", NotANumber),
        ("-1", "lb", NotANumber),
        ("nan", "kg", NotANumber),
    ],
)
def test_weight_of_refuses(typed: str, unit: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.weight_of(typed, unit)


@pytest.mark.parametrize(("typed", "unit", "mm"), [("172.5", "cm", 1725), ("172,5", "cm", 1725), ("68", "in", 1727), ("5", "in", 127)])
def test_height_of(typed: str, unit: str, mm: int) -> None:
    assert rules.height_of(typed, unit).value == mm


@pytest.mark.parametrize(
    ("typed", "unit", "error"),
    [("172", "", UnknownUnit), ("172", "m", UnknownUnit), ("5'8", "in", NotANumber), ("-3", "cm", NotANumber), ("", "cm", NotANumber)],
)
def test_height_of_refuses(typed: str, unit: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        rules.height_of(typed, unit)


# hazard: H2
@pytest.mark.parametrize(
    ("grams", "previous", "confirmed", "open_items"),
    [
        (70_000, None, False, []),
        (70_000, 72_000, False, []),
        (70_000, 154_324, False, ["weight_unit"]),
        (154_324, 70_000, False, ["weight_unit", "weight.likely"]),
        (154_324, 70_000, True, ["weight_unit"]),
        (154_000, None, False, ["weight.likely"]),
        (154_000, None, True, []),
        (34_999, None, False, ["weight.likely"]),
        (35_000, None, False, []),
        (150_000, None, False, []),
        (1_999, None, True, ["weight.possible"]),
        (650_001, None, True, ["weight.possible"]),
        (42 * 700, 70_000, True, ["weight_unit"]),
        (50 * 700, 70_000, True, ["weight_unit"]),
        (51 * 700, 70_000, True, []),
        (199 * 700, 70_000, True, []),
        (241 * 700, 70_000, True, []),
    ],
)
def test_weight_is_believable(grams: int, previous: int | None, confirmed: bool, open_items: list[str]) -> None:
    verdict = rules.weight_is_believable(rules.Measured(value=grams, typed="x", unit="kg"), previous, confirmed)
    assert [finding.item for finding in verdict.open] == open_items
    assert verdict.liftable == (), "no signature lifts a wrong weight"


@pytest.mark.parametrize(
    ("mm", "confirmed", "open_items"),
    [
        (1_725, False, []),
        (1_349, False, ["height.likely"]),
        (1_349, True, []),
        (2_151, False, ["height.likely"]),
        (399, True, ["height.possible"]),
        (2_731, True, ["height.possible"]),
    ],
)
def test_height_is_believable(mm: int, confirmed: bool, open_items: list[str]) -> None:
    verdict = rules.height_is_believable(rules.Measured(value=mm, typed="x", unit="cm"), confirmed)
    assert [finding.item for finding in verdict.open] == open_items


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [(70_000, 70_000, 0), (70_000, 73_500, 5), (70_000, 73_501, 6), (70_000, 66_500, -5), (70_000, 66_499, -6), (70_000, 70_001, 1)],
)
def test_a_change_is_rounded_away_from_zero(before: int, now: int, percent: int) -> None:
    assert rules.change_percent(before, now) == percent


# hazard: H37
@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2008, 12, 7), date(2026, 12, 7), 18),
        (date(2008, 12, 8), date(2026, 12, 7), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_an_age_is_whole_years(born: date, on: date, age: int) -> None:
    assert rules.age_years(born, on) == age


def test_a_birth_date_is_possible() -> None:
    on = date(2026, 12, 7)
    assert rules.birth_date_is_possible(on, on).is_met
    assert rules.birth_date_is_possible(date(1904, 12, 31), on).is_met
    assert not rules.birth_date_is_possible(date(1903, 12, 31), on).is_met
    assert not rules.birth_date_is_possible(date(2026, 12, 8), on).is_met


@pytest.mark.parametrize(
    ("text", "folded"), [("  Éva-Maria ", "eva-maria"), ("MÜLLER", "muller"), ("Straße", "strasse"), ("İpek", "ipek"), ("Ng  Thi", "ng thi")]
)
def test_names_are_folded_the_same_everywhere(text: str, folded: str) -> None:
    assert rules.folded(text) == folded


def test_a_search_name_starts_with_the_family() -> None:
    assert rules.search_name("Dan", "Marsh") == "marsh dan"


# hazard: H1
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Dan", "Dan", True),
        ("Dan", "Daniel", True),
        ("Daniela", "Dan", True),
        ("Anna", "Ana", True),
        ("Dan", "Don", True),
        ("Dan", "Doreen", False),
        ("Élise", "Elisa", True),
    ],
)
def test_names_are_alike(one: str, other: str, alike: bool) -> None:
    assert rules.names_are_alike(one, other) is alike


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1982-03-04", date(1982, 3, 4)),
        ("4 Mar 1982", date(1982, 3, 4)),
        ("04. march 1982", date(1982, 3, 4)),
        ("4 Foo 1982", None),
        ("30 Feb 1982", None),
        ("3/4/1982", None),
        ("marsh", None),
    ],
)
def test_a_date_has_one_meaning_or_none(text: str, found: date | None) -> None:
    assert rules.date_in(text) == found


def test_a_weight_is_compared_with_weights_only() -> None:
    with pytest.raises((UnitMismatch, NotANumber)):
        rules.weight_is_believable(rules.Measured(value=0, typed="0", unit="kg"), 70_000, False)


def written(number: int, day: int, name: str = "oxycodone", **more: Any) -> rules.Written:
    told = {"replaces_id": None, "withdrawn": False, "oral_ug_per_day": None, "patch_ng_per_h": None, "stopped_on": None}
    return rules.Written(id=UUID(int=number), recorded_at=NOW + timedelta(days=day), name=name, **(told | more))


# req: S25
def test_a_medicine_list_as_it_stood_on_a_day() -> None:
    first = written(1, 0)
    rows = [
        first,
        written(2, 2, oral_ug_per_day=20_000, replaces_id=first.id),
        written(3, 3, "tramadol", stopped_on=date(2026, 12, 12)),
        written(4, 6, withdrawn=True, replaces_id=UUID(int=2)),
    ]
    days = rules.days_of_change(rows, UTC, date(2026, 12, 13))
    assert [day.day for day in days] == [7, 9, 10, 12, 13]
    assert rules.days_of_change(rows, UTC, date(2026, 12, 9)) == days[:2]
    stood = [[row.id.int for row in rules.taken_on(rows, UTC, day)] for day in (date(2026, 12, 6), *days)]
    assert stood == [[], [1], [2], [2, 3], [2], []]
    assert rules.taken_on(rows, timezone(timedelta(hours=-10)), date(2026, 12, 6)) == (first,), "by the days of the clinic"
