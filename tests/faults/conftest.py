"""Faults happen to a running server, whose clock is the real one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


@pytest.fixture
def at() -> datetime:
    return datetime.now(UTC)
