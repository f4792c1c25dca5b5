"""One diagnosis or several: read from codes alone, and what cannot be read is not known."""

from __future__ import annotations

import pytest

from afterglow.pathway.registry.rules.beside import Beside
from afterglow.pathway.registry.rules.diagnoses import several


# req: S112
@pytest.mark.parametrize(
    ("codes", "gone_through", "group"),
    [
        (("F33.2", "F43.10"), False, "with"),
        (("F33.2", "F43.10", "something"), True, "with"),
        (("f33.2 ", "F4310"), True, "with"),  # as people type them
        (("F41.0", "F40.01"), True, "with"),  # two of the same block are two
        (("F32.1", "F33.2"), True, "without"),  # episodes of the same illness
        (("F41.0", "F41.1"), True, "without"),  # the same category
        (("F33.2", "G43.0"), True, "without"),
        (("F33.2",), True, "without"),
        (("F33.2",), False, "not known"),  # nobody asked about the whole list
        (("F33.2", ""), True, "not known"),
        (("F33.2", "anxiety"), True, "not known"),
        (("G43.0",), True, "not known"),
        ((), True, "not known"),
        ((), False, "not known"),
    ],
)
def test_two_categories_are_several_and_one_is_one_only_when_all_is_read(codes: tuple[str, ...], gone_through: bool, group: Beside) -> None:
    assert several(codes, gone_through) == group
