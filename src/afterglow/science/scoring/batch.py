"""Many forms of one sum at once, for research: the same rule file, the same results, column by column.

`score_table` takes a table of answers, one form a row, and gives columns.  What one form alone is given by `score`, its row here has too: the law
in tests/laws holds the two against each other for every scale that is a sum.  Nothing missing becomes a zero: a refused row has no total (NaN),
an open part no number, and a yes or no that is not known is UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from afterglow.science.scoring.instrument import FlagRule, Instrument, Item
from afterglow.science.scoring.readings import MEAN_PLACES, PERCENT_PLACES
from afterglow.science.scoring.ways import Cluster, Combined, Condition, Domain, Grade, Part, Reading, Sum

OPEN = -1
"""In the table: not answered."""
NO, YES, UNKNOWN = 0, 1, -1
"""In a column of facts."""
BLOCK = 65_536
"""Rows that are worked on together: few enough for their columns to stay in the processor's cache."""
REFUSALS = ("", "not_answered", "too_many_missing", "unknown_answer")
"""What the numbers in `Batch.refusal` mean; the first is a score."""

Bools = NDArray[np.bool_]
Whole = NDArray[np.int32]
Small = NDArray[np.int8]
Real = NDArray[np.float64]


class NotByTable(ValueError):
    """This instrument, or this table, cannot be scored by columns; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Columns of so many scores, in the order of the rows.

    `refusal`: index into REFUSALS.  `total`: NaN where refused.  `band`: index into `bands`, -1 for none.  `cutoffs`, `facts`: YES, NO or UNKNOWN,
    UNKNOWN where refused.  `numbers`: subscales and the like, NaN where open or refused.  `flags`: true where a person would have to look, also in
    refused rows; a rise since an earlier form is not looked for.
    """

    refusal: Small
    total: Real
    band: Small
    bands: tuple[str, ...]
    complete: Bools
    prorated: Bools
    cutoffs: Mapping[str, Small]
    facts: Mapping[str, Small]
    numbers: Mapping[str, Real]
    flags: Mapping[str, Bools]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One term, item or part: `value` over `by` where `known`, 0 elsewhere; `by` makes a mean or a percentage exact."""

    value: Any
    known: Bools
    by: Any = 1


def score_table(rules: Instrument, table: NDArray[np.integer[Any]]) -> Batch:
    """Score every row of `table`: one column an item, in their order, OPEN for no answer; columns that are left out at the end are open.

    Sex and an earlier total are not known here, so a reading that needs them is UNKNOWN.  Raises NotByTable for an instrument that is no sum or has
    answers in words, and for a table that is not one of whole numbers with at most so many columns.
    """
    how = rules.scoring
    if not isinstance(how, Sum) or any(isinstance(option.value, str) for item in rules.items for option in item.options):
        raise NotByTable(f"{rules.name} is no sum of numbers; score its forms one by one.")
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer) or not 1 <= table.shape[1] <= len(rules.items):
        raise NotByTable(f"{rules.name} needs a table of whole numbers with 1 to {len(rules.items)} columns.")
    return _joined([_block(rules, how, table[row : row + BLOCK]) for row in range(0, max(len(table), 1), BLOCK)])


def _joined(blocks: Sequence[Batch]) -> Batch:
    """Blocks of rows, one below the other."""
    first = blocks[0]
    made: dict[str, Any] = {"bands": first.bands}
    for field in fields(Batch):
        columns = [getattr(block, field.name) for block in blocks]
        if isinstance(columns[0], np.ndarray):
            made[field.name] = np.concatenate(columns)
        elif isinstance(columns[0], dict):
            made[field.name] = {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}
    return Batch(**made)


def _block(rules: Instrument, how: Sum, table: NDArray[np.integer[Any]]) -> Batch:
    answers, strange = _read(rules, table)
    points = {item.id: _Column(value=_points(item, answers[item.id]), known=answers[item.id].known) for item in rules.scored_items}
    grades = {grade.name: _graded(grade, answers) for grade in how.grades}
    terms = [*([_gravest(each, points) for each in how.domains] or list(points.values())), *grades.values()]
    known = _added([term.known for term in terms])
    counted = {*points, *(name for grade in how.grades for name in grade.inputs)}
    refusal = np.zeros(len(table), np.int8)
    refusal[known < len(terms) - how.missing_at_most] = REFUSALS.index("too_many_missing")
    refusal[~np.logical_or.reduce([answers[name].known for name in counted])] = REFUSALS.index("not_answered")
    refusal[strange] = REFUSALS.index("unknown_answer")
    raw, total = _totals(rules, how, terms, known)
    scored = refusal == 0
    parts = {part.name: _part(part, rules, points) for part in how.parts}
    several = {**parts, **points, **grades, "total": _Column(value=total, known=scored)}
    facts = {name: _tri(answers[item].value >= least, answers[item].known) for name, item, least in how.facts}
    facts |= {cluster.name: _cluster(cluster, how, points) for cluster in how.clusters}
    facts |= {reading.name: _reading(reading, total) for reading in how.readings}
    facts |= {rule.name: _combined(rule, several) for rule in how.combined}
    facts |= {name: np.full(len(table), UNKNOWN, np.int8) for name, _, _ in (how.fall.met if how.fall else ())}
    return Batch(
        refusal=refusal,
        total=np.where(scored, total, np.nan),
        band=_bands(how, total, scored),
        bands=tuple(band.name for band in how.bands),
        complete=scored & (known == len(terms)),
        prorated=scored & (known < len(terms)),
        cutoffs={name: _only(scored, _tri(total >= lowest, scored)) for name, lowest in how.cutoffs},
        facts={name: _only(scored, said) for name, said in facts.items()},
        numbers={name: np.where(scored, column, np.nan) for name, column in _numbers(how, raw, total, parts, grades).items()},
        flags={flag.id: _flag(flag, answers) for flag in rules.flags},
    )


def _read(rules: Instrument, table: NDArray[np.integer[Any]]) -> tuple[dict[str, _Column], Bools]:
    """Legal answers by item (0 where there is none), and the rows that hold something else."""
    strange, answers = np.zeros(len(table), np.bool_), {}
    for number, item in enumerate(rules.items):
        if number >= table.shape[1]:
            answers[item.id] = _Column(value=np.zeros(len(table), np.int32), known=np.zeros(len(table), np.bool_))
            continue
        column = np.ascontiguousarray(table[:, number])
        legal = _legal(item, column)
        strange |= ~(legal | (column == OPEN))
        answers[item.id] = _Column(value=np.multiply(column, legal, dtype=np.int32, casting="unsafe"), known=legal)
    return answers, strange


def _legal(item: Item, column: NDArray[np.integer[Any]]) -> Bools:
    lowest, highest = item.extremes
    legal: Bools = (column >= lowest) & (column <= highest)
    if item.bounds is None and {int(option.value) for option in item.options} != set(range(lowest, highest + 1)):
        legal &= np.isin(column, [int(option.value) for option in item.options])
    return legal


def _points(item: Item, column: _Column) -> Any:
    return np.where(column.known, sum(item.extremes) - column.value, 0) if item.reverse else column.value


def _graded(grade: Grade, answers: Mapping[str, _Column]) -> _Column:
    """The first step that fits, of measured values."""
    known = np.logical_and.reduce([answers[name].known for name in grade.inputs])
    value, by = answers[grade.of].value, np.int32(1)
    if grade.away_from is not None:
        by = answers[grade.away_from].value
        value = np.abs(value - by) * 100
    found, fitted = np.zeros(len(known), np.int32), np.zeros(len(known), np.bool_)
    for step in grade.steps:
        fits = ~fitted & (value >= step.at_least * by)
        if step.only_if is not None:
            fits &= answers[step.only_if[0]].value == step.only_if[1]
        found[fits], fitted = step.gives, fitted | fits
    return _Column(value=np.where(known, found, 0), known=known & fitted)


def _gravest(domain: Domain, points: Mapping[str, _Column]) -> _Column:
    known = np.ones(len(points[domain.items[0]].known), np.bool_)
    for name in domain.always:
        known &= points[name].known
    for choice in domain.one_of:
        known &= np.logical_or.reduce([points[name].known for name in choice])
    return _Column(value=np.where(known, np.maximum.reduce([points[name].value for name in domain.items]), 0), known=known)


def _added(columns: Sequence[Any]) -> Whole:
    """Their sum, row by row, in one pass each."""
    found = np.zeros(len(columns[0]), np.int32)
    for column in columns:
        found += column
    return found


def _totals(rules: Instrument, how: Sum, terms: list[_Column], known: Whole) -> tuple[Whole, Whole]:
    """The sum, prorated where something is open, and the total that is made of it."""
    summed = _added([term.value for term in terms])
    by, raw = np.maximum(known, 1), summed
    if how.missing_at_most:
        lacking = known < len(terms)
        raw = summed.copy()
        raw[lacking] = _half_up(summed[lacking] * len(terms), by[lacking])
    if how.percent:
        return raw, _half_up(raw * 100, sum(item.extremes[1] for item in rules.scored_items))
    return raw, _half_up(summed, by) if how.mean else raw


def _half_up(number: Any, by: Any) -> Any:
    return (2 * number + by) // (2 * by)


def _part(part: Part, rules: Instrument, points: Mapping[str, _Column]) -> _Column:
    answered, summed = _added([points[name].known for name in part.items]), _added([points[name].value for name in part.items])
    known = answered >= (part.least or len(part.items))
    if part.gives == "mean":
        return _Column(value=summed, known=known, by=np.maximum(answered, 1))
    most = {item.id: item.extremes[1] for item in rules.scored_items}
    percent = part.gives == "percent"
    return _Column(value=summed * (100 if percent else 1), known=known, by=sum(most[name] for name in part.items) if percent else 1)


def _numbers(how: Sum, raw: Whole, total: Whole, parts: Mapping[str, _Column], grades: Mapping[str, _Column]) -> dict[str, Any]:
    """What stands beside the total; NaN where it is open."""
    found: dict[str, Any] = {"raw": raw, "percent": total} if how.percent else {}
    for name, grade in grades.items():
        found[name] = np.where(grade.known, grade.value, np.nan)
    for part in how.parts:
        column = parts[part.name]
        scale = 1 if part.gives == "sum" else 10 ** (PERCENT_PLACES if part.gives == "percent" else MEAN_PLACES)
        found[part.name] = np.where(column.known, _half_up(column.value * scale, column.by) / scale, np.nan)
    if how.fall is not None:
        found[how.fall.percent_name] = np.nan
    return found | {name: total + more for name, more in how.shifted}


def _bands(how: Sum, total: Whole, scored: Bools) -> Small:
    found = np.full(len(total), -1, np.int8)
    if how.bands:
        of = np.searchsorted([band.highest for band in how.bands], np.arange(how.lowest, how.highest + 1)).astype(np.int8)
        found[scored] = of[total[scored] - how.lowest]
    return found


def _tri(said: Any, known: Any) -> Small:
    return np.where(known, said, UNKNOWN).astype(np.int8)


def _only(scored: Bools, said: Small) -> Small:
    return np.where(scored, said, np.int8(UNKNOWN))


def _reading(reading: Reading, total: Whole) -> Small:
    if reading.at_least is not None:
        return (total >= reading.at_least).astype(np.int8)
    if reading.at_most is not None:
        return (total <= reading.at_most).astype(np.int8)
    female, male = total >= (reading.female or 0), total >= (reading.male or 0)
    return _tri(female, female == male)


def _cluster(cluster: Cluster, how: Sum, points: Mapping[str, _Column]) -> Small:
    rows = len(points[how.parts[0].items[0]].known)
    surely, maybe = np.ones(rows, np.bool_), np.ones(rows, np.bool_)
    items = {part.name: part.items for part in how.parts}
    for part, needed in cluster.needs:
        reached = _added([points[name].known & (points[name].value >= cluster.item_at_least) for name in items[part]])
        still_open = _added([~points[name].known for name in items[part]])
        surely &= reached >= needed
        maybe &= reached + still_open >= needed
    return _tri(surely, surely == maybe)


def _combined(rule: Combined, columns: Mapping[str, _Column]) -> Small:
    found = [_within(condition, columns[condition.of]) for condition in rule.conditions]
    decides = YES if not rule.every else NO
    decided = np.logical_or.reduce([column == decides for column in found])
    unknown = np.logical_or.reduce([column == UNKNOWN for column in found])
    return np.where(decided, decides, np.where(unknown, UNKNOWN, 1 - decides)).astype(np.int8)


def _within(condition: Condition, column: _Column) -> Small:
    if condition.at_least is not None:
        return _tri(column.value >= condition.at_least * column.by, column.known)
    return _tri(column.value <= (condition.at_most or 0) * column.by, column.known)


def _flag(rule: FlagRule, answers: Mapping[str, _Column]) -> Bools:
    """Does any of its questions, as answered, raise this flag?"""
    found = np.zeros(len(answers[rule.items[0]].known), np.bool_)
    for name in rule.items:
        column = answers[name]
        if rule.missing:
            found |= ~column.known
        elif rule.answers:
            found |= column.known & np.isin(column.value, [answer for answer in rule.answers if isinstance(answer, int)])
        elif rule.at_least is not None:
            found |= column.known & (column.value >= rule.at_least)
    return found
