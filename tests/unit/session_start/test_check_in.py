"""What may be recorded at check-in: half an answer never is, and "asked, not known" always is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.pathway.session.rules.check_in import CHECKS, may_record, may_record_pressure
from afterglow.pathway.session.rules.suicide import WORDS

AT = datetime(2026, 12, 7, 17, 0, tzinfo=UTC)
FIVE_NO = dict.fromkeys(WORDS, "no")
WHOLE: dict[str, dict[str, Any]] = {
    "identity": {"identifiers": ["full name", "birth date"]},
    "allergies": {"said": "yes"},
    "ketamine_allergy": {"said": "no"},
    "capacity": {"said": "shown"},
    "intoxication": {"said": "no"},
    "withdrawal": {"said": "no"},
    "substances": {"said": "no", "taken": []},
    "other_ketamine": {"said": "no"},
    "pregnancy": {"organs": "no"},
    "suicide": FIVE_NO,
    "suicide_assessment": {"allows": "yes", "note": "spoke for 20 minutes"},
    "escort": {"kind": "adult", "adult_name": "Mia"},
    "night": {"name": "Mia"},
    "values_before": {"hr": 68, "rr": 14, "spo2": 98},
    "fasting": {"meal": "none", "clear_fluid_at": (AT - timedelta(hours=4)).isoformat()},
    "medicines": {"held": {"lorazepam": "held"}},
    "unchecked_medicines": {"names": ["moonwort"]},
    "prescription_monitoring": {"looked_up_on": "2026-12-06"},
    "iv_site": {"said": "yes"},
    "airway_person": {"user_id": "018c0000-0000-7000-8000-000000000001"},
    "both_roles": {"said": "yes"},
}


def test_every_question_has_a_whole_answer() -> None:
    assert set(WHOLE) == set(CHECKS)
    assert all(may_record(item, value, at=AT).met for item, value in WHOLE.items())


@pytest.mark.parametrize("item", sorted(CHECKS))
def test_asked_and_not_known_is_an_answer(item: str) -> None:
    assert may_record(item, None, at=AT).met


@pytest.mark.parametrize("item", sorted(CHECKS))
def test_an_empty_answer_is_none(item: str) -> None:
    assert not may_record(item, {}, at=AT).met


def test_another_question_is_refused() -> None:
    assert not may_record("shoe_size", {"said": "yes"}, at=AT).met


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("identity", {"identifiers": ["full name", "full name"]}, "identifiers"),
    ("identity", {"identifiers": ["full name", "eye colour"]}, "identifiers"),
    ("substances", {"said": "yes", "taken": []}, "taken"),
    ("substances", {"said": "yes", "taken": ["tea"]}, "taken"),
    ("substances", {"said": "no", "taken": ["alcohol"]}, "taken"),
    ("other_ketamine", {"said": "yes"}, "where"),
    ("other_ketamine", {"said": "no", "in_week": 2}, "where"),
    ("other_ketamine", {"said": "no", "last_on": "2026-12-05"}, "where"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-20"}, "last_on"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "yesterday"}, "last_on"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05", "in_week": 501}, "in_week"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05", "in_week": -1}, "in_week"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05", "in_week": True}, "in_week"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "in_review": "often"}, "in_review"),
    ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05", "in_week": 3, "in_review": 2}, "in_review"),
    ("pregnancy", {"organs": "yes"}, "result"),
    ("pregnancy", {"organs": "yes", "result": "negative", "at_risk_since": "no"}, "tested_on"),
    ("pregnancy", {"organs": "yes", "result": "negative", "tested_on": "2026-12-06"}, "at_risk_since"),
    ("suicide", {**FIVE_NO, "method": "maybe"}, "method"),
    ("suicide", {**FIVE_NO, "thoughts": "yes", "new_or_worse": "perhaps"}, "new_or_worse"),
    ("suicide_assessment", {"allows": "yes", "note": " "}, "note"),
    ("escort", {"kind": "adult", "adult_name": ""}, "adult_name"),
    ("escort", {"kind": "neighbour"}, "kind"),
    ("values_before", {"hr": 680, "rr": 14, "spo2": 98}, "hr"),
    ("values_before", {"hr": True, "rr": 14, "spo2": 98}, "hr"),
    ("fasting", {"meal": "light", "clear_fluid_at": (AT - timedelta(hours=4)).isoformat()}, "meal_at"),
    ("fasting", {"meal": "none", "clear_fluid_at": "2026-12-07T09:00"}, "clear_fluid_at"),
    ("fasting", {"meal": "none", "clear_fluid_at": (AT + timedelta(hours=1)).isoformat()}, "clear_fluid_at"),
    ("fasting", {"meal": "none", "clear_fluid_at": (AT - timedelta(days=4)).isoformat()}, "clear_fluid_at"),
    ("medicines", {"held": {"lorazepam": "perhaps"}}, "held"),
]


@pytest.mark.parametrize(("item", "value", "field"), WRONG)
def test_half_an_answer_is_refused_by_field(item: str, value: dict[str, Any], field: str) -> None:
    assert [finding.item for finding in may_record(item, value, at=AT).open] == [field]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": None}),
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05"}),
        ("other_ketamine", {"said": "yes", "where": "lozenges", "last_on": "2026-12-05", "in_week": 2, "in_review": 9}),
        ("pregnancy", {"organs": "yes", "result": "declined"}),
        ("pregnancy", {"organs": "yes", "result": "negative", "tested_on": "2026-12-06", "at_risk_since": "no"}),
        ("suicide", {**FIVE_NO, "thoughts": "yes", "new_or_worse": None}),
        ("suicide", {**FIVE_NO, "thoughts": "declined"}),
        ("escort", {"kind": "ride_share"}),
        ("fasting", {"meal": "fatty", "meal_at": (AT - timedelta(hours=9)).isoformat(), "clear_fluid_at": (AT - timedelta(hours=3)).isoformat()}),
        ("substances", {"said": "yes", "taken": ["alcohol"]}),
    ],
)
def test_a_bad_answer_is_still_an_answer(item: str, value: dict[str, Any]) -> None:
    """Whether it holds the dose is the gate's question, not the form's."""
    assert may_record(item, value, at=AT).met


def test_pressures_high_and_low_are_kept_and_impossible_ones_are_not() -> None:
    # req: S70
    # hazard: H15
    assert may_record_pressure(212, 130, taken_at=AT, at=AT).met
    assert may_record_pressure(62, 38, taken_at=AT, at=AT).met
    assert not may_record_pressure(80, 120, taken_at=AT, at=AT).met
    assert not may_record_pressure(None, 80, taken_at=AT, at=AT).met
    assert not may_record_pressure(1200, 80, taken_at=AT, at=AT).met
    assert not may_record_pressure(120, 80, taken_at=AT + timedelta(minutes=1), at=AT).met
