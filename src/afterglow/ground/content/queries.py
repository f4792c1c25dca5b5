"""Library files as the record points at them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from afterglow.ground.content.models import LibraryRow
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, Word, prepared
from afterglow.ground.reading import once_a_page, page_is_open


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
    origin: str = "shipped"

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.id} {'version' if self.origin == 'shipped' else 'own text'} {self.version}"

    @property
    def is_reviewed(self) -> bool:
        return self.status == "reviewed"


def library_file(kind: str, file_id: str, version: int | None = None) -> LibraryRecord:
    """The newest stored version, or the named one.  Raises NotFound."""
    if page_is_open():
        return _on_the_shelf(kind, file_id, version)
    rows = LibraryRow.objects.filter(kind=kind, file_id=file_id, origin="shipped")
    row = (rows.filter(version=version) if version is not None else rows.order_by("-version")).values_list("id", flat=True).first()
    if row is None:
        raise NotFound("library file")
    return library_row(row)


def released(kind: str) -> list[LibraryRecord]:
    """The newest version of every file of a kind, by id."""
    if page_is_open():
        newest = {file_id: versions[max(versions)] for (its_kind, file_id), versions in _shelf().items() if its_kind == kind}
    else:
        rows = LibraryRow.objects.filter(kind=kind, origin="shipped").order_by("version")
        newest = dict(rows.values_list("file_id", "id"))
    return library_rows([newest[file_id] for file_id in sorted(newest)])


def newest_shipped() -> list[LibraryRecord]:
    """The newest version of every file of every kind, by kind and id."""
    newest = {key: versions[max(versions)] for key, versions in _shelf().items()}
    return library_rows([newest[key] for key in sorted(newest)])


def local_files(kind: str, clinic_id: UUID) -> dict[str, LibraryRecord]:
    """The newest variant of a clinic's own of each file of a kind, by the file's id; `version` counts the clinic's variants from 1."""
    return {file_id: library_row(pk) for file_id, pk in _local(Word(kind), clinic_id)}  # oldest first, so that the newest stays


@prepared
def _local(kind: str, clinic_id: UUID) -> Rows:
    return LibraryRow.objects.filter(kind=kind, origin="local", clinic_id=clinic_id).order_by("version").values_list("file_id", "id")


def _on_the_shelf(kind: str, file_id: str, version: int | None) -> LibraryRecord:
    versions = _shelf().get((kind, file_id), {})
    if not versions or (version is not None and version not in versions):
        raise NotFound("library file")
    return library_row(versions[max(versions) if version is None else version])


@prepared
def _shipped() -> Rows:
    return LibraryRow.objects.filter(origin="shipped").values_list("kind", "file_id", "version", "id")


@once_a_page
def _shelf() -> dict[tuple[str, str], dict[int, UUID]]:
    """(kind, id) -> version -> key of everything shipped: one query instead of one for each file that a page needs."""
    found: dict[tuple[str, str], dict[int, UUID]] = {}
    for kind, file_id, version, pk in _shipped():
        found.setdefault((kind, file_id), {})[version] = pk
    return found


KEPT: Final = 1024
"""Rows that a process remembers; beyond it all are forgotten and read again as they are needed."""
_READ: dict[UUID, LibraryRecord] = {}


def library_row(pk: UUID) -> LibraryRecord:
    """By key.  A row never changes, so it is read once per process."""
    held = _READ.get(pk)
    return library_rows([pk])[0] if held is None else held


def library_rows(pks: Sequence[UUID]) -> list[LibraryRecord]:
    """By key, in the order they are asked for; those that this process has not read yet come in one query.  Raises NotFound."""
    found = {pk: held for pk in pks if (held := _READ.get(pk)) is not None}
    if missing := set(pks) - set(found):
        fresh = {row.id: _record(row) for row in LibraryRow.objects.filter(id__in=missing)}
        if len(_READ) + len(fresh) > KEPT:
            _READ.clear()
        _READ.update(fresh)
        found |= fresh
        if missing - set(fresh):
            raise NotFound("library file")
    return [found[pk] for pk in pks]


def _record(row: LibraryRow) -> LibraryRecord:
    return LibraryRecord(row.id, row.kind, row.file_id, row.version, row.status, row.sha256, json.loads(row.content_text), row.origin)
