"""Times that people enter: late is marked, the future is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.ground.clock import check_taken, is_late, shown
from afterglow.ground.errors import Refusal

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


# hazard: H14
def test_more_than_two_minutes_is_late() -> None:
    assert not is_late(AT - timedelta(minutes=2), AT)
    assert is_late(AT - timedelta(minutes=2, seconds=1), AT)


# hazard: H14
def test_the_future_is_refused_and_a_time_without_a_zone_too() -> None:
    check_taken(AT + timedelta(seconds=5), AT)
    with pytest.raises(Refusal, match="clock.future"):
        check_taken(AT + timedelta(seconds=6), AT)
    with pytest.raises(Refusal, match="clock.no_zone"):
        check_taken(datetime(2026, 12, 7, 9, 0), AT)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "1 Nov 2026, 01:30 PDT"),  # the hour that comes twice: the zone tells which
        (datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "1 Nov 2026, 01:30 PST"),
        (datetime(2026, 11, 22, 18, 2, tzinfo=UTC), "22 Nov 2026, 10:02 PST"),
    ],
)
def test_a_time_is_said_with_its_zone(moment: datetime, said: str) -> None:
    assert shown(moment, "America/Los_Angeles") == said
