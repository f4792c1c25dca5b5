"""Dan, three hours after his dose began, at home by the list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.support.course import gone_home, one_world
from tests.support.session import OnTheWay


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[OnTheWay]:
    with django_db_blocker.unblock(), one_world(timezone.now().replace(microsecond=0) - timedelta(hours=3)) as way:
        yield way


@pytest.fixture
def running(world: OnTheWay, db: None) -> OnTheWay:
    """The dose runs."""
    return world


@pytest.fixture
def home(running: OnTheWay) -> OnTheWay:
    """He went home with everything met."""
    gone_home(running)
    return running
