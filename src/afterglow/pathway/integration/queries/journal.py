"""A person's own journal, for them alone, and the entries they share, for who treats them.  There is no search, no export, no list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.integration.models import JournalBook, JournalDraft, JournalEntry, JournalShare


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """One entry for the person who wrote it; `shared_at` None where it is private."""

    id: UUID
    text: str
    written_at: datetime
    shared_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedEntry:
    """One entry that its writer shows to the care team now."""

    id: UUID
    text: str
    written_at: datetime
    shared_at: datetime


def has_journal(person_id: UUID) -> bool:
    return JournalBook.objects.filter(person_id=person_id).exists()


def entries(book_id: UUID) -> list[OwnEntry]:
    """The newest first; two queries.  The caller has opened this journal."""
    rows = list(JournalEntry.objects.filter(book_id=book_id).order_by("-written_at", "-id"))
    since = _shared_since([row.id for row in rows])
    return [OwnEntry(id=row.id, text=row.text, written_at=row.written_at, shared_at=since.get(row.id)) for row in rows]


def draft(book_id: UUID) -> str:
    """What was typed and not kept yet; '' when nothing."""
    row = JournalDraft.objects.filter(book_id=book_id).first()
    return "" if row is None else str(row.draft_text)


def shared_entries(person_id: UUID) -> list[SharedEntry]:
    """What this person shows now, the newest first.  What they took back, or never shared, is not read from the database at all."""
    since = _shared_now(person_id)
    rows = JournalEntry.objects.filter(person_id=person_id, id__in=list(since)).order_by("-written_at", "-id")
    return [SharedEntry(id=row.id, text=row.text, written_at=row.written_at, shared_at=since[row.id]) for row in rows]


def shared_count(person_id: UUID) -> int:
    """How many entries this person shows now."""
    return len(_shared_now(person_id))


def is_shared(entry_id: UUID) -> bool:
    return entry_id in _shared_since([entry_id])


def _shared_now(person_id: UUID) -> dict[UUID, datetime]:
    rows = JournalShare.objects.filter(person_id=person_id).order_by("said_at", "id")
    return _newest(list(rows.values_list("entry_id", "shared", "said_at")))


def _shared_since(entry_ids: list[UUID]) -> dict[UUID, datetime]:
    rows = JournalShare.objects.filter(entry_id__in=entry_ids).order_by("said_at", "id")
    return _newest(list(rows.values_list("entry_id", "shared", "said_at")))


def _newest(rows: list[tuple[UUID, bool, datetime]]) -> dict[UUID, datetime]:
    """Entry -> since when it is shown; the newest row of an entry counts."""
    found: dict[UUID, datetime] = {}
    for entry_id, shared, said_at in rows:
        if shared:
            found[entry_id] = said_at
        else:
            found.pop(entry_id, None)
    return found
