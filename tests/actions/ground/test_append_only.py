"""Append-only tables: the database itself refuses, whoever asks."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from afterglow.ground import appendonly
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.audit.models import AuditRow

pytestmark = pytest.mark.django_db
CLINIC = UUID(int=7)


@pytest.fixture
def row(at: datetime) -> AuditRow:
    trail.record("test.happened", by=Actor.job("test", CLINIC), at=at, new={"word": "first"})
    return AuditRow.objects.get(event="test.happened")


# req: R16 R12
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ground_audit_auditrow SET reason = 'changed'",
        "DELETE FROM ground_audit_auditrow",
    ],
)
def test_the_audit_trail_cannot_be_changed_by_sql(row: AuditRow, change: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditRow.objects.get(id=row.id).reason == ""


@pytest.mark.engine("sqlite")
def test_sqlite_refuses_to_replace_a_row(row: AuditRow) -> None:
    columns = ", ".join(f'"{field.column}"' for field in AuditRow._meta.fields)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO ground_audit_auditrow ({columns}) SELECT {columns} FROM ground_audit_auditrow")  # noqa: S608


@pytest.mark.engine("postgresql")
def test_postgresql_refuses_to_truncate(row: AuditRow) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE ground_audit_auditrow CASCADE")


def test_a_missing_guard_is_named_and_put_on_again() -> None:
    assert appendonly.missing(connection) == []
    appendonly.remove(connection)
    assert any(name.startswith("ground_audit_auditrow") for name in appendonly.missing(connection))
    appendonly.install(connection)
    appendonly.install(connection)
    assert appendonly.missing(connection) == []
