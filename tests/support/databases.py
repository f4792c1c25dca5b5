"""Test databases: migrated once per run into a template, then copied (a file copy, or CREATE DATABASE ... TEMPLATE) for each worker and server."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase

from afterglow.ground import appendonly
from afterglow.ground.content.actions import load_library
from afterglow.ground.content.models import LibraryRow
from tests.support import engine

TEMPLATE = "afterglow_template"
# When the library of the tests was loaded; a fixed time, so that keys made from it sort the same in every run.
LOADED_AT = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
Answer = TypeVar("Answer")


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This worker's database: a copy of the migrated template with guards on and the library loaded."""
    own = f"afterglow_{engine.worker()}"
    with django_db_blocker.unblock():
        _make_template()
        copy(TEMPLATE, own)
        connection.settings_dict["NAME"] = engine.database_name(own)
        shelf = list(LibraryRow.objects.all())
        lifted = _lift_guards_around_flush(shelf)
    yield
    TransactionTestCase._fixture_teardown = lifted  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        connections.close_all()


def copy(source: str, target: str) -> None:
    """Make database `target` from the committed content of `source`; an older `target` is replaced."""
    connections.close_all()
    if engine.engine() == "sqlite":
        drop(target)
        with (
            contextlib.closing(sqlite3.connect(engine.database_name(source))) as old,
            contextlib.closing(sqlite3.connect(engine.database_name(target))) as new,
        ):
            old.backup(new)
        return
    drop(target)
    for patience in range(50):
        try:
            _maintain(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
            return
        except psycopg.errors.ObjectInUse:
            # A thread of an earlier test (an event loop's own, say) left its connection open: the test is over, so the connection goes.
            if patience == 49:
                raise
            _maintain("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", source)
            time.sleep(0.1)


def let_go_if_ended() -> None:
    """Forget this place's connection when `copy` ended it.

    Inside a browser's event loop Django keeps a second connection beside the thread's own; `close_all` reaches only the one of the place where
    it is called, and the other is ended by the server.
    """
    if connection.connection is not None and not connection.is_usable():
        connection.close()


def drop(name: str) -> None:
    if engine.engine() == "postgresql":
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        return
    for ending in ("", "-wal", "-shm"):
        (engine.run_folder() / f"{name}.sqlite3{ending}").unlink(missing_ok=True)


def ask(name: str, question: Callable[[], Answer]) -> Answer:
    """The answer of `question`, asked in a thread of its own whose connection is to database `name`.

    A thread, because a browser test's own thread runs an event loop in which Django refuses to touch a database.
    """
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def answer() -> None:
        wrapper = connections["default"]
        wrapper.settings_dict = {**wrapper.settings_dict, "NAME": engine.database_name(name)}
        try:
            answers.append(question())
        except BaseException as failure:
            failures.append(failure)
        finally:
            wrapper.close()

    thread = threading.Thread(target=answer, name=f"ask-{name}")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return answers[0]


def _make_template() -> None:
    """Migrate, guard and fill the template; the first worker does it, the others wait for it."""
    folder = engine.run_folder()
    ready = folder / f"{TEMPLATE}.ready"
    with (folder / f"{TEMPLATE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.exists():
            return
        drop(TEMPLATE)
        if engine.engine() == "postgresql":
            _maintain(f'CREATE DATABASE "{TEMPLATE}"')
        connections.close_all()
        connection.settings_dict["NAME"] = engine.database_name(TEMPLATE)
        call_command("migrate", verbosity=0, interactive=False)
        appendonly.install(connection)
        load_library(LOADED_AT)
        connections.close_all()
        ready.touch()


def _lift_guards_around_flush(shelf: list[LibraryRow]) -> Callable[[TransactionTestCase], None]:
    """A transactional test ends with a flush, which the guards would refuse: lift them around it, and put the library back after it."""
    flush = TransactionTestCase._fixture_teardown

    @wraps(flush)
    def flush_unguarded(case: TransactionTestCase) -> None:
        let_go_if_ended()
        appendonly.remove(connection)
        try:
            flush(case)
        finally:
            appendonly.install(connection)
        LibraryRow.objects.bulk_create(shelf)

    TransactionTestCase._fixture_teardown = flush_unguarded  # type: ignore[method-assign]
    return flush


def _maintain(statement: str, *values: str) -> None:
    with psycopg.connect(engine.postgres_url(), autocommit=True) as maintenance:
        maintenance.execute(statement, values or None)  # type: ignore[arg-type]  # names are ours, never input
