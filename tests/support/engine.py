"""Which database engine this run of the tests uses, and where: one folder and one address per worker.

AFTERGLOW_TEST_ENGINE is `sqlite` (unless told) or `postgresql`.  The first process of a run makes the run's folder and, for PostgreSQL, starts
one cluster; pytest's workers inherit both through the environment.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Literal

from tools import postgres

Engine = Literal["sqlite", "postgresql"]


def engine() -> Engine:
    """The engine of this run; an unknown name is an error, not a default."""
    named = os.environ.get("AFTERGLOW_TEST_ENGINE", "sqlite")
    if named not in ("sqlite", "postgresql"):
        raise ValueError(f"AFTERGLOW_TEST_ENGINE is {named!r}: it must be sqlite or postgresql.")
    return named  # type: ignore[return-value]


def worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def run_folder() -> Path:
    """The folder all workers of this run share; its maker removes it at the end."""
    if "AFTERGLOW_TEST_RUN" not in os.environ:
        folder = tempfile.mkdtemp(prefix="afterglow-tests-")
        os.environ["AFTERGLOW_TEST_RUN"] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(os.environ["AFTERGLOW_TEST_RUN"])


def postgres_url() -> str:
    """The maintenance address of this run's PostgreSQL, started on first asking."""
    if "AFTERGLOW_TEST_POSTGRES" not in os.environ:
        cluster = postgres.start(durable=os.environ.get("AFTERGLOW_TEST_DURABLE") == "1")
        os.environ["AFTERGLOW_TEST_POSTGRES"] = cluster.url
        atexit.register(cluster.stop)
    return os.environ["AFTERGLOW_TEST_POSTGRES"]


def database_url(name: str) -> str:
    """The address of the database called `name` (a-z, 0-9, _) of this run."""
    if engine() == "sqlite":
        return f"sqlite:///{run_folder() / name}.sqlite3"
    return f"{postgres_url().rpartition('/')[0]}/{name}"


def database_name(name: str) -> str:
    """The same database, as Django's NAME."""
    return str(run_folder() / f"{name}.sqlite3") if engine() == "sqlite" else name
