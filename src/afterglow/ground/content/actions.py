"""Bring the shipped library into the database, each released version once; and keep what a clinic words itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Concat

from afterglow.ground import ids
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content import shelf
from afterglow.ground.content.files import LibraryFile
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.errors import Refusal


@transaction.atomic
def load_library(at: datetime) -> int:
    """Store every shipped file that is not stored yet; returns how many were new.

    Files that are stored already are compared by their bytes alone, so that a start without news reads no YAML.
    Raises Refusal `content.released_changed` when a stored version differs from the shipped file of the same version.
    """
    stored = dict(
        LibraryRow.objects.filter(origin="shipped").values_list(
            Concat("kind", Value("/"), "file_id", Value("/"), "version", output_field=CharField()), "sha256"
        )
    )
    shipped = shelf.digests()
    for path, digest in shipped.items():
        if stored.get(path, digest) != digest:
            raise Refusal(
                "content.released_changed",
                f"The library file {path} differs from the one already in use.",
                "A released version never changes: restore the file and release the change as a new version.",
            )
    if shipped.keys() <= stored.keys():
        return 0
    fresh = [_row(file, at) for file in shelf.everything() if f"{file.kind}/{file.id}/{file.version}" not in stored]
    LibraryRow.objects.bulk_create(fresh)
    return len(fresh)


def store_local(*, kind: str, file_id: str, clinic_id: UUID, content: Mapping[str, Any], source: str, at: datetime) -> UUID:
    """A clinic's own variant of a file as its next variant, inside the caller's transaction and under the caller's lock.

    The variant that is newest already, from the same source, is that row.
    """
    digest = hashlib.sha256(source.encode()).hexdigest()
    held = LibraryRow.objects.filter(origin="local", clinic_id=clinic_id, kind=kind, file_id=file_id).order_by("-version").first()
    if held is not None and held.sha256 == digest:
        return held.id
    row = LibraryRow.objects.create(
        id=ids.new_id(at),
        kind=kind,
        file_id=file_id,
        version=held.version + 1 if held is not None else 1,
        status=content["status"],
        origin="local",
        clinic_id=clinic_id,
        sha256=digest,
        source_text=source,
        content_text=canonical(dict(content)),
        loaded_at=at,
    )
    return row.id


def _row(file: LibraryFile, at: datetime) -> LibraryRow:
    return LibraryRow(
        id=ids.new_id(at),
        kind=file.kind,
        file_id=file.id,
        version=file.version,
        status=file.content["status"],
        origin="shipped",
        sha256=file.sha256,
        source_text=file.raw_bytes.decode(),
        content_text=canonical(file.content),
        loaded_at=at,
    )
