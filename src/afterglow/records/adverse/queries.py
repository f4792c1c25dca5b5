"""Adverse events as they stand now: of a person, of a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.records.adverse import rules
from afterglow.records.adverse.models import AdverseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event.  `grade` None: nobody graded it yet.  `newest`: no later entry replaces it."""

    id: UUID
    person_id: UUID
    session_id: str
    kind: str
    title: str
    grade: int | None
    grade_word: str
    began_at: datetime
    ended_at: datetime | None
    done_text: str
    recorded_at: datetime
    recorded_by: str
    replaces_id: UUID | None
    newest: bool

    @property
    def minutes(self) -> int | None:
        """How long it lasted, when it has ended."""
        return None if self.ended_at is None else int((self.ended_at - self.began_at).total_seconds() // 60)


def library() -> LibraryRecord:
    return library_file("codes", "adverse_events")


def kinds() -> dict[str, rules.Kind]:
    """Every kind that can be chosen, by id."""
    return rules.kinds_from(library().content)


def grades() -> dict[int, str]:
    """1 to 5 with their words."""
    return {entry["grade"]: entry["word"] for entry in library().content["grades"]}


def event(event_id: UUID) -> EventRow | None:
    return next(iter(_rows(AdverseEvent.objects.filter(id=event_id))), None)


def of_session(session_id: UUID | str) -> list[EventRow]:
    """The events of a dosing session as they stand, first to last."""
    return [row for row in _rows(AdverseEvent.objects.filter(session_id=str(session_id)).order_by("began_at", "id")) if row.newest]


def of_person(person_id: UUID, *, earlier_entries: bool = False) -> list[EventRow]:
    """A person's events as they stand, newest first; with `earlier_entries` also what later entries replaced."""
    rows = _told(_of_person(person_id))
    return [row for row in rows if earlier_entries or row.newest]


_FIELDS = ("id", "person_id", "session_id", "kind", "grade", "began_at", "ended_at", "done_text", "recorded_at", "recorded_by", "replaces_id")


@prepared
def _of_person(person_id: UUID) -> Rows:
    return _columns(AdverseEvent.objects.filter(person_id=person_id).order_by("-began_at", "-recorded_at", "-id"))


def _columns(events: QuerySet[AdverseEvent]) -> Rows:
    return events.annotate(replaced=Exists(AdverseEvent.objects.filter(replaces_id=OuterRef("id")))).values(*_FIELDS, "replaced")


def _rows(events: QuerySet[AdverseEvent]) -> list[EventRow]:
    return _told(_columns(events))


def _told(found: Iterable[dict[str, Any]]) -> list[EventRow]:
    """From the values of `_columns`."""
    named, worded = kinds(), grades()
    return [
        EventRow(
            **{name: row[name] for name in _FIELDS},
            title=named[row["kind"]].title if row["kind"] in named else row["kind"],
            grade_word=worded.get(row["grade"], "not graded") if row["grade"] is not None else "not graded",
            newest=not row["replaced"],
        )
        for row in found
    ]
