"""The bench's load into PostgreSQL: every value as SQLite held it, guards and indexes back, numbers that go on."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, models

from afterglow.ground.accounts.models import Clinic, Site
from afterglow.ground.audit.models import AuditRow
from tests.support import databases, engine
from tools import bench_postgres

pytestmark = [pytest.mark.django_db, pytest.mark.engine("postgresql")]
AT = datetime(2026, 12, 7, 18, 0, 5, 123456, tzinfo=UTC)
CLINIC, SITE = UUID("019361a4-0000-7000-8000-00000000000a"), UUID("019361a4-0000-7000-8000-00000000000b")
NASTY = 'a \\ b \\N \\. \t tab \n line \r return "quoted" é 漢 😀'
SHORT = ("actor_kind", "actor_id", "actor_name", "request_id", "library")
NAME = "bench_loaded"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Our tables as a SQLite file holds them, with a few rows."""
    path = tmp_path / "source.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as held, held:
        for model in apps.get_models(include_auto_created=True):
            columns = ", ".join(f'"{field.column}"' for field in model._meta.local_concrete_fields)
            held.execute(f'CREATE TABLE "{model._meta.db_table}" ({columns})')
        put(held, Clinic, id=CLINIC.hex, name=NASTY, is_demo=1, created_at="2026-12-07 18:00:05.123456")
        put(
            held,
            Site,
            id=SITE.hex,
            clinic_id=CLINIC.hex,
            name="\\N",
            zone="UTC",
            state="CA",
            address="",
            phone="",
            open_days="12345",
            opens="08:30:00",
            closes="17:00:00",
        )
        for number in (7, 3):
            own = {"id": number, "event": "bench.row", "at": "2026-12-07 18:00:00", "clinic_id": CLINIC.hex, "person_id": None}
            put(held, AuditRow, **own, **dict.fromkeys(("objects_text", "old_text", "new_text", "reason"), NASTY), **dict.fromkeys(SHORT, "-"))
    return path


def put(held: sqlite3.Connection, model: type[models.Model], **values: object) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    held.execute(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join("?" * len(values))})', list(values.values()))  # noqa: S608


@pytest.fixture
def target() -> Iterator[psycopg.Connection[object]]:
    databases.copy(databases.TEMPLATE, NAME)
    with psycopg.connect(engine.database_url(NAME), autocommit=True) as connection:
        yield connection
    databases.drop(NAME)


def indexes(target: psycopg.Connection[object]) -> list[object]:
    return target.execute("SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname").fetchall()


def test_every_value_arrives_as_it_was(source: Path, target: psycopg.Connection[object]) -> None:
    before, told = indexes(target), []
    rows = bench_postgres.load(source, target, lambda *said: told.append(said))
    assert {table: count for table, count in rows.items() if count} == {
        "ground_accounts_clinic": 1,
        "ground_accounts_site": 1,
        "ground_audit_auditrow": 2,
    }
    assert told[-1] == ("loading PostgreSQL", len(rows), len(rows))
    assert indexes(target) == before
    clinic = databases.ask(NAME, lambda: Clinic.objects.get())
    assert (clinic.id, clinic.name, clinic.is_demo, clinic.created_at) == (CLINIC, NASTY, True, AT)
    site = databases.ask(NAME, lambda: Site.objects.get())
    assert (site.clinic_id, site.name, site.address, site.opens) == (CLINIC, "\\N", "", time(8, 30))
    audit = databases.ask(NAME, lambda: list(AuditRow.objects.order_by("id")))
    assert [(row.id, row.person_id, row.old_text) for row in audit] == [(3, None, NASTY), (7, None, NASTY)]


def test_guards_hold_and_numbers_go_on_after_it(source: Path, target: psycopg.Connection[object]) -> None:
    bench_postgres.load(source, target, lambda *said: None)
    with pytest.raises(DatabaseError):
        databases.ask(NAME, lambda: AuditRow.objects.filter(id=7).update(reason="another"))
    added = databases.ask(NAME, lambda: AuditRow.objects.create(event="bench.next", at=AT, clinic_id=CLINIC).id)
    assert added == 8


def test_a_kind_of_column_that_is_not_known_ends_the_load(source: Path, target: psycopg.Connection[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_postgres, "SAME", bench_postgres.SAME - {"TimeField"})
    with pytest.raises(RuntimeError, match="opens is a TimeField"):
        bench_postgres.load(source, target, lambda *said: None)
    assert target.execute("SELECT count(*) FROM ground_content_libraryrow").fetchone() != (0,)  # nothing was taken away
