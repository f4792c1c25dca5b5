"""Which dose an as-needed order covers: every amount is the order's own, and what cannot be counted does not pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.pathway.session.rules.as_needed import AsNeeded, GivenDose, covered, covers, left_ug, mg_words, next_at, route_words, total_ug

AT = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)
ORDER = AsNeeded(
    id=UUID(int=1),
    drug="ondansetron",
    use="as_needed",
    dose_ug=4_000,
    route="iv",
    what_for="nausea",
    most_ug=8_000,
    least_min=30,
    signed_at=AT - timedelta(hours=1),
    signed_by="Ana Ruiz",
    expires_at=AT + timedelta(days=7),
)


def minutes(number: int) -> datetime:
    return AT + timedelta(minutes=number)


def dose(ug: int | None = 4_000, at: datetime = AT, route: str = "iv") -> GivenDose:
    return GivenDose(ug=ug, route=route, at=at)


# req: S74
@pytest.mark.parametrize(
    ("order", "given", "before", "stands"),
    [
        ({}, dose(), [], []),
        ({}, dose(4_001), [], ["amount"]),
        ({}, dose(None), [], ["amount"]),
        ({}, dose(route="oral"), [], ["route"]),
        ({}, dose(at=minutes(30)), [dose()], []),
        ({}, dose(at=minutes(29)), [dose()], ["apart"]),
        ({}, dose(at=AT), [dose(at=minutes(29))], ["apart"]),  # charted later, given in between
        ({}, dose(at=minutes(60)), [dose(route="oral"), dose(at=minutes(30))], ["most"]),
        ({}, dose(1, at=minutes(60)), [dose(), dose(at=minutes(30))], ["most"]),
        ({}, dose(at=minutes(60)), [dose(None)], ["most"]),
        ({}, dose(at=AT - timedelta(hours=1, seconds=1)), [], ["signed"]),
        ({"ended_at": minutes(1)}, dose(), [], []),
        ({"ended_at": AT}, dose(), [], ["ended"]),
        ({"expires_at": AT}, dose(), [], ["expired"]),
        ({"use": "before"}, dose(at=minutes(-1)), [], []),
        ({"use": "before"}, dose(at=minutes(1)), [], ["moment"]),
    ],
)
def test_what_stands_against_a_dose(order: dict[str, Any], given: GivenDose, before: list[GivenDose], stands: list[str]) -> None:
    verdict = covers(replace(ORDER, **order), given, before, started_at=AT)
    assert [finding.item for finding in verdict.open] == stands
    assert all(finding.sentence and finding.source for finding in verdict.open)


def test_an_unknown_amount_is_unknown_and_not_clear() -> None:
    verdict = covers(ORDER, dose(None), [dose(None, at=minutes(-60))], started_at=None)
    assert not verdict.met and {finding.state for finding in verdict.open} == {"unknown"}


def test_an_order_before_the_dose_holds_while_nothing_has_begun() -> None:
    assert covers(replace(ORDER, use="before"), dose(), [], started_at=None).met


# req: S74
def test_the_order_that_covers_is_named_and_else_the_nearest_reasons() -> None:
    oral, expired = replace(ORDER, id=UUID(int=2), route="oral"), replace(ORDER, id=UUID(int=3), expires_at=AT)
    assert covered([expired, oral, ORDER], dose(), [], started_at=AT).order == ORDER
    nearest = covered([replace(expired, route="oral"), oral], dose(), [], started_at=AT)
    assert nearest.order is None and nearest.verdict.sentence == "The order is for another route: swallowed."
    nothing = covered([], dose(), [], started_at=AT)
    assert nothing.order is None and nothing.verdict.sentence == "No order for this drug is signed for this session."


def test_what_is_left_and_from_when() -> None:
    assert (left_ug(ORDER, []), next_at(ORDER, [])) == (8_000, None)
    assert (left_ug(ORDER, [dose(), dose(2_000, at=minutes(40))]), next_at(ORDER, [dose(at=minutes(40)), dose()])) == (2_000, minutes(70))
    assert left_ug(ORDER, [dose(9_000)]) == 0
    assert left_ug(ORDER, [dose(None)]) is None and total_ug([dose(), dose(None)]) is None


def test_words() -> None:
    assert (mg_words(4_000), mg_words(12_500), mg_words(250)) == ("4 mg", "12.5 mg", "0.25 mg")
    assert (route_words("im"), route_words("nasal")) == ("IM", "nasal")
