"""Dan, whose dose began half an hour ago by the wall clock that pages ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.support.course import one_world
from tests.support.session import OnTheWay


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[OnTheWay]:
    with django_db_blocker.unblock(), one_world(timezone.now().replace(microsecond=0) - timedelta(minutes=30)) as way:
        yield way


@pytest.fixture
def way(world: OnTheWay, db: None) -> OnTheWay:
    return world
