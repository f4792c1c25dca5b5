"""The law of the table: whatever is answered, a form scored among many has the result it has alone, for every scale that is a sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.batch import OPEN, REFUSALS, UNKNOWN, Batch, NotByTable, score_table
from afterglow.science.scoring.instrument import Answer, Instrument, Item, instrument_from
from afterglow.science.scoring.score import Scored, score
from afterglow.science.scoring.ways import Sum

MADE = [instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")]
IN_WORDS = ("today",)
"""Sums with an answer in words ("declined"), which a table of numbers cannot hold."""
SUMS = {rules.id: rules for rules in MADE if isinstance(rules.scoring, Sum) and rules.id not in IN_WORDS}


def cells(item: Item) -> st.SearchStrategy[int]:
    """Mostly legal, now and then open or something else."""
    lowest, highest = item.extremes
    legal = st.integers(lowest, highest) if item.bounds else st.sampled_from([int(option.value) for option in item.options])
    return st.one_of(legal, legal, legal, legal, legal, st.just(OPEN), legal if highest > 10 else st.integers(-3, highest + 2))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Instrument, list[list[int]]]:
    rules = SUMS[draw(st.sampled_from(sorted(SUMS)))]
    whole = st.tuples(*(cells(item) for item in rules.items))
    short = draw(st.integers(1, len(rules.items)) | st.just(len(rules.items)))
    return rules, [list(row)[:short] for row in draw(st.lists(whole, min_size=1, max_size=4))]


def alone(rules: Instrument, row: list[int]) -> dict[str, Answer]:
    """The same answers as one form has them: nothing for an open one, True or False where the options are."""
    answers: dict[str, Answer] = {}
    for item, cell in zip(rules.items, row, strict=False):
        same = next((option.value for option in item.options if option.value == cell), cell)
        answers[item.id] = None if cell == OPEN else same
    return answers


def flat(numbers: Any) -> dict[str, float | None]:
    """Numbers beside a total as the table has them: a group's names without the group, no words, no lists."""
    inside = {name: number for group in numbers.values() if isinstance(group, dict) for name, number in group.items()}
    return {name: number for name, number in (numbers | inside).items() if number is None or isinstance(number, int | float)}


def at(table: Batch, row: int) -> dict[str, Any]:
    def said(column: Any) -> bool | None:
        return None if column[row] == UNKNOWN else bool(column[row])

    return {
        "total": None if math.isnan(table.total[row]) else int(table.total[row]),
        "band": table.bands[table.band[row]] if table.band[row] >= 0 else None,
        "complete": bool(table.complete[row]),
        "prorated": bool(table.prorated[row]),
        "cutoffs": {name: said(column) for name, column in table.cutoffs.items()},
        "facts": {name: said(column) for name, column in table.facts.items()},
        "numbers": {name: None if math.isnan(column[row]) else float(column[row]) for name, column in table.numbers.items()},
    }


@given(tables())
# hazard: H16
def test_a_form_in_a_table_has_the_result_it_has_alone(case: tuple[Instrument, list[list[int]]]) -> None:
    rules, rows = case
    table = score_table(rules, np.array(rows))
    for number, row in enumerate(rows):
        got = score(rules, alone(rules, row))
        assert {name for name, column in table.flags.items() if column[number]} == {flag.id for flag in got.flags}
        if isinstance(got, Scored):
            kept = ("total", "band", "complete", "prorated", "cutoffs", "facts")
            wanted = {name: getattr(got, name) for name in kept} | {"numbers": flat(got.numbers)}
            assert REFUSALS[table.refusal[number]] == ""
            assert at(table, number) == wanted
        else:
            assert REFUSALS[table.refusal[number]] == got.code
            assert at(table, number)["total"] is None
            assert set(at(table, number)["facts"].values()) | set(at(table, number)["cutoffs"].values()) <= {None}
            assert not table.complete[number]


def test_every_sum_is_scored_by_table_but_for_those_with_answers_in_words() -> None:
    for rules in MADE:
        if rules.id in SUMS:
            assert len(score_table(rules, np.full((1, len(rules.items)), OPEN)).total) == 1
        else:
            with pytest.raises(NotByTable):
                score_table(rules, np.zeros((1, 1), np.int8))


@given(st.sampled_from([np.int8, np.int16, np.int32, np.int64]), st.data())
def test_the_kind_of_whole_number_changes_nothing(kind: Any, data: st.DataObject) -> None:
    rules = SUMS["phq9"]
    rows = np.array(data.draw(st.lists(st.tuples(*(st.integers(-2, 4) for _ in range(9))), min_size=1, max_size=5)))
    one, other = score_table(rules, rows), score_table(rules, rows.astype(kind))
    assert np.array_equal(one.total, other.total, equal_nan=True)
    assert np.array_equal(one.refusal, other.refusal)
