"""When a delivery is tried again, when it is given up, and who may be written to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.records.messages.rules import delivery

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


# req: C16
def test_each_gap_is_twice_the_last_up_to_half_an_hour() -> None:
    assert [delivery.gap_after(tries).total_seconds() for tries in range(1, 10)] == [30, 60, 120, 240, 480, 960, 1800, 1800, 1800]
    assert delivery.gap_after(10_000) == timedelta(minutes=30)
    with pytest.raises(ValueError, match="follows a try"):
        delivery.gap_after(0)


# req: C16
@pytest.mark.parametrize(
    ("tries", "useful", "wanted"),
    [
        (1, timedelta(hours=4), ("again", AT + timedelta(seconds=30))),
        (7, timedelta(hours=4), ("again", AT + timedelta(minutes=30))),
        (8, timedelta(hours=4), ("dead", AT)),
        (3, timedelta(minutes=1), ("dead", AT)),
        (3, timedelta(minutes=2), ("again", AT + timedelta(minutes=2))),
    ],
)
def test_again_or_given_up(tries: int, useful: timedelta, wanted: tuple[str, datetime]) -> None:
    assert delivery.after_failure(tries=tries, at=AT, useful_until_at=AT + useful) == wanted


# hazard: H53
@pytest.mark.parametrize(
    ("contact_by", "channel", "address", "open_items"),
    [
        ("phone", "sms", "+15550100", []),
        ("email", "email", "dan@example.org", []),
        ("phone", "email", "dan@example.org", ["messages.wish"]),
        ("email", "sms", "+15550100", ["messages.wish"]),
        ("none", "sms", "+15550100", ["messages.wish"]),
        ("", "sms", "+15550100", ["messages.wish"]),
        ("unknown", "email", "", ["messages.wish", "messages.address"]),
        ("phone", "sms", "", ["messages.address"]),
    ],
)
def test_only_the_way_they_asked_for(contact_by: str, channel: str, address: str, open_items: list[str]) -> None:
    verdict = delivery.may_write_to(delivery.PersonContact(contact_by=contact_by, channel=channel, address=address))
    assert [finding.item for finding in verdict.open] == open_items
