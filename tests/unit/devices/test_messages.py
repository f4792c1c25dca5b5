"""What the devices door reads and what it refuses: one bad message never takes its neighbours with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.doors.devices.messages import MOST_BYTES, MOST_MESSAGES, Body, BodyRefused, read_body

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def message(**changes: Any) -> dict[str, Any]:
    whole = {"id": "m1", "taken_at": "2026-12-07T08:59:59+00:00", "channels": {"hr": {"value": 71, "unit": "/min"}}}
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def read(*messages: Any, **more: Any) -> Body:
    return read_body(json.dumps({"messages": list(messages), **more}).encode(), at=AT)


# req: S70
def test_a_message_is_read_as_it_was_sent() -> None:
    body = read(message(channels={"hr": {"value": 71, "unit": "bpm"}, "spo2": {"value": 0, "unit": "%"}}))
    assert body.refused == ()
    (one,) = body.messages
    assert one.id == "m1"
    assert one.taken_at == AT - timedelta(seconds=1)
    assert one.values == {"hr": (71.0, "bpm"), "spo2": (0.0, "%")}  # a zero passes the door: it is stored and marked, never dropped
    assert body.clock_ahead is None


# hazard: H14
def test_a_device_that_tells_its_time_has_its_clock_compared() -> None:
    assert read(message(), sent_at="2026-12-07T09:01:30Z").clock_ahead == timedelta(seconds=90)
    assert read(message(), sent_at="2026-12-07T10:00:00+02:00").clock_ahead == timedelta(hours=-1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": ...}, "device.id"),
        ({"id": ""}, "device.id"),
        ({"id": 7}, "device.id"),
        ({"id": "x" * 65}, "device.id"),
        ({"id": "a\x00b"}, "device.id"),
        ({"taken_at": ...}, "device.taken_at"),
        ({"taken_at": "yesterday"}, "device.taken_at"),
        ({"taken_at": 1765097999}, "device.taken_at"),
        ({"taken_at": "0001-01-01T00:00:00+00:00"}, "device.taken_at"),
        ({"taken_at": "2026-12-07T08:59:59"}, "device.no_zone"),
        ({"channels": ...}, "device.no_channels"),
        ({"channels": {}}, "device.no_channels"),
        ({"channels": [1]}, "device.no_channels"),
        ({"room": "2"}, "device.unknown_field"),
        ({"channels": {"hr": 71}}, "device.channel"),
        ({"channels": {"hr": {"value": 71}}}, "device.channel"),
        ({"channels": {"hr": {"value": 71, "unit": "/min", "x": 1}}}, "device.channel"),
        ({"channels": {"hr": {"value": "71", "unit": "/min"}}}, "device.not_a_number"),
        ({"channels": {"hr": {"value": True, "unit": "/min"}}}, "device.not_a_number"),
        ({"channels": {"hr": {"value": None, "unit": "/min"}}}, "device.not_a_number"),
        ({"channels": {"hr": {"value": 1e300, "unit": "/min"}}}, "device.not_a_number"),
        ({"channels": {"hr": {"value": 71, "unit": None}}}, "device.unit"),
        ({"channels": {"hr": {"value": 71, "unit": "Hz"}}}, "device.unit"),
        ({"channels": {"etco2": {"value": 5.1, "unit": "%"}}}, "device.unit"),
        ({"channels": {"mood": {"value": 3, "unit": "score"}}}, "device.unknown_channel"),
    ],
)
# req: S70
def test_a_bad_message_is_refused_by_itself(changes: dict[str, Any], code: str) -> None:
    body = read(message(id="before"), message(**changes), message(id="after"))
    assert [one.id for one in body.messages] == ["before", "after"]
    assert [one.code for one in body.refused] == [code]
    assert body.refused[0].sentence.endswith(".")


def test_a_message_without_a_usable_id_is_named_by_its_place() -> None:
    assert [one.id for one in read(message(), 5, message(id="")).refused] == ["#2", "#3"]


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "device.not_json"),
        (b"\xff\xfe", 400, "device.not_json"),
        (b"[" * 100_000, 400, "device.not_json"),
        (b'{"messages": [{"id": "a", "channels": {"hr": {"value": NaN}}}]}', 400, "device.not_json"),
        (b'{"messages": [{"id": "a", "channels": {"hr": {"value": -Infinity}}}]}', 400, "device.not_json"),
        (b'{"messages": [], "messages": [1]}', 400, "device.not_json"),
        (b"[]", 422, "device.no_messages"),
        (b"{}", 422, "device.no_messages"),
        (b'{"messages": {}}', 422, "device.no_messages"),
        (b'{"messages": []}', 422, "device.count"),
        (json.dumps({"messages": [1] * (MOST_MESSAGES + 1)}).encode(), 422, "device.count"),
        (b'{"messages": [1], "room": 2}', 422, "device.unknown_field"),
        (b'{"messages": [1], "sent_at": "now"}', 422, "device.taken_at"),
        (b'{"messages": [1], "sent_at": "2026-12-07T09:00:00"}', 422, "device.no_zone"),
        (b" " * (MOST_BYTES + 1), 413, "device.too_large"),
    ],
)
def test_a_bad_body_is_refused_as_a_whole(raw: bytes, status: int, code: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        read_body(raw, at=AT)
    assert refused.value.status == status
    assert refused.value.body["code"] == code
    assert refused.value.body["sentence"]
    assert refused.value.body["now"]


def test_the_largest_request_is_read() -> None:
    body = read(*(message(id=f"m{number}") for number in range(MOST_MESSAGES)))
    assert len(body.messages) == MOST_MESSAGES
