"""Dan, who went home after his first dose: made once for each file and put back after every test; and a time that lies before the pages' own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.doors import clock
from tests.support.course import AT, gone_home, one_world
from tests.support.session import OnTheWay


@pytest.fixture
def at() -> datetime:
    """Five days before the pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC) - timedelta(days=5)


@pytest.fixture(scope="module")
def home(django_db_setup: None, django_db_blocker: Any) -> Iterator[OnTheWay]:
    with django_db_blocker.unblock(), one_world(AT) as way:
        gone_home(way)
        yield way


@pytest.fixture
def way(home: OnTheWay, db: None) -> OnTheWay:
    return home
