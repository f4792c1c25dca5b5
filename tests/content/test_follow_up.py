"""Check-ins of the library: no scale is planned more often than it may be asked, and what only a clinician may ask never goes by link (safety 23)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import Instrument, instrument_from

FILE = max((file for file in load_kind(LIBRARY_ROOT, "follow_up") if file.id == "iv_course"), key=lambda file: file.version).content
INDICATIONS = {file.id: file.content for file in load_kind(LIBRARY_ROOT, "indications")}
NEWEST = {file.id: file.content for file in sorted(load_kind(LIBRARY_ROOT, "instruments"), key=lambda file: file.version)}
OF_CONDITIONS = [rule for part in ("after_each_dose", "during_course", "after_course") for rule in FILE[part] if "for" in rule]


def made(name: str) -> Instrument:
    return instrument_from(NEWEST[name])


# req: S17 S20
@pytest.mark.parametrize("rule", FILE["after_each_dose"] + FILE["during_course"] + FILE["after_course"], ids=lambda rule: rule["id"])
def test_it_is_asked_in_a_way_that_its_file_allows(rule: dict[str, Any]) -> None:
    way = {"link": "link", "staff": "staff_in_person"}[rule.get("asked_by", "link")]
    assert way in NEWEST[rule["instrument"]]["delivery"]["ways"]
    assert made(rule["instrument"]).by_choice


# req: S17 S20
@pytest.mark.parametrize("rule", [rule for rule in OF_CONDITIONS if "every_days" in rule], ids=lambda rule: rule["id"])
def test_while_a_course_runs_it_comes_no_sooner_than_it_looks_back(rule: dict[str, Any]) -> None:
    content = NEWEST[rule["instrument"]]
    assert rule["every_days"] >= max(content["recall"]["days"], content["min_interval_days"])


# req: S17 S20
def test_after_a_course_each_opens_and_can_still_be_answered_after_the_one_before() -> None:
    held = defaultdict(list)
    for rule in FILE["after_course"]:
        for indication in rule.get("for", ()):
            held[indication, rule["instrument"]].append(rule)
    assert set(held) == {("ptsd", "pcl5"), ("ocd", "ybocs"), ("bipolar", "asrm"), ("bipolar", "sleep_need"), ("alcohol", "audit_c")}
    for (_, name), rules in held.items():
        least = max(NEWEST[name]["recall"]["days"], NEWEST[name]["min_interval_days"])
        for one, other in zip(rules, rules[1:], strict=False):
            assert other["day"] - one["day"] >= least, other["id"]
            closes = [each["day"] + each["due_days"] + each["late_days"] for each in (one, other)]
            assert closes[1] - closes[0] >= least, f"{other['id']} could not be asked after a late answer to {one['id']}"


# req: S17
def test_a_scale_that_leads_a_condition_is_on_its_clock() -> None:
    """PHQ-9 is asked of everybody; BPI-SF and pain have no plan that could run; where nothing leads, the library says what is missing."""
    asked = {(indication, rule["instrument"]) for rule in OF_CONDITIONS for indication in rule["for"]}
    for name, content in INDICATIONS.items():
        primary = content["measures"]["primary"]
        if content["protocols"] and primary not in (None, "phq9"):
            assert (name, primary) in asked


# req: S17
def test_a_protocol_treats_one_thing() -> None:
    named = [protocol for content in INDICATIONS.values() for protocol in content["protocols"]]
    assert len(named) == len(set(named)), "which scale leads could not be told"
