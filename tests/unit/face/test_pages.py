"""A long list in parts: every row stands on exactly one page, and nothing that is asked for leads to an empty one."""

from __future__ import annotations

import pytest

from afterglow.ground.face.pages import ROWS, Part, part_of


@pytest.mark.parametrize("of", [0, 1, ROWS - 1, ROWS, ROWS + 1, 3 * ROWS, 3 * ROWS + 1])
def test_every_row_stands_on_one_page(of: int) -> None:
    seen, page = [], part_of("", of)
    seen += range(page.start, page.stop)
    while page.after is not None:
        before, page = page, part_of(str(page.after), of)
        assert page.before == before.number
        seen += range(page.start, page.stop)
    assert seen == list(range(of))


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("0", 1), ("-1", 1), ("two", 1), ("\u0662", 1), ("2", 2), ("3", 3), ("4", 3), ("9" * 7, 1)])
def test_what_is_no_page_is_the_first_and_beyond_the_end_is_the_last(asked: str, number: int) -> None:
    assert part_of(asked, 2 * ROWS + 1) == Part(number, 2 * ROWS + 1)


def test_a_list_that_is_shown_whole_says_nothing() -> None:
    assert (part_of("", ROWS).in_words, part_of("2", ROWS + 1).in_words) == ("", f"{ROWS + 1} to {ROWS + 1} of {ROWS + 1}")
