"""What makes a fall more likely, said with its reasons; what nobody asked is said to be not known; what a note must hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.falls import MEASURES, FallFacts, fall_risk, may_note

NOTHING = FallFacts(age_years=64, medicines_read=True, substances_asked=True, fell="no")


# req: S75
# hazard: H55
@pytest.mark.parametrize(
    ("changes", "item", "state", "says"),
    [
        ({"age_years": 65}, "falls.age", "unmet", "65 years old."),
        ({"age_years": None}, "falls.age", "unknown", "not known"),
        ({"taken": ("lorazepam",), "not_said": ("zolpidem",)}, "falls.medicines", "unmet", "taken before the visit: lorazepam"),
        ({"not_said": ("zolpidem",)}, "falls.medicines", "unknown", "not recorded: zolpidem"),
        ({"medicines_read": False}, "falls.medicines", "unknown", "Nobody went through"),
        ({"on_board": ("taken before the visit: alcohol",)}, "falls.on_board", "unmet", "alcohol"),
        ({"substances_asked": False}, "falls.on_board", "unknown", "not asked"),
        ({"given": ("midazolam",)}, "falls.given", "unmet", "Given in this visit: midazolam."),
        ({"ketamine_given": True}, "falls.ketamine", "unmet", "nobody has seen steady walking"),
        ({"now": ("dizziness, moderate",)}, "falls.now", "unmet", "In this visit: dizziness, moderate."),
        ({"earlier": ("fall, mild on 3 Dec 2026",)}, "falls.earlier", "unmet", "fall, mild on 3 Dec 2026"),
        ({"fell": "yes"}, "falls.fell", "unmet", "Fell in the last twelve months."),
        ({"fell": ""}, "falls.fell", "unknown", "Nobody asked"),
    ],
)
def test_each_reason_stands_alone_and_unknown_is_said(changes: dict[str, Any], item: str, state: str, says: str) -> None:
    (found,) = fall_risk(replace(NOTHING, **changes)).open
    assert (found.item, found.state, found.mark in ("W", "J")) == (item, state, True)
    assert says in found.sentence
    assert found.lifted_by == "", "the note holds nobody"


# req: S75
def test_nothing_on_record_is_met_and_says_on_what() -> None:
    held = replace(NOTHING, held=("lorazepam",), ketamine_given=True, walks_steadily=True)
    for facts in (NOTHING, held):
        assert fall_risk(facts).met
    said = {finding.item: finding.sentence for finding in fall_risk(held)}
    assert "Held today: lorazepam." in said["falls.medicines"]
    assert said["falls.ketamine"] == "Seen to walk steadily since the dose."
    assert {finding.item: finding.sentence for finding in fall_risk(NOTHING)}["falls.ketamine"] == "No ketamine given yet."


# req: S75
@pytest.mark.parametrize(
    ("done", "walks_with", "fell", "item"),
    [
        (("parachute",), "", "", "done"),
        ((), "", "maybe", "fell"),
        ((), "  ", "", "done"),
        (tuple(MEASURES), "", "", None),
        ((), "Ben", "", None),
        ((), "", "no", None),
    ],
)
def test_a_note_holds_something_that_is_known(done: tuple[str, ...], walks_with: str, fell: str, item: str | None) -> None:
    verdict = may_note(done, walks_with, fell)
    assert [finding.item for finding in verdict.open] == ([] if item is None else [item])
