"""Times that are handed in: nothing here reads a wall clock.

`taken_at` is when something happened, `recorded_at` when it was written down; more than two minutes apart is marked late (H14).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afterglow.ground.errors import Refusal

LATE_AFTER = timedelta(minutes=2)  # safety hazard H14
HAND_SKEW = timedelta(seconds=5)  # a person's clock may run this far ahead of the server's before it is refused


def is_late(taken_at: datetime, at: datetime) -> bool:
    """Was this written down more than two minutes after it happened?"""
    return at - taken_at > LATE_AFTER


def check_taken(taken_at: datetime, at: datetime) -> None:
    """Refuse a person's entry that lies in the future.  Raises Refusal `clock.future`, `clock.no_zone`."""
    if taken_at.tzinfo is None:
        raise Refusal(
            "clock.no_zone", "The time has no time zone, so it could mean several moments.", "Enter it again on this page.", field="taken_at"
        )
    if taken_at > at + HAND_SKEW:
        raise Refusal(
            "clock.future", "This time lies in the future.", "Enter the time at which it happened, or leave it empty for now.", field="taken_at"
        )


def shown(moment: datetime, zone: str) -> str:
    """'22 Nov 2026, 10:02 PST': unambiguous, in the site's zone, with the zone said."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M} {local.tzname()}"
