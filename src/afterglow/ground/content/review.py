"""What of the stored library waits for a clinician: unreviewed, overdue, resting on judgement, or claiming more than it names a source for.

The same questions as `afterglow library check` asks of the files, asked of the rows that this clinic works with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from uuid import UUID

from afterglow.ground.content.files import LibraryFile
from afterglow.ground.content.queries import LibraryRecord, library_row, newest_shipped
from afterglow.ground.content.soundness import JUDGED, marked, unsourced

KIND_WORDS = {
    "alerts": "Limits and checks of the room",
    "codes": "Lists and codes",
    "consents": "Consent texts",
    "courses": "How a course is read",
    "criteria": "Screening criteria",
    "education": "Texts for patients",
    "evidence": "Evidence",
    "follow_up": "Follow-up",
    "indications": "Indications",
    "instruments": "Questionnaires and scales",
    "interactions": "Interactions",
    "messages": "Messages",
    "pk_models": "Models of the drug in the body",
    "programmes": "Programmes",
    "protocols": "Protocols",
    "registry": "Definitions of the registry",
    "roles": "Roles",
    "translations": "Questionnaires in other languages",
}
"""What each kind of file is called where people read it; a test keeps it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReview:
    """One file in its newest version.  `judged`: how many of its values are judgement or uncertain; `unsourced`: places that name no source."""

    id: str
    kind: str
    title: str
    version: int
    is_reviewed: bool
    review_by: date
    judged: int
    unsourced: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReview:
    """The files of one kind, by title."""

    kind: str
    files: tuple[FileReview, ...]
    on: date

    @property
    def words(self) -> str:
        return KIND_WORDS[self.kind]

    @property
    def unreviewed(self) -> int:
        return sum(not file.is_reviewed for file in self.files)

    @property
    def overdue(self) -> int:
        return sum(file.review_by < self.on for file in self.files)

    @property
    def unsourced(self) -> int:
        return sum(len(file.unsourced) for file in self.files)

    @property
    def judged(self) -> int:
        return sum(file.judged for file in self.files)


def library_review(on: date) -> tuple[KindReview, ...]:
    """Every kind of file with what waits in it on a day, in the order of their words.  One query."""
    files = sorted((review_of(row.pk) for row in newest_shipped()), key=lambda file: (file.kind, file.title))
    kinds = [KindReview(kind=kind, files=tuple(several), on=on) for kind, several in groupby(files, key=lambda file: file.kind)]
    return tuple(sorted(kinds, key=lambda kind: kind.words))


@lru_cache(maxsize=1024)
def review_of(pk: UUID) -> FileReview:
    """By key.  A row never changes, so it is looked through once per process."""
    row = library_row(pk)
    file = _as_file(row)
    return FileReview(
        id=row.id,
        kind=row.kind,
        title=_title(row),
        version=row.version,
        is_reviewed=row.is_reviewed,
        review_by=date.fromisoformat(file.review_by),
        judged=sum(place.mark in JUDGED for place in marked(file)),
        unsourced=tuple(f"{place.at} {place.sentence}" for place in unsourced(file)),
    )


def _as_file(row: LibraryRecord) -> LibraryFile:
    return LibraryFile(kind=row.kind, id=row.id, version=row.version, sha256=row.sha256, raw_bytes=b"", content=row.content)


def _title(row: LibraryRecord) -> str:
    return str(row.content.get("title") or row.content.get("name") or row.id)
