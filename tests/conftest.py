"""What every test shares: the engine of this run, its databases, servers and browsers, and a time that stands still."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings

from tests.support import engine

pytest_plugins = [
    "tests.support.databases",
    "tests.support.server",
    "tests.support.browser",
    "tests.support.cast",
    "tests.support.keys",
    "tests.support.parsed",
]

# No test is timed: on a machine that does something else beside, Hypothesis would call a right answer too slow.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

NEEDS_DATABASE = {"db", "transactional_db", "django_db_setup", "serve", "live_server_process"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches a database, and leave out (counted as deselected) what belongs to the other engine."""
    kept, left_out = [], []
    for item in items:
        if item.get_closest_marker("django_db") or NEEDS_DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker("db")
        named = item.get_closest_marker("engine")
        (kept if named is None or engine.engine() in named.args else left_out).append(item)
        if item.get_closest_marker("soak") and not config.getoption("-m"):
            left_out.append(kept.pop())
    if left_out:
        items[:] = kept
        config.hook.pytest_deselected(items=left_out)


def pytest_report_header() -> str:
    return f"afterglow: engine {engine.engine()}"


@pytest.fixture
def at() -> datetime:
    """Now, as the tests have it: Monday 7 December 2026, 09:00 UTC."""
    return datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
