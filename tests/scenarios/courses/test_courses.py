"""Forty courses replayed: from the recorded facts the pure rules decide as they did, for ever.

`facts.json.gz` holds every fact that a start, a way home or a review rested on; `decisions.json` what was decided, line by line to read.  Both are
written by `tools/record_courses.py` from two simulated clinics.  A change of rule that changes a decision, or a word of it, shows here.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.decisions import RULES, answer
from tests.support.recorded import Pool, Reader

FOLDER = Path(__file__).parent


@cache
def recorded() -> tuple[Reader, list[dict[str, Any]]]:
    whole = json.loads(gzip.decompress((FOLDER / "facts.json.gz").read_bytes()))
    return Reader(whole["nodes"]), whole["decisions"]


@cache
def expected() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "decisions.json").read_text(encoding="utf-8"))
    return found


def replayed(row: dict[str, Any]) -> dict[str, Any]:
    reader, _ = recorded()
    facts = row["facts"]
    return {name: row[name] for name in ("course", "at", "rule")} | answer(row["rule"], reader.get(facts["arguments"]), reader.get(facts["named"]))


def test_every_decision_comes_out_as_it_did() -> None:
    _, rows = recorded()
    got = [replayed(row) for row in rows]
    changed = [(one, other) for one, other in zip(got, expected(), strict=True) if one != other]
    assert not changed, f"{len(changed)} of {len(got)} decisions changed; the first: {changed[0]}"


def test_there_are_forty_courses_and_every_kind_of_decision() -> None:
    assert len({row["course"] for row in expected()}) >= 40
    kinds = Counter(row["rule"] for row in expected())
    assert kinds.keys() == RULES.keys()
    assert kinds["start"] > 100
    assert kinds["leave"] > 100
    states = {row["state"] for row in expected() if row["rule"] == "standing"}
    assert {"response", "remission", "no_response"} <= states


def test_no_dose_started_on_an_open_item_and_nobody_left_before_every_item_was_met() -> None:
    for row in expected():
        if row["rule"] != "standing":
            assert (row["met"], row["open"]) == (True, []), row


@pytest.mark.parametrize(("rule", "change"), [("start", {"saturation": 80.0}), ("leave", {"on_oxygen": None})])
def test_a_replay_can_go_red(rule: str, change: dict[str, Any]) -> None:
    """One fact made worse changes the answer: the replay reads the facts, it does not repeat the answers."""
    reader, rows = recorded()
    row = next(row for row in rows if row["rule"] == rule)
    facts, *others = reader.get(row["facts"]["arguments"])
    worse = answer(rule, [replace(facts, **change), *others], reader.get(row["facts"]["named"]))
    assert worse != answer(rule, [facts, *others], reader.get(row["facts"]["named"]))
    assert not worse["met"]


def test_what_is_recorded_reads_back_as_it_was() -> None:
    reader, rows = recorded()
    pool = Pool()
    for row in rows[:20]:
        arguments = reader.get(row["facts"]["arguments"])
        assert Reader(pool.nodes).get(pool.put(arguments)) == arguments
