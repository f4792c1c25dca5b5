"""Seals over the audit trail: a changed row is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from afterglow.ground import appendonly
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import seal as sealing
from afterglow.ground.audit import trail
from afterglow.ground.audit.models import AuditRow, AuditSeal
from afterglow.ground.audit.seal import broken_blocks, seal_closed_rows

pytestmark = pytest.mark.django_db
JOB = Actor.job("test", UUID(int=7))


def write(count: int, at: datetime) -> None:
    for number in range(count):
        trail.record("test.happened", by=JOB, at=at, new={"number": number})


def test_only_closed_rows_are_sealed_and_each_once(at: datetime) -> None:
    write(3, at - timedelta(minutes=10))
    write(2, at)
    assert seal_closed_rows(at) == 3
    assert seal_closed_rows(at) == 0
    assert seal_closed_rows(at + timedelta(minutes=6)) == 2
    assert broken_blocks() == []


# req: R16 R13
def test_a_row_changed_behind_the_guards_breaks_its_block(at: datetime) -> None:
    write(3, at - timedelta(minutes=10))
    seal_closed_rows(at)
    middle = AuditRow.objects.order_by("id")[1]
    appendonly.remove(connection)
    AuditRow.objects.filter(id=middle.id).update(new_text="{}")
    appendonly.install(connection)
    seal = AuditSeal.objects.get()
    assert broken_blocks() == [(seal.first_row, seal.last_row)]


def test_a_removed_row_breaks_its_block(at: datetime) -> None:
    write(3, at - timedelta(minutes=10))
    seal_closed_rows(at)
    appendonly.remove(connection)
    AuditRow.objects.order_by("id").first().delete()
    appendonly.install(connection)
    assert len(broken_blocks()) == 1


def test_many_rows_are_sealed_in_small_blocks_that_hang_together(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "BLOCK", 4)
    monkeypatch.setattr(sealing, "BLOCKS", 2)
    write(11, at - timedelta(minutes=10))
    assert [seal_closed_rows(at) for _ in range(3)] == [8, 3, 0]
    assert list(AuditSeal.objects.order_by("id").values_list("rows", flat=True)) == [4, 4, 3]
    assert broken_blocks() == []


def test_nothing_is_written_where_another_process_sealed_meanwhile(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    write(3, at - timedelta(minutes=10))
    hashed = sealing._hash

    def slowly(before: str, rows: object) -> str:
        monkeypatch.setattr(sealing, "_hash", hashed)
        assert seal_closed_rows(at) == 3
        return hashed(before, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing, "_hash", slowly)
    assert seal_closed_rows(at) == 0
    assert AuditSeal.objects.count() == 1
    assert broken_blocks() == []
