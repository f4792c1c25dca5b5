"""What counts as a whole answer to an item of the leaving list."""

from __future__ import annotations

from typing import Any

import pytest

from afterglow.pathway.session.rules.leaving_items import ALDRETE, may_answer

FULL = dict.fromkeys(ALDRETE, 2)
ADULT = {"kind": "adult", "to_name": "Mia", "adult_present": True, "has_the_keys": True}


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("gait", {"ok": True}),
        ("gait", {"ok": False}),
        ("aldrete", {"parts": FULL}),
        ("aldrete", {"parts": dict.fromkeys(ALDRETE, 0)}),
        ("escort", ADULT),
        ("escort", ADULT | {"has_the_keys": None}),
        ("escort", {"kind": "stay", "to_name": "Night nurse", "documented": True}),
        ("escort", {"kind": "medical_transport", "to_name": "Crew", "documented": False}),
        ("night", {"person": "Mia"}),
        ("pressure_near_own", {"sbp": 152.0}),
    ],
)
def test_a_whole_answer_may_be_kept(item: str, value: dict[str, Any]) -> None:
    assert may_answer(item, value).met


# hazard: H21
@pytest.mark.parametrize(
    ("item", "value", "open_item"),
    [
        ("gait", {}, "ok"),
        ("gait", {"ok": "yes"}, "ok"),
        ("aldrete", {}, "activity"),
        ("aldrete", {"parts": FULL | {"activity": 3}}, "activity"),
        ("aldrete", {"parts": FULL | {"saturation": True}}, "saturation"),
        ("escort", {}, "kind"),
        ("escort", ADULT | {"kind": "ride_share"}, "kind"),
        ("escort", ADULT | {"to_name": " "}, "to_name"),
        ("escort", ADULT | {"adult_present": None}, "adult_present"),
        ("escort", ADULT | {"has_the_keys": "yes"}, "has_the_keys"),
        ("escort", {"kind": "stay", "to_name": "x"}, "documented"),
        ("night", {"person": ""}, "person"),
        ("pressure_near_own", {}, "sbp"),
        ("pressure_near_own", {"sbp": True}, "sbp"),
        ("time", {"ok": True}, "time"),
    ],
)
def test_half_an_answer_may_not(item: str, value: dict[str, Any], open_item: str) -> None:
    assert open_item in {finding.item for finding in may_answer(item, value).open}
