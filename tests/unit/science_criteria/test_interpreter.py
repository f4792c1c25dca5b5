"""The interpreter: every operator, three-valued, and nothing outside the closed list."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from afterglow.science.criteria import interpreter
from afterglow.science.criteria.interpreter import OPERATORS, Answer, BadCondition, evaluate, facts_named

ON = date(2026, 11, 22)
YES, NO, GONE = {"yes": "t"}, {"yes": "f"}, {"yes": "u"}
FACTS: dict[str, Any] = {
    "t": True,
    "f": False,
    "n": 10,
    "d": Decimal("1.5"),
    "s": "b",
    "today": ON,
    "then": date(2026, 11, 15),
    "later": date(2026, 11, 23),
}


@pytest.mark.parametrize(
    ("condition", "holds", "missing"),
    [
        (YES, True, ()),
        (NO, False, ()),
        (GONE, None, ("u",)),
        ({"yes": "s"}, None, ("s",)),
        ({"no": "f"}, True, ()),
        ({"no": "t"}, False, ()),
        ({"no": "u"}, None, ("u",)),
        ({"known": "f"}, True, ()),
        ({"known": "u"}, None, ("u",)),
        ({"not": YES}, False, ()),
        ({"not": NO}, True, ()),
        ({"not": GONE}, None, ("u",)),
        ({"all": [YES, {"no": "f"}]}, True, ()),
        ({"all": [GONE, NO]}, False, ()),
        ({"all": [YES, GONE, {"yes": "v"}, GONE]}, None, ("u", "v")),
        ({"any": [GONE, YES]}, True, ()),
        ({"any": [NO, {"no": "t"}]}, False, ()),
        ({"any": [NO, GONE]}, None, ("u",)),
        ({"equals": {"fact": "s", "value": "b"}}, True, ()),
        ({"equals": {"fact": "s", "value": "c"}}, False, ()),
        ({"equals": {"fact": "t", "value": "b"}}, None, ("t",)),
        ({"one_of": {"fact": "s", "values": ["a", "b"]}}, True, ()),
        ({"one_of": {"fact": "s", "values": ["a"]}}, False, ()),
        ({"one_of": {"fact": "u", "values": ["a"]}}, None, ("u",)),
        ({"at_least": {"fact": "n", "value": 10}}, True, ()),
        ({"at_least": {"fact": "n", "value": 10.1}}, False, ()),
        ({"at_most": {"fact": "d", "value": 1.5}}, True, ()),
        ({"at_most": {"fact": "d", "value": 1.4}}, False, ()),
        ({"above": {"fact": "n", "value": 9}}, True, ()),
        ({"above": {"fact": "n", "value": 10}}, False, ()),
        ({"below": {"fact": "n", "value": 11}}, True, ()),
        ({"below": {"fact": "n", "value": 10}}, False, ()),
        ({"below": {"fact": "u", "value": 10}}, None, ("u",)),
        ({"below": {"fact": "t", "value": 10}}, None, ("t",)),
        ({"below": {"fact": "s", "value": 10}}, None, ("s",)),
        ({"within_days": {"fact": "then", "days": 7, "of": "today"}}, True, ()),
        ({"within_days": {"fact": "then", "days": 6, "of": "today"}}, False, ()),
        ({"within_days": {"fact": "today", "days": 0, "of": "today"}}, True, ()),
        ({"within_days": {"fact": "later", "days": 7, "of": "today"}}, None, ("later",)),
        ({"within_days": {"fact": "u", "days": 7, "of": "today"}}, None, ("u",)),
        ({"within_days": {"fact": "u", "days": 7, "of": "v"}}, None, ("u", "v")),
        ({"within_days": {"fact": "then", "days": 7, "of": "v"}}, None, ("v",)),
    ],
)
def test_every_operator(condition: dict[str, Any], holds: bool | None, missing: tuple[str, ...]) -> None:
    assert evaluate(condition, FACTS) == Answer(holds, missing)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "10", None, True])
def test_what_is_no_number_is_unknown(value: Any) -> None:
    assert evaluate({"below": {"fact": "x", "value": 99}}, {"x": value}).holds is None


def test_a_moment_is_not_a_day() -> None:
    facts = {"then": datetime(2026, 11, 20, tzinfo=UTC), "today": ON}
    assert evaluate({"within_days": {"fact": "then", "days": 7, "of": "today"}}, facts) == Answer(None, ("then",))


@pytest.mark.parametrize(
    "condition",
    [{}, {"yes": "a", "no": "b"}, {"python": "os.system"}, "yes", {"all": []}, {"any": "ab"}, {"all": {"yes": "a"}}, {"not": {"xor": []}}],
)
def test_what_is_outside_the_closed_list_is_refused(condition: Any) -> None:
    with pytest.raises(BadCondition):
        evaluate(condition, {})
    with pytest.raises(BadCondition):
        list(facts_named(condition))


def test_names_every_fact_in_reading_order() -> None:
    condition = {
        "any": [
            {"no": "a"},
            {"not": {"within_days": {"fact": "b", "days": 1, "of": "c"}}},
            {"all": [{"known": "d"}, {"below": {"fact": "e", "value": 1}}]},
        ]
    }
    assert list(facts_named(condition)) == ["a", "b", "c", "d", "e"]


def test_the_list_is_closed_and_the_file_short() -> None:
    assert sorted(OPERATORS) == [
        "above",
        "all",
        "any",
        "at_least",
        "at_most",
        "below",
        "equals",
        "known",
        "no",
        "not",
        "one_of",
        "within_days",
        "yes",
    ]
    assert len(inspect.getsource(interpreter).splitlines()) <= 150
