"""A lot replayed from its movements: the balance is their sum, and what cannot have happened is refused."""

from __future__ import annotations

from uuid import UUID

import pytest

from afterglow.records.cabinet import rules
from afterglow.records.cabinet.rules import ImpossibleLedger, MovementFact, replay

DRAW = UUID(int=2)


def history(*moved: tuple[rules.What, int, int]) -> list[MovementFact]:
    """Movements (what, ug, ul) in order; a draw in second place is the one that parts are taken from."""
    return [
        MovementFact(id=UUID(int=number), what=what, amount_ug=amount, volume_ul=volume, draw=DRAW if what in rules.PARTS else None)
        for number, (what, amount, volume) in enumerate(moved, 1)
    ]


# req: N28
# hazard: H26
def test_drawn_is_given_and_wasted_and_returned() -> None:
    found = replay(
        history(("received", 1000, 100), ("drawn", 350, 35), ("given", 300, 30), ("wasted", 30, 3), ("returned", 20, 2), ("discarded", 70, 7))
    )
    assert found.running_ul == (100, 65, 65, 65, 67, 60)
    assert found.shelf_ul == 60
    draw = found.draws[DRAW]
    assert (draw.given_ug, draw.wasted_ug, draw.returned_ug, draw.open_ug, draw.open_ul) == (300, 30, 20, 0, 0)


# hazard: H26
@pytest.mark.parametrize(
    ("moved", "why"),
    [
        ([("drawn", 10, 1)], "More left the shelf"),
        ([("received", 10, 1), ("discarded", 20, 2)], "More left the shelf"),
        ([("received", 0, 1)], "moves something"),
        ([("received", 10, -1)], "moves something"),
        ([("given", 10, 1)], "a draw that is not there"),
        ([("received", 100, 10), ("drawn", 50, 5), ("given", 60, 5)], "than it held"),
        ([("received", 100, 10), ("drawn", 50, 5), ("given", 40, 6)], "than it held"),
    ],
)
def test_what_cannot_have_happened_is_refused(moved: list[tuple[rules.What, int, int]], why: str) -> None:
    with pytest.raises(ImpossibleLedger, match=why):
        replay(history(*moved))


def test_a_part_takes_its_share_of_the_volume_and_the_last_part_the_rest() -> None:
    draw = replay(history(("received", 1000, 100), ("drawn", 100, 33), ("given", 1, 0))).draws[DRAW]
    assert rules.volume_of_part(draw, 10) == 3
    assert rules.volume_of_part(draw, 99) == draw.open_ul == 33
