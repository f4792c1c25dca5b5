"""Marks on single readings: the order, the cuff and its repeat, the trend, the odd pair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.science.vitals.devices import BEDSIDE_SECONDS, DeviceProfile
from afterglow.science.vitals.marks import RANK, Mark, Reading, mark_reading, mark_sign
from tests.unit.session_rules.facts import limits

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def reading(seconds: float = 0, **values: float) -> Reading:
    return Reading(taken_at=AT + timedelta(seconds=seconds), values=values)


def codes(marks: tuple[Mark, ...]) -> list[str]:
    return [mark.code for mark in marks]


def test_what_needs_action_comes_first() -> None:
    marks = mark_reading(reading(spo2=80, hr=115, moaas=4, sbp=150), limits(), None, {"sbp": 120})
    assert [mark.level for mark in marks] == sorted((mark.level for mark in marks), key=lambda level: RANK[level])
    assert {mark.level for mark in marks} == {"act", "notify", "none"}


def test_a_quiet_reading_has_no_mark() -> None:
    calm = reading(hr=70, pulse=71, rr=14, spo2=98, sbp=120, dbp=75, map=90, etco2=38, temp=36.8, moaas=5, no_breath=3)
    assert mark_reading(calm, limits(), None, {"spo2": 98, "sbp": 120, "etco2": 38}, BEDSIDE_SECONDS) == ()


# hazard: H11
def test_a_capnograph_says_no_breath() -> None:
    capnograph = DeviceProfile(name="capnograph", interval_s=1, streams=("rr", "etco2"), capnograph=True)
    (mark,) = mark_reading(reading(rr=0, hr=70), limits(), profile=capnograph)
    assert mark.needs_a_look and mark.urgency == "high"
    assert mark.sentence == "The capnograph sees no breath (silent: breathing rate)."


# hazard: H12
@pytest.mark.parametrize(
    ("before", "seconds", "now", "code"),
    [
        (None, 0, {"sbp": 85.0, "dbp": 60.0}, "repeat_cuff"),
        ({"sbp": 86.0, "dbp": 60.0}, 60, {"sbp": 85.0, "dbp": 60.0}, "cuff_confirmed"),
        ({"sbp": 86.0, "dbp": 60.0}, 61, {"sbp": 85.0, "dbp": 60.0}, "repeat_cuff"),
        ({"sbp": 120.0, "dbp": 60.0}, 60, {"sbp": 85.0, "dbp": 60.0}, "repeat_cuff"),
        ({"sbp": 86.0, "dbp": 60.0}, 60, {"sbp": 185.0, "dbp": 90.0}, "repeat_cuff"),
        (None, 0, {"sbp": 79.0, "dbp": 55.0}, "cuff_extreme"),
        (None, 0, {"sbp": 200.0, "dbp": 90.0}, "cuff_extreme"),
        (None, 0, {"sbp": 150.0, "dbp": 120.0}, "cuff_extreme"),
        (None, 0, {"dbp": 45.0}, "repeat_cuff"),
        (None, 0, {"sbp": 85.0}, "repeat_cuff"),
    ],
)
def test_an_outlying_cuff_is_marked_at_once_and_repeated_soon(
    before: dict[str, float] | None, seconds: float, now: dict[str, float], code: str
) -> None:
    previous = None if before is None else reading(0, **before)
    marks = mark_reading(reading(seconds, **now), limits(), previous)
    assert [each for each in codes(marks) if each.startswith(("repeat", "cuff"))] == [code]
    assert "act" in {mark.level for mark in marks if mark.code in ("low", "high")}, "the limit's own mark never waits for the repeat"


# hazard: H10
@pytest.mark.parametrize(("own", "trend"), [({"sbp": 120.0}, True), ({"sbp": 121.0}, False), ({"sbp": 0.0}, False), ({}, False)])
def test_a_rise_is_a_trend_that_asks_for_nothing(own: dict[str, float], trend: bool) -> None:
    marks = mark_reading(reading(sbp=144, dbp=80), limits(), None, own)
    assert [(mark.code, mark.level, mark.says) for mark in marks] == ([("trend", "none", "")] if trend else [])


def test_odd_cuffs() -> None:
    assert codes(mark_reading(reading(sbp=100, dbp=100), limits())) == ["implausible"]
    assert codes(mark_reading(reading(map=31), limits())) == ["cuff_incomplete"]
    assert codes(mark_reading(reading(sbp=120, map=90), limits())) == []


# req: C24
# hazard: H11
def test_an_impossible_number_is_marked_and_not_judged() -> None:
    (mark,) = mark_reading(reading(spo2=120), limits())
    assert (mark.code, mark.level) == ("implausible", "notify") and "kept as sent" in mark.sentence


def test_an_unknown_sign_is_an_error() -> None:
    with pytest.raises(KeyError):
        mark_sign("hiccups")
