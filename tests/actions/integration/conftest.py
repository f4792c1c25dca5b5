"""Dan after his first dose: made once for each file and put back after every test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.integration import after_the_dose
from tests.support.session import OnTheWay


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[OnTheWay]:
    with django_db_blocker.unblock(), after_the_dose() as way:
        yield way


@pytest.fixture
def way(world: OnTheWay, db: None) -> OnTheWay:
    return world
