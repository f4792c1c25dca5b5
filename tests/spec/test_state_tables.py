"""The day of a session as a table: from each state, what each deed leads to.  `-`: it may not happen."""

from __future__ import annotations

from typing import Any

from afterglow.pathway.session.rules.states import WALK, deeds_open, may_go
from tests.spec.table import Row, Table

DAY = Table("""
    state               | check_in   | start  | pause  | resume | stop     | finish   | discharge  | transfer    | leave_against_advice | call_off
    scheduled           | checked_in | -      | -      | -      | -        | -        | -          | -           | -                    | not_started
    checked_in          | -          | dosing | -      | -      | -        | -        | -          | transferred | left_against_advice  | not_started
    dosing              | -          | -      | paused | -      | recovery | recovery | -          | transferred | left_against_advice  | -
    paused              | -          | -      | -      | dosing | recovery | -        | -          | transferred | left_against_advice  | -
    recovery            | -          | -      | -      | -      | -        | -        | discharged | transferred | left_against_advice  | -
    discharged          | -          | -      | -      | -      | -        | -        | -          | -           | -                    | -
    transferred         | -          | -      | -      | -      | -        | -        | -          | -           | -                    | -
    left_against_advice | -          | -      | -      | -      | -        | -        | -          | -           | -                    | -
    not_started         | -          | -      | -      | -      | -        | -        | -          | -           | -                    | -
""")


# req: R35
# hazard: H5 H54
@DAY.each
def test_what_may_happen_from_each_state(row: Row) -> None:
    state: Any = row.state
    for deed in WALK:
        step = may_go(state, deed)
        wanted = getattr(row, deed)
        assert (step.to or "-") == wanted, deed
        assert step.verdict.met == (wanted != "-")
        assert step.verdict.met or "so it cannot be" in step.verdict.sentence or "so it cannot end" in step.verdict.sentence
    assert deeds_open(state) == tuple(deed for deed in WALK if getattr(row, deed) != "-")
