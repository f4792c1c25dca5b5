"""The fixed cast, and Dan at two places of his way: checked in with nothing answered, and ready with nothing open."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support import session as steps
from tests.support.cast import Cast, cast
from tests.support.session import OnTheWay

__all__ = ["cast"]


@pytest.fixture
def way(cast: Cast, at: datetime) -> OnTheWay:
    """Checked in; the gate is open everywhere."""
    return steps.checked_in(cast, at)


@pytest.fixture
def ready(cast: Cast, at: datetime) -> OnTheWay:
    """Everything met; only Start is left."""
    return steps.ready(cast, at)
