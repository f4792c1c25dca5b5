"""Library files as the record points at them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from afterglow.ground.content.models import LibraryRow
from afterglow.ground.errors import NotFound


@dataclass(frozen=True, slots=True)
class LibraryRecord:
    """One version of one file, with the key under which plans, answers and sessions keep it."""

    pk: UUID
    kind: str
    id: str
    version: int
    status: str
    sha256: str
    content: dict[str, Any]

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.id} version {self.version}"

    @property
    def is_reviewed(self) -> bool:
        return self.status == "reviewed"


def library_file(kind: str, file_id: str, version: int | None = None) -> LibraryRecord:
    """The newest stored version, or the named one.  Raises NotFound."""
    rows = LibraryRow.objects.filter(kind=kind, file_id=file_id, origin="shipped")
    row = (rows.filter(version=version) if version is not None else rows.order_by("-version")).values_list("id", flat=True).first()
    if row is None:
        raise NotFound("library file")
    return library_row(row)


def released(kind: str) -> list[LibraryRecord]:
    """The newest version of every file of a kind, by id."""
    newest: dict[str, UUID] = {}
    for file_id, pk in LibraryRow.objects.filter(kind=kind, origin="shipped").order_by("version").values_list("file_id", "id"):
        newest[file_id] = pk
    return [library_row(newest[file_id]) for file_id in sorted(newest)]


@lru_cache(maxsize=1024)
def library_row(pk: UUID) -> LibraryRecord:
    """By key.  A row never changes, so it is read once per process."""
    row = LibraryRow.objects.get(id=pk)
    return LibraryRecord(row.id, row.kind, row.file_id, row.version, row.status, row.sha256, json.loads(row.content_text))
