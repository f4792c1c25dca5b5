"""One vial, one person: the shelf of a lot by vials, replayed from its movements."""

from __future__ import annotations

from uuid import UUID

import pytest

from afterglow.records.cabinet import rules
from afterglow.records.cabinet.rules import MovementFact, Vials, vials

VIAL = 20_000
Moved = tuple[rules.What, str, int]


def shelf(*moved: Moved) -> Vials:
    """(what, for whose session, microlitres) in order, from vials of 20 mL."""
    return vials(
        [
            MovementFact(id=UUID(int=number), what=what, amount_ug=volume, volume_ul=volume, session=who)
            for number, (what, who, volume) in enumerate(moved)
        ],
        VIAL,
    )


TWO: Moved = ("received", "", 2 * VIAL)


# req: N28
# hazard: H27
@pytest.mark.parametrize(
    ("moved", "unopened", "opened"),
    [
        ((TWO,), 40_000, {}),
        ((TWO, ("drawn", "dan", 3_500)), 20_000, {"dan": 16_500}),
        ((TWO, ("drawn", "dan", 3_500), ("given", "dan", 3_000), ("wasted", "dan", 500)), 20_000, {"dan": 16_500}),
        ((TWO, ("drawn", "dan", 3_500), ("drawn", "dan", 3_500)), 20_000, {"dan": 13_000}),  # his own vial again
        ((TWO, ("drawn", "dan", 3_500), ("drawn", "eve", 3_500)), 0, {"dan": 16_500, "eve": 16_500}),
        ((TWO, ("drawn", "dan", 20_000)), 20_000, {}),
        ((TWO, ("drawn", "dan", 20_001)), 0, {"dan": 19_999}),
        ((TWO, ("drawn", "dan", 3_500), ("returned", "dan", 3_500)), 40_000, {}),  # never opened
        ((TWO, ("drawn", "dan", 3_500), ("discarded", "dan", 16_500)), 20_000, {}),
        ((TWO, ("drawn", "dan", 3_500), ("discarded", "dan", 16_500), ("returned", "dan", 3_500)), 20_000, {"dan": 3_500}),
        ((TWO, ("drawn", "dan", 3_500), ("discarded", "", 20_000)), 0, {"dan": 16_500}),  # unopened vials go first
        ((TWO, ("drawn", "dan", 3_500), ("discarded", "", 36_500)), 0, {}),  # all of it
        ((TWO, ("discarded", "", 1)), 39_999, {}),
        # A ledger from before the rule: the third person had drug of the others' vials.
        ((TWO, ("drawn", "dan", 3_500), ("drawn", "eve", 3_500), ("drawn", "flo", 17_000)), 0, {"eve": 16_000}),
    ],
)
def test_a_vial_is_opened_for_one_session(moved: tuple[Moved, ...], unopened: int, opened: dict[str, int]) -> None:
    found = shelf(*moved)
    assert (found.unopened_ul, found.opened_ul) == (unopened, opened)


# hazard: H27
def test_only_whole_vials_and_the_own_rest_are_drawable() -> None:
    found = shelf(TWO, ("drawn", "dan", 3_500), ("drawn", "eve", 3_500))
    assert (found.drawable_ul("dan"), found.drawable_ul("eve"), found.drawable_ul("flo")) == (16_500, 16_500, 0)
    broken = shelf(TWO, ("discarded", "", 1))
    assert broken.drawable_ul("dan") == 20_000  # the vial that somebody took a drop from is nobody's


# hazard: H27
def test_no_more_is_discarded_from_a_vial_than_is_left_in_it() -> None:
    held = shelf(TWO, ("drawn", "dan", 3_500))
    assert rules.may_discard_rest(held, "dan", 16_500).is_met
    assert rules.may_discard_rest(held, "dan", 16_501).state == "unmet"
    assert rules.may_discard_rest(held, "eve", 1).state == "unmet"
    assert rules.may_discard_rest(held, "", 30_000).is_met
