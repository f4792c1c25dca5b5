"""The one interpreter of criteria: a condition written as data, answered true, false or unknown.

Closed list of operators (each a mapping with exactly one key):
    all: [..]  any: [..]  not: ..               Kleene's three-valued logic
    yes: fact  no: fact  known: fact            known is true or unknown, never false: silence is no answer
    equals | one_of | at_least | at_most | above | below: {fact: .., value: ..}     (`one_of` takes `values`)
    within_days: {fact: .., days: n, of: ..}    0 to n days before the date in `of`

A fact is a bool, a number, a text or a date; None, a missing key, a value of the wrong kind and a date after `of` are all
unknown.  Every operator is monotone: taking a fact away leaves the answer as it was or makes it unknown, never met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Fact = bool | int | float | Decimal | str | date | None
Facts = Mapping[str, Fact]
Condition = Mapping[str, Any]


class BadCondition(ValueError):
    """A condition that is not in the closed list: the library file is wrong and must not be used."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`holds` is True, False or None (unknown); `missing` names the facts without which it stays unknown, in order."""

    holds: bool | None
    missing: tuple[str, ...] = ()


def evaluate(condition: Condition, facts: Facts) -> Answer:
    """Does the condition hold for these facts?  Raises BadCondition for anything outside the closed list."""
    operator, operand = _single(condition)
    if operator == "all":
        return _joined([evaluate(part, facts) for part in _parts(operand)], decisive=False)
    if operator == "any":
        return _joined([evaluate(part, facts) for part in _parts(operand)], decisive=True)
    if operator == "not":
        inner = evaluate(operand, facts)
        return inner if inner.holds is None else Answer(not inner.holds)
    if operator in ("yes", "no"):
        value = facts.get(operand)
        return Answer(value is (operator == "yes")) if isinstance(value, bool) else Answer(None, (operand,))
    if operator == "known":
        return Answer(True) if facts.get(operand) is not None else Answer(None, (operand,))
    if operator == "within_days":
        return _within_days(operand, facts)
    return _compared(operator, operand, facts)


def facts_named(condition: Condition) -> Iterator[str]:
    """Every fact that the condition may ask for, in reading order, repeats included.  Raises BadCondition."""
    operator, operand = _single(condition)
    if operator in ("all", "any"):
        for part in _parts(operand):
            yield from facts_named(part)
    elif operator == "not":
        yield from facts_named(operand)
    elif operator in ("yes", "no", "known"):
        yield operand
    else:
        yield operand["fact"]
        if operator == "within_days":
            yield operand["of"]


def _same(value: Fact, wanted: Any) -> bool | None:
    return value == wanted if isinstance(value, str) else None


def _number(value: Fact) -> Decimal | None:
    """A number to compare; true and false are no numbers, and neither is a text that looks like one."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _ordered(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[Fact, Any], bool | None]:
    def test(value: Fact, limit: Any) -> bool | None:
        number = _number(value)
        return None if number is None else compare(number, Decimal(str(limit)))

    return test


_COMPARISONS: Mapping[str, Callable[[Fact, Any], bool | None]] = {
    "equals": _same,
    "one_of": lambda value, wanted: value in wanted if isinstance(value, str) else None,
    "at_least": _ordered(lambda number, limit: number >= limit),
    "at_most": _ordered(lambda number, limit: number <= limit),
    "above": _ordered(lambda number, limit: number > limit),
    "below": _ordered(lambda number, limit: number < limit),
}
OPERATORS = frozenset({"all", "any", "not", "yes", "no", "known", "within_days", *_COMPARISONS})


def _single(condition: Condition) -> tuple[str, Any]:
    if not isinstance(condition, Mapping) or len(condition) != 1:
        raise BadCondition(f"A condition is one operator with its operand, not {condition!r}.")
    ((operator, operand),) = condition.items()
    if operator not in OPERATORS:
        raise BadCondition(f"{operator!r} is not an operator; there are {', '.join(sorted(OPERATORS))}.")
    return operator, operand


def _parts(operand: Any) -> Sequence[Condition]:
    if not isinstance(operand, Sequence) or isinstance(operand, str) or not operand:
        raise BadCondition("`all` and `any` need at least one condition.")  # an empty `all` would be true of everybody
    return operand


def _joined(answers: Sequence[Answer], *, decisive: bool) -> Answer:
    """One decisive part settles it; otherwise one unknown part leaves it unknown."""
    if any(answer.holds is decisive for answer in answers):
        return Answer(decisive)
    missing = tuple(dict.fromkeys(fact for answer in answers for fact in answer.missing))
    return Answer(None, missing) if any(answer.holds is None for answer in answers) else Answer(not decisive)


def _compared(operator: str, operand: Mapping[str, Any], facts: Facts) -> Answer:
    fact = operand["fact"]
    holds = _COMPARISONS[operator](facts.get(fact), operand["values"] if operator == "one_of" else operand["value"])
    return Answer(holds) if holds is not None else Answer(None, (fact,))


def _within_days(operand: Mapping[str, Any], facts: Facts) -> Answer:
    happened, asked = facts.get(operand["fact"]), facts.get(operand["of"])
    missing = tuple(key for key, value in ((operand["fact"], happened), (operand["of"], asked)) if type(value) is not date)
    if type(happened) is not date or type(asked) is not date:
        return Answer(None, missing)
    days_ago = (asked - happened).days
    return Answer(None, (operand["fact"],)) if days_ago < 0 else Answer(days_ago <= operand["days"])
