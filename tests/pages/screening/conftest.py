"""The fixed cast, and pages that see the time of the test."""

from datetime import datetime

import pytest
from django.utils import timezone

from tests.support.cast import cast

__all__ = ["cast"]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The one wall clock of a request stands at the test's own time."""
    monkeypatch.setattr(timezone, "now", lambda: at)
