"""A clinic of the first version is brought to this one: every row is still there with what it said, and the guards are on.

The demo clinic is played by the simulator, put as it is into tables of the first version, and migrated to the newest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from afterglow.ground import appendonly
from afterglow.ground.keys.fields import EncryptedTextField
from afterglow.simulator import house, play
from tests.support import databases, engine

pytestmark = pytest.mark.slow
AT = datetime(2026, 12, 7, 17, 30, tzinfo=UTC)
OLD = f"afterglow_first_version_{engine.worker()}"  # workers share one cluster
Rows = dict[Any, dict[str, Any]]
Node = tuple[str, str]


def ours() -> set[str]:
    return {config.label for config in apps.get_app_configs() if config.name.startswith("afterglow.")}


def first_version(loader: MigrationLoader) -> list[Node]:
    """The first migration of every app, without the apps that came later: those whose first one needs another's second."""
    firsts = [node for node in loader.graph.root_nodes() if node[0] in ours()] + [
        node for node in loader.graph.nodes if node[0] in ours() and node[1].startswith("0001_")
    ]
    return sorted({node for node in firsts if all(each[1].startswith("0001_") or each[0] not in ours() for each in loader.graph.forwards_plan(node))})


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def rows_of(model: type[models.Model], names: list[str]) -> Rows:
    """Each row by its key, with these columns, as the model reads them; what is encrypted is opened."""
    found: Rows = {row["pk"]: row for row in model._base_manager.values("pk", *names)}
    opened = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField) and field.attname in names]
    for each in model._base_manager.only("pk", *opened) if opened else ():
        found[each.pk].update({name: getattr(each, name) for name in opened})
    return found


def lost(before: Rows, after: Rows) -> list[str]:
    """What an upgrade took away or changed."""
    gone = [f"{key} is gone" for key in before if key not in after]
    return gone + [
        f"{key}: {name} was {value!r}, is {after[key][name]!r}"
        for key, row in before.items()
        if key in after
        for name, value in row.items()
        if name in after[key] and after[key][name] != value
    ]


@contextmanager
def a_database_of_its_own() -> Iterator[Callable[[Callable[[], Any]], Any]]:
    databases.drop(OLD)
    if engine.engine() == "postgresql":
        databases._maintain(f'CREATE DATABASE "{OLD}"')
    try:
        yield lambda question: databases.ask(OLD, question)
    finally:
        databases.drop(OLD)


def demo_rows() -> dict[str, Rows]:
    """All rows of the played demo clinic, by model; nothing of it stays in the test database."""
    zone, state = house.zone_of_day(AT)
    with transaction.atomic():
        play.build(7, AT, zone=zone, state=state)
        found = {
            model._meta.label_lower: rows_of(model, columns(model))
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in ours()
        }
        transaction.set_rollback(True)
    return found


def build_first_version(held: dict[str, Rows]) -> dict[str, Rows]:
    """Tables of the first version with these rows in them and the guards on; what was written, by model."""
    executor = MigrationExecutor(connection)
    targets = first_version(executor.loader)
    executor.migrate(targets)
    old = executor.loader.project_state(targets).apps
    written: dict[str, Rows] = {}
    with transaction.atomic():
        for model in old.get_models(include_auto_created=True):
            if model._meta.app_label in ours():
                written[model._meta.label_lower] = _fill(model, held.get(model._meta.label_lower, {}))
    install_old_guards(old)
    return written


def _fill(model: type[models.Model], held: Rows) -> Rows:
    names = columns(model)
    made = [model(**{name: row[name] for name in names if name in row}) for row in held.values()]
    model._base_manager.bulk_create(made, batch_size=200)
    return rows_of(model, names)


def install_old_guards(old: Apps) -> None:
    """The guards of the tables that the first version had."""
    tables = {model._meta.db_table for model in old.get_models()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(appendonly._PG_FUNCTION)
        for model in appendonly.append_only_models():
            if model._meta.db_table in tables:
                for statement in appendonly._statements(connection, model):
                    cursor.execute(statement)


def upgrade() -> None:
    """What `afterglow migrate` does to the tables."""
    call_command("migrate", verbosity=0, interactive=False)
    appendonly.install(connection)


# req: C28
@pytest.mark.django_db
def test_every_row_of_the_first_version_is_kept_and_guarded(django_db_blocker: Any) -> None:
    held = demo_rows()
    with a_database_of_its_own() as there:
        written = there(lambda: build_first_version(held))
        filled = {label for label, rows in written.items() if rows}
        assert {"records_chart.person", "pathway_session.entry", "records_cabinet.movement", "ground_audit.auditrow"} <= filled
        assert sum(len(rows) for rows in written.values()) > 1000 and len(filled) > len(written) / 2
        there(upgrade)
        after = there(lambda: {label: rows_of(apps.get_model(label), kept_columns(label, rows)) for label, rows in written.items() if rows})
        faults = {label: found[:3] for label, rows in written.items() if rows and (found := lost(rows, after[label]))}
        assert faults == {}
        assert there(lambda: appendonly.missing(connection)) == []
        assert there(refuses_a_change) is True
        assert there(broken_keys) == []


def kept_columns(label: str, rows: Rows) -> list[str]:
    """The columns that both versions have."""
    row = next(iter(rows.values()))
    return [name for name in columns(apps.get_model(label)) if name in row]


def refuses_a_change() -> bool:
    """Whether the upgraded trail still refuses to be altered."""
    trail = apps.get_model("ground_audit", "AuditRow")
    try:
        with transaction.atomic():
            trail.objects.update(actor_name="Somebody else")
    except DatabaseError:
        return True
    return False


def broken_keys() -> list[Any]:
    """Rows that name something that is not there; PostgreSQL checks at every commit."""
    if connection.vendor == "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_key_check")
        return list(cursor.fetchall())


def test_a_lost_or_changed_row_is_seen() -> None:
    before: Rows = {1: {"pk": 1, "name": "Dan", "old": 1}, 2: {"pk": 2, "name": "Eve", "old": 1}}
    assert lost(before, {1: {"pk": 1, "name": "Dan"}, 2: {"pk": 2, "name": "Eve"}}) == []
    assert lost(before, {1: {"pk": 1, "name": "Dan"}}) == ["2 is gone"]
    assert lost(before, {1: {"pk": 1, "name": "D"}, 2: {"pk": 2, "name": "Eve"}}) == ["1: name was 'Dan', is 'D'"]
