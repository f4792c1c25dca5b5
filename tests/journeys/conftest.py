"""A clinic whose clock stands at nine on a working day, and walkers who sign in to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.cast import ZONE

TUESDAY = 1


@pytest.fixture
def at() -> datetime:
    """Nine in the morning at the site on the Tuesday after this day: the server's clock is shifted there and runs on from it."""
    local = datetime.now(UTC).astimezone(ZoneInfo(ZONE))
    day = local.date() + timedelta(days=1)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
