"""A therapist's own psychotherapy notes about one visit or one session.  There is no other query for them: no search, no list, no export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.integration.access import Subject
from afterglow.pathway.integration.models import NoteDraft, PsychotherapyNote


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNote:
    """One note as its author wrote it; `replaced`: a later one of theirs stands in its place."""

    id: UUID
    text: str
    written_at: datetime
    replaced: bool


def own_notes(subject: Subject) -> list[OwnNote]:
    """The author's own notes about this, the newest first; somebody else's are not asked for."""
    rows = list(
        PsychotherapyNote.objects.filter(author_id=subject.author_id, person_id=subject.person_id, **subject.ids).order_by("-written_at", "-id")
    )
    replaced = {row.replaces_id for row in rows}
    return [OwnNote(id=row.id, text=row.text, written_at=row.written_at, replaced=row.id in replaced) for row in rows]


def own_draft(subject: Subject) -> str:
    """What this author has typed and not written yet; '' when nothing."""
    row = NoteDraft.objects.filter(author_id=subject.author_id, person_id=subject.person_id, **subject.ids).first()
    return "" if row is None else str(row.draft_text)
