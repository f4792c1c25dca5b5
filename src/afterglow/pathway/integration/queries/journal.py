"""A person's own journal, for them alone, and the entries they share, for who treats them.  There is no search, no export, no list of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.integration.models import JournalBook, JournalDraft, JournalEarlier, JournalEntry, JournalShare


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierWords:
    """What an entry said while the care team was shown it, before the person changed it."""

    text: str
    stood_at: datetime
    replaced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnEntry:
    """One entry for the person who wrote it; `shared_at` None where it is private.

    `edition` goes up with each change; `typed`: a change that was begun and not kept; `shown`: the care team was shown it at some time.
    """

    id: UUID
    text: str
    written_at: datetime
    shared_at: datetime | None
    edition: int
    changed_at: datetime | None
    typed: str
    shown: bool
    earlier: tuple[EarlierWords, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedEntry:
    """One entry that its writer shows to the care team now; `changed_at`: since when these words stand, where they are not the first."""

    id: UUID
    text: str
    written_at: datetime
    shared_at: datetime
    edition: int
    changed_at: datetime | None


def has_journal(person_id: UUID) -> bool:
    return JournalBook.objects.filter(person_id=person_id).exists()


def entries(book_id: UUID) -> list[OwnEntry]:
    """The newest first, without those that were removed; three queries.  The caller has opened this journal."""
    rows = list(JournalEntry.objects.filter(book_id=book_id, removed_at__isnull=True).order_by("-written_at", "-id"))
    return _own(rows)


def entry(entry_id: UUID) -> OwnEntry:
    """One entry that was not removed; the caller has fetched it from the journal it belongs to."""
    return _own([JournalEntry.objects.get(id=entry_id, removed_at__isnull=True)])[0]


def _own(rows: list[JournalEntry]) -> list[OwnEntry]:
    said = _said([row.id for row in rows])
    since, shown = _newest(said), {entry_id for entry_id, shared, _ in said if shared}
    earlier: dict[UUID, list[EarlierWords]] = {}
    for each in JournalEarlier.objects.filter(entry_id__in=[row.id for row in rows]).order_by("-edition"):
        words = EarlierWords(text=each.text, stood_at=each.stood_at, replaced_at=each.replaced_at)
        earlier.setdefault(each.entry_id, []).append(words)
    return [
        OwnEntry(
            id=row.id,
            text=row.text,
            written_at=row.written_at,
            shared_at=since.get(row.id),
            edition=row.edition,
            changed_at=row.changed_at,
            typed=row.draft_text,
            shown=row.id in shown,
            earlier=tuple(earlier.get(row.id, ())),
        )
        for row in rows
    ]


def draft(book_id: UUID) -> str:
    """What was typed and not kept yet; '' when nothing."""
    row = JournalDraft.objects.filter(book_id=book_id).first()
    return "" if row is None else str(row.draft_text)


def shared_entries(person_id: UUID) -> list[SharedEntry]:
    """What this person shows now, the newest first.  What they took back, or never shared, is not read from the database at all."""
    since = _shared_now(person_id)
    rows = JournalEntry.objects.filter(person_id=person_id, id__in=list(since), removed_at__isnull=True).order_by("-written_at", "-id")
    return [
        SharedEntry(
            id=row.id, text=row.text, written_at=row.written_at, shared_at=since[row.id], edition=row.edition, changed_at=row.changed_at
        )
        for row in rows
    ]  # fmt: skip


def shared_count(person_id: UUID) -> int:
    """How many entries this person shows now."""
    return JournalEntry.objects.filter(id__in=list(_shared_now(person_id)), removed_at__isnull=True).count()


def is_shared(entry_id: UUID) -> bool:
    return entry_id in _newest(_said([entry_id]))


def was_shown(entry_id: UUID) -> bool:
    """Shared at any time, whether or not it was taken back."""
    return JournalShare.objects.filter(entry_id=entry_id, shared=True).exists()


def _shared_now(person_id: UUID) -> dict[UUID, datetime]:
    rows = JournalShare.objects.filter(person_id=person_id).order_by("said_at", "id")
    return _newest(list(rows.values_list("entry_id", "shared", "said_at")))


def _said(entry_ids: list[UUID]) -> list[tuple[UUID, bool, datetime]]:
    """Every sharing and taking back of these entries, the oldest first."""
    rows = JournalShare.objects.filter(entry_id__in=entry_ids).order_by("said_at", "id")
    return list(rows.values_list("entry_id", "shared", "said_at"))


def _newest(rows: list[tuple[UUID, bool, datetime]]) -> dict[UUID, datetime]:
    """Entry -> since when it is shown; the newest row of an entry counts."""
    found: dict[UUID, datetime] = {}
    for entry_id, shared, said_at in rows:
        if shared:
            found[entry_id] = said_at
        else:
            found.pop(entry_id, None)
    return found
