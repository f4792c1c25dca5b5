"""May an appointment be booked, and what may become of one?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from afterglow.records.schedule.rules import NEXT_STATES, BookingFacts, Busy, may_be_booked, may_become

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
