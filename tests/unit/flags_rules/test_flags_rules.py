"""When a flag is due, and what closing it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterglow.records.flags import rules

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
NOTE = "Spoke to Dan; safe tonight; call tomorrow."


def test_urgent_is_due_in_15_minutes() -> None:
    assert rules.due_at("urgent", AT) == AT + timedelta(minutes=15)
    assert rules.due_at("today", AT) == AT + timedelta(hours=4)


# req: N43
@pytest.mark.parametrize(
    ("owner", "closer", "closed", "note", "open_items"),
    [
        ("ana", "ana", False, NOTE, []),
        (None, "ana", False, NOTE, ["owner"]),
        ("ben", "ana", False, NOTE, ["owner"]),
        ("ana", "ana", False, "ok", ["note"]),
        ("ana", "ana", True, NOTE, ["open"]),
        (None, "ana", True, "  ", ["open", "owner", "note"]),
    ],
)
def test_every_reason_at_once(owner: str | None, closer: str, closed: bool, note: str, open_items: list[str]) -> None:
    verdict = rules.may_close(rules.ClosingFacts(owner_id=owner, closer_id=closer, already_closed=closed, note=note))
    assert [finding.item for finding in verdict.open] == open_items


# req: S19
# hazard: H41
@pytest.mark.parametrize(
    ("kind", "prescribes", "open_items"), [("mania_hold", False, ["prescriber"]), ("mania_hold", True, []), ("suicide_item_positive", False, [])]
)
def test_what_holds_the_dose_is_closed_by_a_prescriber(kind: str, prescribes: bool, open_items: list[str]) -> None:
    facts = rules.ClosingFacts(owner_id="ana", closer_id="ana", already_closed=False, note=NOTE, kind=kind, closer_prescribes=prescribes)
    assert [finding.item for finding in rules.may_close(facts).open] == open_items


HELD = rules.HoldingFacts(works_here=True, may_own=True, licence_ended=False, taken=True, was_on_duty=True, on_duty=True, somebody_on_call=True)


# hazard: H16
@pytest.mark.parametrize(
    ("change", "open_items"),
    [
        ({}, []),
        ({"works_here": False}, ["holder"]),
        ({"may_own": False}, ["holder"]),
        ({"licence_ended": True}, ["holder"]),
        ({"licence_ended": True, "somebody_on_call": False}, ["holder"]),
        ({"on_duty": False}, ["duty"]),
        ({"on_duty": False, "somebody_on_call": False}, []),
        ({"on_duty": False, "was_on_duty": False}, []),
        ({"on_duty": False, "was_on_duty": False, "taken": False}, ["duty"]),
        ({"on_duty": False, "was_on_duty": False, "taken": False, "somebody_on_call": False}, []),
        ({"works_here": False, "on_duty": False}, ["holder", "duty"]),
    ],
)
def test_a_flag_stays_with_an_owner_who_can_still_answer_it(change: dict[str, bool], open_items: list[str]) -> None:
    assert [finding.item for finding in rules.stays_with_owner(replace(HELD, **change)).open] == open_items


# req: S83
@pytest.mark.parametrize(
    ("kind", "opener", "open_items"),
    [
        ("touch_without_word", "ana", ["colleague"]),
        ("touch_without_word", "ben", []),
        ("touch_without_word", None, []),
        ("suicide_item", "ana", []),
    ],
)
def test_a_deed_of_ones_own_is_looked_at_by_somebody_else(kind: str, opener: str | None, open_items: list[str]) -> None:
    facts = rules.ClosingFacts(owner_id="ana", closer_id="ana", already_closed=False, note=NOTE, kind=kind, opener_id=opener)
    assert [finding.item for finding in rules.may_close(facts).open] == open_items
