"""The second person's read-back: any one difference stops the draw, and nothing unread is taken as read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.read_back import Prepared, Said, read_back_agrees

PREPARED = Prepared(drug="ketamine_racemic", strength_ug_per_ml=50_000, volume_ul=700, rate_ul_per_h=1_050, record_no="0412")
SAID = Said(drug="ketamine_racemic", strength_ug_per_ml=50_000, volume_ul=700, rate_ul_per_h=1_050, record_no="0412")


def test_the_same_in_every_part_agrees() -> None:
    assert read_back_agrees(PREPARED, SAID).met


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"drug": "esketamine"}, "said_drug"),
        ({"strength_ug_per_ml": 5_000}, "said_strength"),
        ({"strength_ug_per_ml": 100_000}, "said_strength"),
        ({"volume_ul": 7_000}, "said_volume"),
        ({"volume_ul": 708}, "said_volume"),
        ({"rate_ul_per_h": 10_500}, "said_rate"),
        ({"record_no": "0413"}, "said_record_no"),
    ],
)
def test_one_difference_is_found_and_named(changes: dict[str, Any], item: str) -> None:
    # hazard: H3
    # hazard: H1
    found = read_back_agrees(PREPARED, replace(SAID, **changes))
    assert [(finding.item, finding.state) for finding in found.open] == [(item, "unmet")]


def test_what_was_not_read_is_unknown() -> None:
    found = read_back_agrees(PREPARED, Said())
    assert [finding.state for finding in found] == ["unknown"] * 5


def test_a_scale_is_read_to_one_percent() -> None:
    assert read_back_agrees(PREPARED, replace(SAID, volume_ul=707)).met
