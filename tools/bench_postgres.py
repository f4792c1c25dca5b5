"""The bench's clinic in PostgreSQL: what stands in the SQLite file, row by row, in tables that `migrate` made.

SQLite itself writes each row as a line of COPY's text form, and PostgreSQL reads every column by its type; only the kinds of columns listed here
are known to mean the same in both.  Guards and foreign keys rest while the rows come in; the counts are compared, and the planner's statistics gathered.
"""

# ruff: noqa: S608  (every name in a statement comes from our own models or from the catalogue)
from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import models

SAME = {
    "AutoField",
    "BigAutoField",
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "DateField",
    "DateTimeField",
    "ForeignKey",
    "IntegerField",
    "OneToOneField",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SmallIntegerField",
    "TextField",
    "TimeField",
    "UUIDField",
}
"""Kinds whose text in SQLite (0 and 1, hexadecimal digits, a time in UTC) PostgreSQL reads as the same value.  Decimals and fractions are not
among them: their text in SQLite need not be the number."""
AT_ONCE = 2000
"""Rows handed over together."""
SETTINGS = ("max_wal_size='16GB'", "checkpoint_timeout='30min'")
"""For loading alone: a log that is not cut short.  What is measured runs with PostgreSQL's own values."""
Progress = Callable[[str, int, int], None]


def load(source: Path, target: psycopg.Connection[object], progress: Progress) -> dict[str, int]:
    """Every row of every table of ours from the SQLite file `source`; what stood in them before is gone.  Returns table -> rows.

    `target` is in autocommit, on a migrated database, as its superuser.  Raises RuntimeError for a kind of column that is not known, and when
    a table does not hold as many rows afterwards.
    """
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    target.execute("SET timezone = 'UTC'")
    _for_loading(target, on=True)
    indexes = _indexes(target)
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as held, target.transaction():
        target.execute("SET LOCAL session_replication_role = replica")
        target.execute("SET LOCAL maintenance_work_mem = '512MB'")
        target.execute(f"TRUNCATE {', '.join(_quoted(table) for table in tables)}")
        for name in indexes:
            target.execute(f"DROP INDEX {_quoted(name)}")
        rows = {}
        for done, (table, model) in enumerate(tables.items(), start=1):
            rows[table] = _copy(held, target, model)
            progress("loading PostgreSQL", done, len(tables))
        for definition in indexes.values():
            target.execute(definition)
        _count_on(target, tables.values())
    _check(target, rows)
    target.execute("VACUUM (ANALYZE)")
    _for_loading(target, on=False)
    target.execute("CHECKPOINT")
    return rows


def _copy(held: sqlite3.Connection, target: psycopg.Connection[object], model: type[models.Model]) -> int:
    columns = list(_columns(model))
    table = _quoted(model._meta.db_table)
    line = " || char(9) || ".join(_as_text(column) for column in columns)
    count = 0
    with target.cursor().copy(f"COPY {table} ({', '.join(_quoted(column) for column in columns)}) FROM STDIN (FREEZE)") as copy:
        found = held.execute(f"SELECT {line} FROM {table}")
        while lines := found.fetchmany(AT_ONCE):
            copy.write("".join(f"{text}\n" for (text,) in lines))
            count += len(lines)
    return count


def _columns(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.local_concrete_fields:
        if field.get_internal_type() not in SAME:
            raise RuntimeError(f"{field} is a {field.get_internal_type()}, which this load does not know")
        assert field.column is not None
        yield field.column


def _as_text(column: str) -> str:
    r"""A column in COPY's text form: a backslash, a tab and a line's end are escaped, and nothing is \N."""
    text = _quoted(column)
    for written, meant in (("\\\\", "'\\'"), ("\\t", "char(9)"), ("\\n", "char(10)"), ("\\r", "char(13)")):
        text = f"replace({text}, {meant}, '{written}')"
    return f"coalesce({text}, '\\N')"


def _indexes(target: psycopg.Connection[object]) -> dict[str, str]:
    """Name -> definition of what a constraint does not need: made again after the rows have come, in a fraction of the time."""
    return dict(
        target.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = format('%I.%I', schemaname, indexname)::regclass)"
        ).fetchall()  # type: ignore[arg-type]
    )


def _count_on(target: psycopg.Connection[object], tables: Iterable[type[models.Model]]) -> None:
    """Numbers that the database gives go on above the highest one that came."""
    for model in tables:
        column, table = model._meta.pk.column, model._meta.db_table
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
            highest = f"(SELECT max({_quoted(column)}) FROM {_quoted(table)})"
            target.execute(f"SELECT setval(pg_get_serial_sequence('{_quoted(table)}', '{column}'), greatest(coalesce({highest}, 1), 1))")


def _check(target: psycopg.Connection[object], rows: dict[str, int]) -> None:
    for table, count in rows.items():
        found = target.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()
        if found != (count,):
            raise RuntimeError(f"{table}: {count} rows were sent, {found} are there")


def _for_loading(target: psycopg.Connection[object], *, on: bool) -> None:
    for setting in SETTINGS:
        target.execute(f"ALTER SYSTEM SET {setting}" if on else f"ALTER SYSTEM RESET {setting.partition('=')[0]}")
    target.execute("SELECT pg_reload_conf()")


def plain_inserts(target: psycopg.Connection[object], seconds: float) -> float:
    """Rows a second that bare PostgreSQL commits one by one for one connection, in a table with one key: the floor under every durable reading."""
    target.execute("CREATE TABLE bench_plain (id text PRIMARY KEY, text text)")
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        target.execute("INSERT INTO bench_plain VALUES (%s, %s)", (f"{done:032x}", "x" * 480))
        done += 1
    target.execute("DROP TABLE bench_plain")
    return done / spent


def _quoted(name: str) -> str:
    return f'"{name}"'
