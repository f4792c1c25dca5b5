"""Multiply simulated people inside SQLite: each copy is the same course at an earlier time, under ids, names and record numbers of its own.

Which rows belong to a person is read from the models (`Classed.personal`), so a new table is copied without a word here.  What is copied by rule:

- keys and references to copied rows end in the copy's number, and say that they are copies; where they stand as text (`session_id`, `source_id`) they change with them;
- every time moves back by whole days, so that today holds what the simulated clinic holds and the past fills up;
- the trail's rows get numbers below the first one, so that the seal, which goes upward, never meets them;
- lots come with their movements, so that each ledger stays whole;
- encrypted text is sealed again, because it is bound to its row.

Hashes stay as they were: a copied chain does not verify, and nothing that is measured reads it.  Only a bench file is ever treated like this.
"""

# ruff: noqa: S608  (every name in a statement comes from our own models)
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from afterglow.ground import appendonly
from afterglow.ground.keys import keyring
from afterglow.ground.keys.fields import EncryptedTextField

Progress = Callable[[int, int], None]
AT_ONCE = 64
"""Copies in one transaction: one for all of them would leave a log of a gigabyte."""
MOST = 16**6 - 1
"""A copy's number is the last six hexadecimal digits of its keys."""
COPIED = "9"
"""Stands in a copy's keys where ours have an 8 (the variant of RFC 9562, and a counter that never gets so far): no copy takes the key of a row that is there."""
TEXT_KEYS = {"session_id", "purpose_id", "source_id", "subject"}
WIDEST_GAP = 10_000_000
"""Between the numbers of two copies, in tables that count: wider than any simulated clinic."""
SYLLABLES = ("ba", "ce", "do", "fi", "ga", "ho", "ki", "lu", "mo", "ne", "pa", "ro", "sa", "te", "vu", "wi")
PERSON, LOT, MOVEMENT = "records_chart.Person", "records_cabinet.Lot", "records_cabinet.Movement"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which rows of one table are copied (`where`), and what each column of a copy is (`columns`: column -> SQL over `b` and `n`)."""

    model: type[models.Model]
    where: str
    columns: dict[str, str]

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def held(self) -> str:
        """The temporary table with the rows to copy."""
        return f"base_{self.table}"


def clone(
    connection: BaseDatabaseWrapper,
    people: Sequence[UUID],
    copies: int,
    *,
    days_apart: int,
    thin: dict[str, str] | None = None,
    progress: Progress = lambda done, all_: None,
) -> dict[str, int]:
    """Add `copies` copies of these people; returns table -> rows added.  Raises ValueError beyond MOST copies or on another engine.

    `thin`: table -> a further condition on the rows that are copied, for tables that would only weigh.
    """
    if connection.vendor != "sqlite" or not 0 < copies <= MOST:
        raise ValueError("copies are made in SQLite, one to sixteen million of them")
    appendonly.remove(connection)
    added: dict[str, int] = {}
    with connection.cursor() as cursor:
        _number_the_copies(cursor, copies, days_apart)
        cursor.execute("CREATE TEMP TABLE bench_person (id text PRIMARY KEY)")
        cursor.executemany("INSERT INTO bench_person VALUES (%s)", [(person.hex,) for person in people])
        plans = list(plans_of_tables())
        for plan in plans:
            more = (thin or {}).get(plan.table)
            where = f"({plan.where}) AND ({more})" if more else plan.where
            cursor.execute(f'CREATE TEMP TABLE "{plan.held}" AS SELECT * FROM "{plan.table}" WHERE {where}')
        work = [(plan, first) for first in range(1, copies + 1, AT_ONCE) for plan in plans]
        for done, (plan, first) in enumerate(work):
            cursor.execute(_insert(plan), (first, min(first + AT_ONCE - 1, copies)))
            added[plan.table] = added.get(plan.table, 0) + cursor.rowcount
            progress(done + 1, len(work))
        for plan in plans:
            _seal_again(cursor, plan)
        _count_on(cursor)
        for plan in plans:
            cursor.execute(f'DROP TABLE temp."{plan.held}"')
        cursor.execute("DROP TABLE temp.bench_person")
        cursor.execute("DROP TABLE temp.bench_copy")
    appendonly.install(connection)
    return {table: rows for table, rows in added.items() if rows}


def plans_of_tables() -> Iterator[Plan]:
    """Every table with rows about a person, and the lots that these people's drug came from."""
    copied = {model: where for model in apps.get_models() if (where := _belongs(model))}
    for model, where in copied.items():
        yield Plan(model, where, {field.column: _column(model, field, copied) for field in model._meta.concrete_fields})


def _belongs(model: type[models.Model]) -> str:
    """The condition for a row to belong to the people copied; "" for a table that is nobody's."""
    label = model._meta.label
    if label == PERSON:
        return "id IN (SELECT id FROM temp.bench_person)"
    movements = apps.get_model(MOVEMENT)._meta.db_table
    if label == LOT:
        return f'id IN (SELECT lot_id FROM "{movements}" WHERE person_id IN (SELECT id FROM temp.bench_person))'
    personal = getattr(getattr(model, "Classed", None), "personal", None)
    if personal in (None, "staff"):
        return ""
    columns = {field.column for field in model._meta.concrete_fields}
    if "person_id" in columns:
        mine = "person_id IN (SELECT id FROM temp.bench_person)"
        if label == MOVEMENT:  # what came into the lot belongs to nobody, and without it the ledger would fall below nothing
            lots = f'SELECT lot_id FROM "{movements}" WHERE person_id IN (SELECT id FROM temp.bench_person)'
            return f"{mine} OR (person_id IS NULL AND lot_id IN ({lots}))"
        return mine
    if personal == "clinic":
        return ""
    field = model._meta.get_field(personal.partition("__")[0])
    above = field.related_model
    return f'{field.column} IN (SELECT {above._meta.pk.column} FROM "{above._meta.db_table}" WHERE {_belongs(above)})'


def _column(model: type[models.Model], field: models.Field, copied: dict[type[models.Model], str]) -> str:
    own = f'b."{field.column}"'
    if special := _SPECIAL.get((model._meta.label, field.name)):
        return special.format(own=own)
    target = field.related_model if field.is_relation else None
    if target in copied or (target is None and field.primary_key) or field.column == "person_id":
        counts = isinstance(field.target_field if target else field, models.IntegerField)
        return f"{own} - n.c * {WIDEST_GAP}" if counts else f"substr({own}, 1, 16) || '{COPIED}' || substr({own}, 18, 9) || n.hex"
    if target is not None:
        return own
    if isinstance(field, models.DateTimeField):
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%S', {own}, n.days) || substr({own}, 20)"
    if field.name in TEXT_KEYS:
        return f"CASE WHEN length({own}) = 36 THEN substr({own}, 1, 19) || '{COPIED}' || substr({own}, 21, 10) || n.hex ELSE {own} END"
    if field.unique:
        return f"substr({own}, 1, {field.max_length - 6}) || n.hex"
    return own


_SPECIAL = {
    (PERSON, "record_no"): "CAST(CAST({own} AS integer) + n.c * 1000 AS text)",
    (PERSON, "family_name"): "{own} || '-' || n.name",
    (PERSON, "search_name"): "substr({own}, 1, instr({own}, ' ') - 1) || '-' || lower(n.name) || substr({own}, instr({own}, ' '))",
    (LOT, "lot_no"): "{own} || '-' || n.hex",
    (LOT, "expires_on"): "strftime('%%Y-%%m-%%d', {own}, n.days)",
    ("pathway_session.Reading", "message_id"): "substr({own}, 1, 57) || '-' || n.hex",
}


def _insert(plan: Plan) -> str:
    columns = ", ".join(f'"{column}"' for column in plan.columns)
    return (
        f'INSERT INTO main."{plan.table}" ({columns}) SELECT {", ".join(plan.columns.values())} '
        f'FROM temp.bench_copy n CROSS JOIN temp."{plan.held}" b WHERE n.c BETWEEN %s AND %s'
    )


def _number_the_copies(cursor: object, copies: int, days_apart: int) -> None:
    cursor.execute("CREATE TEMP TABLE bench_copy (c integer PRIMARY KEY, hex text, days text, name text)")
    rows = [(number, f"{number:06x}", f"-{number * days_apart} days", name_of(number)) for number in range(1, copies + 1)]
    cursor.executemany("INSERT INTO bench_copy VALUES (%s, %s, %s, %s)", rows)


def name_of(number: int) -> str:
    """The second half of a copy's family name, another one for each of the first 4,096 copies."""
    base = len(SYLLABLES)
    return "".join(SYLLABLES[number // base**place % base] for place in range(3)).capitalize()


def _seal_again(cursor: object, plan: Plan) -> None:
    """Encrypted text is bound to its row: each copy's is sealed under the copy's own key."""
    for field in plan.model._meta.concrete_fields:
        if not isinstance(field, EncryptedTextField):
            continue
        column, table, key = field.column, plan.table, plan.model._meta.pk.column
        cursor.execute(f'SELECT "{key}", "{column}" FROM temp."{plan.held}" WHERE "{column}" <> %s', ("",))
        opened = {name: keyring.unseal(sealed, bound_to=f"{table}:{column}:{UUID(name)}") for name, sealed in cursor.fetchall()}
        cursor.execute("SELECT hex FROM temp.bench_copy")
        copies = [hexed for (hexed,) in cursor.fetchall()]
        names = [(text, name[:16] + COPIED + name[17:26] + copy) for name, text in opened.items() for copy in copies]
        sealed_rows = [(keyring.seal(text, bound_to=f"{table}:{column}:{UUID(name)}"), name) for text, name in names]
        cursor.executemany(f'UPDATE main."{table}" SET "{column}" = %s WHERE "{key}" = %s', sealed_rows)


def _count_on(cursor: object) -> None:
    """The next record number of each clinic goes on after the highest one given."""
    person, last = apps.get_model(PERSON)._meta.db_table, apps.get_model("records_chart.RecordNumber")._meta.db_table
    cursor.execute(
        f'UPDATE "{last}" SET last = (SELECT max(CAST(record_no AS integer)) FROM "{person}" p WHERE p.clinic_id = "{last}".clinic_id)'
        f' WHERE EXISTS (SELECT 1 FROM "{person}" p WHERE p.clinic_id = "{last}".clinic_id)'
    )
