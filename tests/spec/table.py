"""A specification as a table that a clinician can read: parsed here, run by pytest, printed into the docs.

    TRIALS = Table('''
        trials                    | verdict | because
        sertraline 150 mg 8 wk    | met     | two adequate trials
    ''')

    @TRIALS.each
    def test_trd(row): assert verdict(row) == row.verdict

The first line names the columns; a name becomes an attribute (`this episode?` -> `row.this_episode`), so do the cells: always text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `row.verdict` is the text of the column `verdict`."""

    cells: dict[str, str]
    number: int

    def __getattr__(self, name: str) -> str:
        try:
            return self.cells[name]
        except KeyError:
            raise AttributeError(f"The table has no column {name!r}; it has {', '.join(self.cells)}.") from None

    def __str__(self) -> str:
        return " | ".join(self.cells.values())


class Table:
    """Lines of cells parted by `|`, columns named by the first line.

    Raises ValueError when there is no row (a table that proves nothing), a row is not as long as the head, or two columns share a name.
    """

    def __init__(self, text: str) -> None:
        lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if line.strip()]
        self.head = lines[0] if lines else []
        self.columns = [_attribute(name) for name in self.head]
        if len(lines) < 2:
            raise ValueError("A table needs a head and at least one row.")
        if len(set(self.columns)) != len(self.columns):
            raise ValueError(f"Two columns share a name: {', '.join(self.head)}.")
        for number, cells in enumerate(lines[1:], start=1):
            if len(cells) != len(self.columns):
                raise ValueError(f"Row {number} has {len(cells)} cells, the head has {len(self.columns)}: {' | '.join(cells)}")
        self.rows = tuple(Row(cells=dict(zip(self.columns, cells, strict=True)), number=number) for number, cells in enumerate(lines[1:], start=1))

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def each(self, test: Callable[..., Any]) -> Callable[..., Any]:
        """Run the decorated test once for each row, given as `row`."""
        return pytest.mark.parametrize("row", self.rows, ids=[f"row{row.number}: {row}"[:90] for row in self.rows])(test)

    def markdown(self) -> str:
        """The same table for the generated docs."""
        lines = [self.head, ["---"] * len(self.head), *[list(row.cells.values()) for row in self.rows]]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _attribute(name: str) -> str:
    """The column's name as an attribute: words of the head before any bracket, joined by underscores."""
    words = re.findall(r"[a-z0-9]+", name.split("(")[0].lower())
    if not words:
        raise ValueError(f"A column needs a name: {name!r}.")
    return "_".join(words)
