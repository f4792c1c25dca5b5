"""The tutorial runs: each block of docs/tutorials/pharmacology.md prints what stands below it."""

from __future__ import annotations

import doctest

from tests.support.house import ROOT

PAGE = ROOT / "docs/tutorials/pharmacology.md"


def test_each_block_prints_what_the_page_says() -> None:
    # The fence closes right after the last output; doctest would take it for output too, so each block ends with an empty line.
    found = doctest.testfile(str(PAGE), module_relative=False, optionflags=doctest.REPORT_NDIFF)
    assert found.attempted > 30
    assert found.failed == 0
