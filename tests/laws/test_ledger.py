"""Laws of the ledger, by random histories on the pure replay: never negative; drawn = given + wasted + returned when closed."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from afterglow.records.cabinet import rules
from afterglow.records.cabinet.rules import DrawSum, MovementFact, replay

STRENGTH = 10_000  # ug/mL


class Ledger(RuleBasedStateMachine):
    """People do whatever they like; only what the rules let through is written.  The replay must agree with a second, separate count."""

    draws = Bundle("draws")

    @initialize()
    def empty(self) -> None:
        self.movements: list[MovementFact] = []
        self.shelf_ul = 0
        self.parts: dict[UUID, dict[str, int]] = {}

    def write(self, what: rules.What, amount_ug: int, volume_ul: int, draw: UUID | None = None) -> UUID:
        made = UUID(int=len(self.movements) + 1)
        self.movements.append(MovementFact(id=made, what=what, amount_ug=amount_ug, volume_ul=volume_ul, draw=draw))
        return made

    @rule(vials=st.integers(1, 5))
    def receive(self, vials: int) -> None:
        self.write("received", vials * 20 * STRENGTH, vials * 20_000)
        self.shelf_ul += vials * 20_000

    @rule(target=draws, volume_ul=st.integers(-10, 60_000))
    def draw(self, volume_ul: int) -> UUID:
        amount_ug = volume_ul * STRENGTH // 1000
        if volume_ul <= 0 or not rules.enough_on_shelf(replay(self.movements).shelf_ul, volume_ul).is_met:
            return UUID(int=0)
        self.shelf_ul -= volume_ul
        made = self.write("drawn", amount_ug, volume_ul)
        self.parts[made] = {"drawn": amount_ug, "given": 0, "wasted": 0, "returned": 0}
        return made

    @rule(draw=draws, what=st.sampled_from(["given", "wasted", "returned"]), amount_ug=st.integers(-5, 700_000), all_of_it=st.booleans())
    def part(self, draw: UUID, what: rules.Parting, amount_ug: int, all_of_it: bool) -> None:
        held = replay(self.movements).draws.get(draw)
        if held is None:
            return
        amount_ug = held.open_ug if all_of_it else amount_ug
        if not rules.may_part(held, what, amount_ug).is_met:
            return
        volume_ul = rules.volume_of_part(held, amount_ug)
        self.write(what, amount_ug, volume_ul, draw)
        self.parts[draw][what] += amount_ug
        if what == "returned":
            self.shelf_ul += volume_ul

    @rule(volume_ul=st.integers(1, 60_000))
    def discard(self, volume_ul: int) -> None:
        if rules.enough_on_shelf(replay(self.movements).shelf_ul, volume_ul).is_met:
            self.write("discarded", volume_ul * STRENGTH // 1000, volume_ul)
            self.shelf_ul -= volume_ul

    @invariant()
    def never_negative_and_as_counted(self) -> None:
        sums = replay(self.movements)
        assert sums.shelf_ul == self.shelf_ul >= 0
        assert all(running >= 0 for running in sums.running_ul)

    @invariant()
    def every_draw_adds_up(self) -> None:
        for draw, held in replay(self.movements).draws.items():
            parts = self.parts[draw]
            assert (held.given_ug, held.wasted_ug, held.returned_ug) == (parts["given"], parts["wasted"], parts["returned"])
            assert held.open_ug >= 0 and held.open_ul >= 0
            if held.open_ug == 0:
                assert held.drawn_ug == held.given_ug + held.wasted_ug + held.returned_ug
                assert held.open_ul == 0  # the last part takes the last microlitre with it
                assert rules.draws_agree(held, None).is_met


TestLedger = Ledger.TestCase


# hazard: H26
@given(drawn_ul=st.integers(1, 50_000), cuts=st.lists(st.integers(1, 400_000), max_size=6))
def test_the_parts_of_a_draw_take_its_whole_volume(drawn_ul: int, cuts: list[int]) -> None:
    held = DrawSum(id=UUID(int=1), drawn_ug=drawn_ul * 10, drawn_ul=drawn_ul)
    movements = [
        MovementFact(id=UUID(int=9), what="received", amount_ug=drawn_ul * 10, volume_ul=drawn_ul),
        MovementFact(id=UUID(int=1), what="drawn", amount_ug=drawn_ul * 10, volume_ul=drawn_ul),
    ]
    for cut in [*cuts, drawn_ul * 10]:
        amount = min(cut, held.open_ug)
        if amount:
            volume = rules.volume_of_part(held, amount)
            movements.append(MovementFact(id=UUID(int=len(movements) + 20), what="wasted", amount_ug=amount, volume_ul=volume, draw=UUID(int=1)))
            held = replay(movements).draws[UUID(int=1)]
    assert (held.open_ug, held.open_ul) == (0, 0)
