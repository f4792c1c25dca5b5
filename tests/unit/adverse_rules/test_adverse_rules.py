"""Adverse events: what may be recorded, and what somebody follows up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterglow.records.adverse import rules
from afterglow.records.adverse.rules import EventFacts, Kind

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
NAUSEA = Kind(id="nausea", title="nausea", seen_as="", emergency=False)
OTHER = Kind(id="other", title="something else", seen_as="", emergency=False)
SEIZURE = Kind(id="seizure", title="seizure", seen_as="", emergency=True)
FACTS = EventFacts(kind=NAUSEA, grade=1, began_at=AT, ended_at=None, done_text="")


@pytest.mark.parametrize(
    ("changed", "open_items"),
    [
        ({}, []),
        ({"grade": None}, []),
        ({"kind": None}, ["event.kind"]),
        ({"grade": 0}, ["event.grade"]),
        ({"grade": 6}, ["event.grade"]),
        ({"ended_at": AT}, []),
        ({"ended_at": AT - timedelta(seconds=1)}, ["event.times"]),
        ({"kind": OTHER}, ["event.words"]),
        ({"kind": OTHER, "done_text": "hiccups"}, []),
        ({"replaced_already": True}, ["event.newest"]),
    ],
)
def test_may_be_recorded(changed: dict[str, object], open_items: list[str]) -> None:
    assert [finding.item for finding in rules.may_be_recorded(replace(FACTS, **changed)).open] == open_items  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "grade", "wanted"), [(NAUSEA, None, False), (NAUSEA, 2, False), (NAUSEA, 3, True), (SEIZURE, None, True)])
def test_wants_follow_up(kind: Kind, grade: int | None, wanted: bool) -> None:
    assert rules.wants_follow_up(kind, grade) is wanted


def test_kinds_from_a_file() -> None:
    content = {"kinds": [{"id": "fall", "title": "fall", "seen_as": "A fall"}, {"id": "seizure", "title": "seizure", "emergency": True}]}
    assert rules.kinds_from(content) == {
        "fall": Kind(id="fall", title="fall", seen_as="A fall", emergency=False),
        "seizure": SEIZURE,
    }
