"""Who asked is not readable in the database's own files: neither what comes in now, nor what stood there before it was encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from afterglow.ground import ids
from afterglow.pathway.enquiry import queries
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.enquiry.models import Enquiry
from tests.actions.ops.test_upgrade import a_database_of_its_own
from tests.support import engine
from tests.support.cast import Cast

TABLE = "pathway_enquiry_enquiry"
SAID = {
    "asker_name": "Paul Kleinschmitt",
    "given_name": "Rosamunde",
    "family_name": "Zwetschgenbaum",
    "phone": "+1 555 0199 347",
    "email": "rosamunde@plum.example",
}
STATE = "professional"  # what is not encrypted, to see that this looks in the right place


def raw() -> bytes:
    """The bytes in which the enquiries lie: SQLite's file and its log, or PostgreSQL's file of the table."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            path = Path(connection.settings_dict["NAME"])
            log = path.with_name(path.name + "-wal")
            return path.read_bytes() + (log.read_bytes() if log.exists() else b"")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [TABLE])
        return bytes(cursor.fetchone()[0])


def readable(content: bytes) -> list[str]:
    return [name for name, text in SAID.items() if text.encode() in content]


# req: S3
@pytest.mark.django_db(transaction=True)
def test_nobody_who_asked_can_be_read_in_the_files(cast: Cast, at: datetime) -> None:
    made = receive_enquiry(channel="web", asker=STATE, **SAID, may_contact=True, danger_now="no", key="k", by=public_page(cast.clinic_id), at=at)
    content = raw()
    assert STATE.encode() in content
    assert readable(content) == []
    row = Enquiry.objects.get(id=made)
    assert {name: getattr(row, name) for name in SAID} == SAID
    assert [each.name for each in queries.waiting(cast.faye, at)] == ["Rosamunde Zwetschgenbaum"]


# req: S3
# req: C28
@pytest.mark.slow
@pytest.mark.django_db
def test_what_stood_there_before_is_sealed_and_swept_and_opens_again(at: datetime, django_db_blocker: Any) -> None:
    with a_database_of_its_own() as there:
        enquiry = there(lambda: as_it_was(at))
        assert there(lambda: len(readable(raw()))) == len(SAID), "before: all of it is there to be read"
        there(lambda: to("0005_swept"))
        assert there(raw_and_opened(enquiry)) == ([], SAID)
        there(lambda: to("0003_decided"))
        assert there(lambda: Enquiry.objects.values(*SAID).get()) == SAID, "the way back gives the words again, as they lie in the table"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_sweep_does_not_depend_on_who_could_still_see_what_stood_there(at: datetime, django_db_blocker: Any) -> None:
    """A transaction in any database of a PostgreSQL server keeps dead rows alive; SQLite has no other reader while it is upgraded."""
    with a_database_of_its_own() as there, somebody_at_work_elsewhere():
        enquiry = there(lambda: as_it_was(at))
        there(swept_while_somebody_reads)
        assert there(raw_and_opened(enquiry)) == ([], SAID)


@contextmanager
def somebody_at_work_elsewhere() -> Iterator[None]:
    """A transaction that has written and has not ended, in another database of the same server."""
    if engine.engine() == "sqlite":
        yield
        return
    with psycopg.connect(engine.postgres_url()) as other:
        other.execute("SELECT pg_current_xact_id()")
        yield
        other.rollback()


def swept_while_somebody_reads() -> None:
    reader = connection.copy("reader")
    if connection.vendor == "postgresql":
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM ground_accounts_clinic")
    to("0004_sealed")
    to("0005_swept")
    reader.close()


def to(name: str) -> None:
    MigrationExecutor(connection).migrate([("pathway_enquiry", name)])


def as_it_was(at: datetime) -> UUID:
    """One enquiry in the tables of the version before."""
    executor = MigrationExecutor(connection)
    targets = [("pathway_enquiry", "0003_decided")]
    executor.migrate(targets)
    old = executor.loader.project_state(targets).apps
    clinic = old.get_model("ground_accounts", "Clinic").objects.create(id=ids.new_id(at), name="Harbour", created_at=at)
    row = old.get_model("pathway_enquiry", "Enquiry").objects.create(
        id=ids.new_id(at), clinic=clinic, channel="web", received_at=at, received_by="x", asker=STATE, may_contact=True, contact_by="phone",
        urgency="routine", message="", **SAID,
    )  # fmt: skip
    return row.id


def raw_and_opened(enquiry: UUID) -> Any:
    def look() -> tuple[list[str], dict[str, str]]:
        row = Enquiry.objects.get(id=enquiry)
        content = raw()
        assert STATE.encode() in content
        return readable(content), {name: getattr(row, name) for name in SAID}

    return look
