"""May an appointment be booked, and what may become of one?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from afterglow.records.schedule.rules import (
    NEXT_STATES,
    BookingFacts,
    Busy,
    ByHand,
    OpeningHours,
    deviation,
    may_be_booked,
    may_become,
    outside_hours,
)

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
GOOD = BookingFacts(
    kind="dosing", starts_at=AT + timedelta(hours=1), ends_at=AT + timedelta(hours=4), at=AT, room_kind="dosing", room_is_active=True, busy=()
)


@pytest.mark.parametrize(
    ("other", "open_items"),
    [
        ({}, []),
        ({"ends_at": AT}, ["booking.times"]),
        ({"ends_at": AT + timedelta(minutes=64)}, ["booking.times"]),
        ({"ends_at": AT + timedelta(minutes=65)}, []),
        ({"ends_at": AT + timedelta(hours=14)}, ["booking.times"]),
        ({"starts_at": AT - timedelta(hours=2), "ends_at": AT}, ["booking.times"]),
        ({"starts_at": AT - timedelta(hours=2), "ends_at": AT + timedelta(minutes=1)}, []),
        ({"room_kind": None}, ["booking.room"]),
        ({"room_kind": None, "kind": "review"}, []),
        ({"room_kind": "talk"}, ["booking.room"]),
        ({"room_kind": "talk", "kind": "review"}, []),
        ({"room_is_active": False}, ["booking.room"]),
        ({"busy": (Busy(whose="room", said="then"), Busy(whose="person", said="then"))}, ["booking.room_free", "booking.person_free"]),
        ({"busy": (Busy(whose="staff", said="then"),)}, ["booking.staff_free"]),
    ],
)
def test_may_be_booked(other: dict[str, Any], open_items: list[str]) -> None:
    assert [finding.item for finding in may_be_booked(replace(GOOD, **other)).open] == open_items


def test_ends_are_ends() -> None:
    allowed = {(state, wanted) for state, wanted in product(NEXT_STATES, NEXT_STATES) if may_become(state, wanted).is_met}
    assert allowed == {("booked", "arrived"), ("booked", "cancelled"), ("booked", "missed"), ("arrived", "done"), ("arrived", "cancelled")}
    assert "is done; it cannot become cancelled" in may_become("done", "cancelled").sentence


HOURS = OpeningHours(weekdays=frozenset(range(5)), opens=time(9), closes=time(17), zone="America/Los_Angeles")


@pytest.mark.parametrize(
    ("starts", "ends", "wanted"),
    [
        ("2026-12-07T09:00", "2026-12-07T17:00", ""),
        ("2026-12-07T08:59", "2026-12-07T10:00", "open from 09:00 to 17:00; this is from 08:59 to 10:00"),
        ("2026-12-07T16:30", "2026-12-07T17:01", "open from 09:00 to 17:00; this is from 16:30 to 17:01"),
        ("2026-12-07T16:00", "2026-12-08T10:00", "open from 09:00 to 17:00"),
        ("2026-12-12T10:00", "2026-12-12T11:00", "closed on Saturdays"),
    ],
)
def test_outside_hours(starts: str, ends: str, wanted: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Los_Angeles")).astimezone(UTC) for text in (starts, ends)]
    said = outside_hours(moments[0], moments[1], HOURS)
    assert wanted in said and bool(said) == bool(wanted)


def test_what_is_unusual_takes_a_reason() -> None:
    night = replace(GOOD, hours=HOURS, staff_is_named=True)  # 02:00 to 05:00 in Los Angeles
    assert may_be_booked(night).met, "a time that a rule chose is not asked"
    nobody_named = may_be_booked(replace(night, by_hand=ByHand(reason="", rostered=False), staff_is_named=False))
    assert [finding.item for finding in nobody_named.open] == ["booking.hours"]
    silent = may_be_booked(replace(night, by_hand=ByHand(reason=" ", rostered=False)))
    assert [finding.item for finding in silent.open] == ["booking.hours", "booking.roster"]
    assert all("Say why" in finding.sentence for finding in silent.open)
    told = may_be_booked(replace(night, by_hand=ByHand(reason="an emergency", rostered=None)))
    assert told.met and deviation(told, "an emergency") == "The site is open from 09:00 to 17:00; this is from 02:00 to 05:00. Because: an emergency"
    assert deviation(may_be_booked(replace(GOOD, by_hand=ByHand(reason="x", rostered=True), staff_is_named=True)), "x") == ""
