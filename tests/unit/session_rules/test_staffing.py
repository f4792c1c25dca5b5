"""Who watches whom while a session runs: what stands about its monitor, in the words of the room."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.staffing import watches_now
from tests.unit.session_rules.facts import BEN_MONITORS, limits

DOSE_TOO = "Ben monitors a dose in another room too: hand one over."


# req: N9
# hazard: H45
@pytest.mark.parametrize(
    ("dosing", "changes", "said"),
    [
        (True, {}, None),
        (True, {"other_recovering": 1}, "Ben monitors this dose and 1 in recovery: hand one over."),
        (True, {"other_dosing_rooms": 1}, DOSE_TOO),
        (False, {}, None),
        (False, {"other_recovering": 1}, None),  # one to two
        (False, {"other_recovering": 2}, "Ben monitors 3 in recovery; the site allows 2: hand one over."),
        (False, {"other_dosing_rooms": 1}, DOSE_TOO),
        (False, {"licence_current": False}, "Ben's licence has ended. Hand over."),
        (True, {"licence_current": None}, "Nobody recorded until when Ben's licence runs. Hand over."),
        (True, {"profession": "LMFT"}, "Ben (LMFT) may not monitor an infusion: a nurse, NP, PA or physician is needed. Hand over."),
        (True, {"is_this_sessions_therapist": True}, None),  # asked at the gate and at a hand-over
    ],
)
def test_what_stands_about_the_one_who_monitors(dosing: bool, changes: dict[str, Any], said: str | None) -> None:
    verdict = watches_now(replace(BEN_MONITORS, **changes), dosing=dosing, limits=limits())
    assert [finding.sentence for finding in verdict.open] == ([] if said is None else [said])


# hazard: H45
def test_both_are_said_where_both_stand() -> None:
    verdict = watches_now(replace(BEN_MONITORS, licence_current=False, other_recovering=2), dosing=False, limits=limits())
    assert [finding.item for finding in verdict.open] == ["monitor.licensed", "monitor.recovery_share"]


# hazard: H45
def test_nobody_and_no_number_are_unknown_and_never_well() -> None:
    assert watches_now(None, dosing=True, limits=limits()).open[0].state == "unknown"
    unread = watches_now(BEN_MONITORS, dosing=False, limits=None)
    assert [(finding.item, finding.state) for finding in unread.open] == [("monitor.recovery_share", "unknown")]
    assert watches_now(BEN_MONITORS, dosing=True, limits=None).met  # a dose needs no number
