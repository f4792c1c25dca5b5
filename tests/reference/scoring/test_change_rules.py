"""Response and remission as the sources of each scale have them, at the last total that counts and the first that does not."""

from __future__ import annotations

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import instrument_from

NEWEST = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}


@pytest.mark.parametrize(
    ("name", "floor", "remission_up_to", "baseline", "response_up_to"),
    [
        ("phq9", 10, 4, 20, 10),
        ("gad7", 10, 4, 20, 10),
        ("qids_sr16", 11, 5, 20, 10),
        ("madrs", 20, 10, 40, 20),
        ("ham_d17", 14, 7, 30, 15),
        ("ybocs", 16, 12, 40, 26),  # a fall of 35 percent, not of half
    ],
)
def test_response_and_remission_are_those_of_the_sources(name: str, floor: int, remission_up_to: int, baseline: int, response_up_to: int) -> None:
    rules = NEWEST[name].change
    assert rules is not None
    assert [change(rules, baseline=baseline, now=now).remission for now in (remission_up_to, remission_up_to + 1)] == [True, False]
    told = [change(rules, baseline=baseline, now=now).response for now in (response_up_to, response_up_to + 1)]
    assert told == ["response", "partial response"]
    assert [change(rules, baseline=low, now=0).response for low in (floor - 1, floor)] == ["not evaluable", "response"]


def test_where_no_smallest_change_is_agreed_none_is_told() -> None:
    told = {name: change(rules.change, baseline=25, now=5).matters for name, rules in NEWEST.items() if rules.change}
    assert told == {"phq9": True, "gad7": True, "qids_sr16": None, "madrs": None, "ham_d17": None, "ybocs": None}


def test_a_scale_without_a_whole_rule_says_what_is_known_of_change() -> None:
    newest = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "instruments")}
    known = {name for name, content in newest.items() if content["change"] is None and content.get("change_notes")}
    assert {"pcl5", "who5", "madrs_s", "bpi_sf", "isi", "nrs_pain", "ymrs", "oabss", "sheehan_disability"} == known
