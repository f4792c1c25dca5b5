"""Seal closed blocks of audit rows, and check the seals again.

A seal hashes every row of a block together with the seal before it; a changed, removed or inserted row breaks the block it lies in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from afterglow.ground.audit.models import AuditRow, AuditSeal
from afterglow.ground.audit.trail import canonical

CLOSED_AFTER = timedelta(minutes=5)  # older rows are out of reach of any open transaction
BLOCK, BLOCKS = 500, 10
"""Rows in a block, and blocks in one run: a run of 5,000 rows in steps of a few milliseconds."""
_FIELDS = (
    "id",
    "event",
    "at",
    "clinic_id",
    "actor_kind",
    "actor_id",
    "actor_name",
    "person_id",
    "objects_text",
    "old_text",
    "new_text",
    "reason",
    "request_id",
    "library",
)


def seal_closed_rows(at: datetime) -> int:
    """Seal what is closed and not yet sealed, at most BLOCKS blocks at a time; returns how many rows.

    Rows are read and hashed before the write begins: closed rows never change, and readings of patients must not wait for a hash.
    """
    sealed = 0
    for _ in range(BLOCKS):
        done = _seal_next(at)
        sealed += done
        if done < BLOCK:
            break
    return sealed


def _seal_next(at: datetime) -> int:
    last = AuditSeal.objects.order_by("-id").first()
    after = last.last_row if last else 0
    closed = AuditRow.objects.filter(id__gt=after, at__lt=at - CLOSED_AFTER)
    # Rows come in the order of their ids; a row still open with a lower id than a closed one must wait for its block.
    first_open = AuditRow.objects.filter(id__gt=after, at__gte=at - CLOSED_AFTER).order_by("id").values_list("id", flat=True).first()
    if first_open is not None:
        closed = closed.filter(id__lt=first_open)
    rows = list(closed.order_by("id").values_list(*_FIELDS)[:BLOCK])
    if not rows:
        return 0
    digest = _hash(last.sha256 if last else "", rows)
    with transaction.atomic():
        newest = AuditSeal.objects.order_by("-id").values_list("id", flat=True).first()
        if newest != (last.id if last else None):
            return 0  # another process sealed meanwhile; the next tick goes on from there
        AuditSeal.objects.create(first_row=rows[0][0], last_row=rows[-1][0], rows=len(rows), sha256=digest, sealed_at=at)
    return len(rows)


def broken_blocks() -> list[tuple[int, int]]:
    """(first, last) of every sealed block whose rows no longer give its hash; empty is good."""
    broken, before = [], ""
    for seal in AuditSeal.objects.order_by("id").iterator():
        rows = AuditRow.objects.filter(id__gte=seal.first_row, id__lte=seal.last_row).order_by("id").values_list(*_FIELDS)
        if _hash(before, rows) != seal.sha256:
            broken.append((seal.first_row, seal.last_row))
        before = seal.sha256
    return broken


def unsealed_since() -> int | None:
    """The highest sealed row id, or None before the first seal."""
    highest: int | None = AuditSeal.objects.aggregate(top=Max("last_row"))["top"]
    return highest


def _hash(before: str, rows: Iterable[tuple[object, ...]]) -> str:
    digest = hashlib.sha256(before.encode())
    for row in rows:
        digest.update(canonical([value.isoformat() if isinstance(value, datetime) else value for value in row]).encode())
    return digest.hexdigest()
