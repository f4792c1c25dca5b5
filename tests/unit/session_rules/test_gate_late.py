"""Harm that comes late at the gate: over its line it holds a dose; not looked for, it is never taken for well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from afterglow.pathway.session.rules.gate import may_start
from afterglow.science.outcomes.late_effects import LateEffect, Measured, Watched
from tests.unit.session_rules.facts import TODAY, finding, limits, ready

BLADDER = Watched(
    id="bladder", title="Bladder", any_of={"oabss": "oab"}, every_days=91, every_doses=6, who="A nurse asks.", stop="Ask a urologist.", missing="",
    mark="J",
)  # fmt: skip
DUE = LateEffect(watched=BLADDER, last=None, due_on=None, state="never", doses_since=6)
OVER = LateEffect(watched=BLADDER, last=Measured(on=date(2026, 12, 1), over=True), due_on=TODAY, state="over", doses_since=1)


# hazard: H42
@pytest.mark.parametrize(
    ("effect", "is_booster", "state"),
    [(OVER, False, "unmet"), (OVER, True, "unmet"), (DUE, False, "unknown"), (DUE, True, "met"), (replace(DUE, doses_since=5), False, "met")],
)
def test_the_bladder_stands_at_the_gate(effect: LateEffect, is_booster: bool, state: str) -> None:
    verdict = may_start(ready(late_effects=(effect,), is_booster=is_booster), limits())
    found = finding(verdict, "late_effects.bladder")
    assert found.state == state and verdict.met == (state == "met")
    assert found.lifted_by == ("" if state == "met" else "two_signatures")


# hazard: H42
def test_a_gate_that_did_not_look_does_not_open() -> None:
    found = finding(may_start(ready(late_effects=None), limits()), "late_effects")
    assert (found.state, found.lifted_by) == ("unknown", "nobody")


def test_what_no_scale_measures_is_not_at_the_gate() -> None:
    nothing = LateEffect(watched=replace(BLADDER, any_of={}), last=None, due_on=None, state="no_scale")
    assert may_start(ready(late_effects=(nothing,)), limits()).met
