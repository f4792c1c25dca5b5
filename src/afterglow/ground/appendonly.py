"""Append-only tables: the database itself refuses to change or remove their rows.

A model that says `append_only = True` gets triggers.  They are put on again after every migration, because SQLite drops a table's triggers
whenever it rebuilds the table.  SQLite also needs a guard on insert: `INSERT OR REPLACE` would overwrite a row without firing the others.
"""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

_PG_FUNCTION = """
CREATE OR REPLACE FUNCTION afterglow_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only table: %% of % refused', TG_OP, TG_TABLE_NAME; END $$
""".replace("%%", "%")


def append_only_models() -> list[type[Model]]:
    return sorted((model for model in apps.get_models() if getattr(model, "append_only", False)), key=lambda model: model._meta.db_table)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put every guard on; running it again changes nothing."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_PG_FUNCTION)
        for model in append_only_models():
            for statement in _statements(connection, model):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Lift the guards: only for the flush of a transactional test and for building a bench file."""
    with connection.cursor() as cursor:
        for model in append_only_models():
            table = model._meta.db_table
            for name in _trigger_names(connection, table):
                if connection.vendor == "postgresql":
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table}"')
                else:
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Guards that should be there and are not, as `table: trigger`; empty is good."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {row[0] for row in cursor.fetchall()}
    return [
        f"{model._meta.db_table}: {name}"
        for model in append_only_models()
        for name in _trigger_names(connection, model._meta.db_table)
        if name not in there
    ]


def _trigger_names(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    kinds = ("row", "truncate") if connection.vendor == "postgresql" else ("update", "delete", "replace")
    return [f"{table[:48]}_{kind}_guard" for kind in kinds]


def _statements(connection: BaseDatabaseWrapper, model: type[Model]) -> list[str]:
    table, key = model._meta.db_table, model._meta.pk.column
    names = _trigger_names(connection, table)
    if connection.vendor == "postgresql":
        row, truncate = names
        return [
            f'CREATE OR REPLACE TRIGGER "{row}" BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION afterglow_append_only()',
            f'CREATE OR REPLACE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION afterglow_append_only()',
        ]
    update, delete, replace = names
    refuse = f"SELECT RAISE(ABORT, 'append-only table: {table}')"
    return [
        f'CREATE TRIGGER IF NOT EXISTS "{update}" BEFORE UPDATE ON "{table}" BEGIN {refuse}; END',
        f'CREATE TRIGGER IF NOT EXISTS "{delete}" BEFORE DELETE ON "{table}" BEGIN {refuse}; END',
        f'CREATE TRIGGER IF NOT EXISTS "{replace}" BEFORE INSERT ON "{table}" '
        f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE "{key}" = NEW."{key}") BEGIN {refuse}; END',
    ]
