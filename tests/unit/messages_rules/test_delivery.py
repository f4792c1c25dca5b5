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
        ("not_asked", "sms", "+15550100", ["messages.wish"]),
        ("not_asked", "email", "dan@example.org", ["messages.wish"]),
        ("unknown", "email", "", ["messages.wish", "messages.address"]),
        ("phone", "sms", "", ["messages.address"]),
    ],
)
def test_only_the_way_they_asked_for(contact_by: str, channel: str, address: str, open_items: list[str]) -> None:
    verdict = delivery.may_write_to(delivery.PersonContact(contact_by=contact_by, channel=channel, address=address))
    assert [finding.item for finding in verdict.open] == open_items


LA, AUCKLAND = "America/Los_Angeles", "Pacific/Auckland"
NIGHT = delivery.NIGHT


# hazard: H53
@pytest.mark.parametrize(
    ("at", "zone", "until"),
    [
        ("2026-12-08T04:59+00:00", LA, None),  # 20:59
        ("2026-12-08T05:00+00:00", LA, "2026-12-08T16:00+00:00"),  # 21:00
        ("2026-12-08T15:59+00:00", LA, "2026-12-08T16:00+00:00"),
        ("2026-12-08T16:00+00:00", LA, None),
        ("2026-12-08T10:00+00:00", AUCKLAND, "2026-12-08T19:00+00:00"),  # 23:00 there
        # the night on which the clocks go forward is an hour shorter, the one on which they go back an hour longer
        ("2027-03-14T06:00+00:00", LA, "2027-03-14T15:00+00:00"),
        ("2027-11-07T05:00+00:00", LA, "2027-11-07T16:00+00:00"),
    ],
)
def test_a_message_to_a_person_waits_for_the_end_of_their_night(at: str, zone: str, until: str | None) -> None:
    held = delivery.held_until(datetime.fromisoformat(at), quiet=NIGHT, zone=zone)
    assert held == (None if until is None else datetime.fromisoformat(until))
