"""The cabinet's questions, one table each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from afterglow.records.cabinet import rules
from afterglow.records.cabinet.rules import DrawFacts, DrawSum

BEN, ANA = UUID(int=1), UUID(int=2)
FACTS = DrawFacts(
    amount_ug=35_000, volume_ul=3_500, strength_ug_per_ml=10_000, shelf_ul=20_000, drawable_ul=20_000, expires_on=date(2027, 1, 31), recalled=False, on=date(2026, 12, 7),
    by=BEN, witness=ANA, witness_may=True,
)  # fmt: skip
DRAW = DrawSum(id=UUID(int=7), drawn_ug=35_000, drawn_ul=3_500)


# hazard: H3, H26, H27
@pytest.mark.parametrize(
    ("changed", "item", "state"),
    [
        ({}, None, "met"),
        ({"expires_on": date(2026, 12, 7)}, None, "met"),
        ({"expires_on": date(2026, 12, 6)}, "draw.usable", "unmet"),
        ({"recalled": True}, "draw.usable", "unmet"),
        ({"amount_ug": 35_010}, None, "met"),  # within one microlitre
        ({"amount_ug": 35_011}, "draw.amount", "unmet"),
        ({"strength_ug_per_ml": 100_000}, "draw.amount", "unmet"),
        ({"amount_ug": 0}, "draw.amount", "unknown"),
        ({"volume_ul": 0}, "draw.amount", "unknown"),
        ({"shelf_ul": 3_500}, None, "met"),
        ({"shelf_ul": 3_499}, "draw.stock", "unmet"),
        ({"shelf_ul": 3_499, "drawable_ul": 0}, "draw.stock", "unmet"),  # said once
        ({"drawable_ul": 3_500}, None, "met"),
        ({"drawable_ul": 3_499}, "draw.vial", "unmet"),
        ({"by": None}, "witness", "unknown"),
        ({"witness": None}, "witness", "unknown"),
        ({"witness": BEN}, "witness", "unmet"),
        ({"witness_may": False}, "witness", "unmet"),
    ],
)
def test_may_draw(changed: dict[str, object], item: str | None, state: str) -> None:
    verdict = rules.may_draw(replace(FACTS, **changed))  # type: ignore[arg-type]
    assert [(finding.item, finding.state) for finding in verdict.open] == ([] if item is None else [(item, state)])


@pytest.mark.parametrize(
    ("held", "what", "amount_ug", "state"),
    [
        (DRAW, "given", 35_000, "met"),
        (DRAW, "given", 35_001, "unmet"),
        (DRAW, "wasted", 0, "unknown"),
        (DRAW, "returned", 35_000, "met"),
        (DRAW, "returned", 34_999, "unmet"),
        (replace(DRAW, given_ug=1), "returned", 34_999, "unmet"),
        (replace(DRAW, given_ug=30_000), "wasted", 5_000, "met"),
        (replace(DRAW, given_ug=30_000), "wasted", 5_001, "unmet"),
    ],
)
def test_may_part(held: DrawSum, what: rules.Parting, amount_ug: int, state: str) -> None:
    assert rules.may_part(held, what, amount_ug).state == state


def test_volume_goes_with_the_amount() -> None:
    assert rules.volume_of_part(DRAW, 10_000) == 1_000
    assert rules.volume_of_part(DRAW, 35_000) == 3_500
    assert rules.volume_of_part(replace(DRAW, given_ug=10_001, left_ul=1_000), 24_999) == 2_500, "the last part takes the rest"


@pytest.mark.parametrize(("reason", "state"), [("expired", "met"), (" ", "unknown"), ("x" * 201, "unmet")])
def test_has_reason(reason: str, state: str) -> None:
    assert rules.has_reason(reason).state == state


@pytest.mark.parametrize(
    ("expected", "found", "note", "state"), [(5, 5, "", "met"), (5, 4, "", "unmet"), (5, 4, "spilled", "met"), (5, -1, "x", "unknown")]
)
def test_count_is_explained(expected: int, found: int, note: str, state: str) -> None:
    assert rules.count_is_explained(expected, found, note).state == state


# req: N28
@pytest.mark.parametrize(
    ("held", "charted", "state"),
    [
        (DRAW, None, "unmet"),
        (replace(DRAW, given_ug=35_000), None, "met"),
        (replace(DRAW, given_ug=35_000), 35_000, "met"),
        (replace(DRAW, given_ug=30_000, wasted_ug=5_000), 35_000, "unmet"),
    ],
)
def test_draws_agree(held: DrawSum, charted: int | None, state: str) -> None:
    assert rules.draws_agree(held, charted).state == state
