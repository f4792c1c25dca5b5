"""Law of the vials: by whatever order of deeds, they add up to the shelf and nobody's vial is touched for another."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterglow.records.cabinet import rules
from afterglow.records.cabinet.rules import MovementFact, Vials, vials

VIAL = 20_000
Moved = tuple[rules.What, str, int]
TWO: Moved = ("received", "", 2 * VIAL)


def shelf(moved: list[Moved]) -> Vials:
    return vials(
        [
            MovementFact(id=UUID(int=number), what=what, amount_ug=volume, volume_ul=volume, session=who)
            for number, (what, who, volume) in enumerate(moved)
        ],
        VIAL,
    )


# hazard: H27
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(["drawn", "discarded", "received"]), st.sampled_from(["", "a", "b", "c"]), st.integers(1, 45_000)), max_size=25
    )
)
def test_vials_and_shelf_never_disagree_and_nobody_shares(asked: list[tuple[rules.What, str, int]]) -> None:
    """Whatever is asked, and only what the rules allow is done: the vials add up to the balance, and a draw leaves every other rest alone."""
    moved: list[Moved] = [TWO]
    for what, who, volume in asked:
        held, balance = shelf(moved), sum(amount if kind == "received" else -amount for kind, _, amount in moved)
        assert held.unopened_ul + sum(held.opened_ul.values()) == balance
        if what == "received":
            moved.append((what, "", VIAL))
        elif what == "drawn" and who and volume <= held.drawable_ul(who):
            moved.append((what, who, volume))
            after = shelf(moved)
            assert {other: rest for other, rest in after.opened_ul.items() if other != who} == {
                other: rest for other, rest in held.opened_ul.items() if other != who
            }
        elif what == "discarded" and volume <= balance and rules.may_discard_rest(held, who, volume).is_met:
            moved.append((what, who, volume))
