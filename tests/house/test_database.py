"""The engine as it really runs: settings read from a live connection, and the tests' own lifting of the guards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler
from django.utils.connection import ConnectionProxy

from afterglow.ground import appendonly
from afterglow.ground.audit.models import AuditSeal
from afterglow.ground.content.models import LibraryRow
from tools import postgres


def shown(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}" if connection.vendor == "sqlite" else f"SHOW {name}")
        return cursor.fetchone()[0]


# req: R42
@pytest.mark.django_db
@pytest.mark.engine("sqlite")
def test_sqlite_syncs_every_commit() -> None:
    assert connection.settings_dict["NAME"].endswith(".sqlite3"), "tests run on a file, as a clinic does"
    assert (shown("journal_mode"), shown("synchronous"), shown("foreign_keys")) == ("wal", 2, 1)
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert shown("busy_timeout") >= 20_000


# req: R42
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.engine("postgresql")
def test_postgresql_syncs_every_commit() -> None:
    """On a durable cluster, through our own connection settings: nothing of ours turns PostgreSQL's own safety off."""
    with postgres.running(durable=True) as cluster:
        own = {**connection.settings_dict, "PORT": str(cluster.port), "PASSWORD": cluster.password, "NAME": "postgres", "USER": postgres.ROLE}
        handler = ConnectionHandler({"default": own})
        there = ConnectionProxy(handler, "default")
        with there.cursor() as cursor:
            found = {}
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                cursor.execute(f"SHOW {name}")
                found[name] = cursor.fetchone()[0]
        handler.close_all()
    assert found == {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@pytest.mark.django_db
def test_no_page_takes_a_transaction_for_itself() -> None:
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS", False)
    assert not connection.settings_dict["ATOMIC_REQUESTS"]


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_nothing_behind(turn: str) -> None:
    """Each turn finds the table empty, the guards on and the library there, though the one before committed a guarded row."""
    assert AuditSeal.objects.count() == 0
    assert appendonly.missing(connection) == []
    assert LibraryRow.objects.exists()
    AuditSeal.objects.create(first_row=1, last_row=2, rows=2, sha256="0" * 64, sealed_at=datetime(2026, 12, 7, tzinfo=UTC))
