"""The fixed cast at their real moment: a page takes its time from the clock of the server, so the cast is built at the clock's."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from tests.support import session as steps
from tests.support.cast import Cast, cast
from tests.support.session import OnTheWay

__all__ = ["cast"]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """9 in the morning at the site, whatever the clock of the machine says: requests of the test come at this moment."""
    moment = datetime.fromisoformat("2026-12-07T17:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


@pytest.fixture
def way(cast: Cast, at: datetime) -> OnTheWay:
    return steps.checked_in(cast, at)


@pytest.fixture
def ready(cast: Cast, at: datetime) -> OnTheWay:
    return steps.ready(cast, at)
