"""What every test shares: the engine of this run, its databases, servers and browsers, and a time that stands still."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings

from afterglow.conf.memory import ROUNDS
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

AROUND = pytest.StashKey[dict[str, str]]()
# The collector's rounds, as the product itself keeps them: thousands of tests and the library they read are garbage to nobody.
gc.set_threshold(*ROUNDS)

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


def pytest_collection_finish() -> None:
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    item.stash[AROUND] = _settings_around()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """No test leaves the settings of the process changed: a server that a later test starts would read other keys than its test."""
    yield
    assert _settings_around() == item.stash[AROUND], "this test changed the environment of the tests after it"


def _settings_around() -> dict[str, str]:
    ours = ("AFTERGLOW_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if name.startswith(ours) and not name.startswith("AFTERGLOW_TEST_")}


def pytest_report_header() -> str:
    return f"afterglow: engine {engine.engine()}"


@pytest.fixture
def at() -> datetime:
    """Now, as the tests have it: Monday 7 December 2026, 09:00 UTC."""
    return datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
