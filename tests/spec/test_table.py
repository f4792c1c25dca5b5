"""The table helper itself: a table that proves nothing, or says something twice, is refused."""

from __future__ import annotations

import pytest

from tests.spec.table import Table


def test_cells_by_the_name_of_the_column() -> None:
    table = Table("""
        trials (this episode) | lifted by
        one; two              | nobody
        (none)                | -
    """)
    assert [(row.trials, row.lifted_by) for row in table] == [("one; two", "nobody"), ("(none)", "-")]
    assert len(table) == 2
    assert table.markdown().splitlines() == ["| trials (this episode) | lifted by |", "| --- | --- |", "| one; two | nobody |", "| (none) | - |"]
    with pytest.raises(AttributeError, match="has no column 'verdict'"):
        _ = table.rows[0].verdict


@pytest.mark.parametrize("text", ["", "a | b", "a | b\n1 | 2 | 3", "a | a\n1 | 2", "a (1) | a (2)\n1 | 2", "a | (b)\n1 | 2"])
def test_a_table_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Table(text)
