"""How it was for the person: mood before, at the end and that evening, dissociation, and how detached they were in the session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.deeds import Deed
from afterglow.pathway.session.rules.experience import RATINGS, Detached, detached
from afterglow.records.measures import queries as measures
from afterglow.records.measures.queries import ResponseRow

RATED = "rated"
TODAY, LOW_MOOD = "today", "low_mood"
LATEST_DOSES = 12
"""As many doses as the trajectory's table shows: two courses of six."""
EVENING = timedelta(hours=24)
"""The check-in of the first day is open until 24 hours after the dose (`follow_up/iv_course`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One rating in words; `at` None: nobody asked."""

    title: str
    words: str
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """`rated`: every rating of the session, those that were not asked too; `detached`: the 0 to 10 of the room."""

    rated: tuple[Said, ...]
    evening: Said
    detached: Detached

    @property
    def moods(self) -> tuple[Said, ...]:
        """Before, at the end, that evening."""
        return (self.rated[0], self.rated[1], self.evening)

    @property
    def scales(self) -> tuple[Said, ...]:
        return self.rated[2:]


def experience(session_id: UUID, person_id: UUID, *, started_at: datetime | None, dose_ended_at: datetime | None) -> Experience:
    """Of one session.  A constant number of queries."""
    return _lived(deeds.deeds(session_id), measures.answered(person_id, TODAY), started_at=started_at, dose_ended_at=dose_ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLived:
    """One dose of a person, for the trajectory."""

    session_id: UUID
    dose_no: int
    started_at: datetime
    lived: Experience


def doses_lived(person_id: UUID) -> tuple[DoseLived, ...]:
    """The person's latest doses, newest first, in a constant number of queries."""
    rows = _started(person_id)
    held = deeds.deeds_of([row[0] for row in rows], kinds=(RATED, "vitals")) if rows else {}
    told = measures.answered(person_id, TODAY) if rows else []
    return tuple(
        DoseLived(session_id=key, dose_no=dose_no, started_at=since, lived=_lived(held.get(key, ()), told, started_at=since, dose_ended_at=ended))
        for key, dose_no, since, ended in rows
    )


@prepared
def _started(person_id: UUID) -> Rows:
    rows = Session.objects.filter(person_id=person_id, started_at__isnull=False).order_by("-started_at", "-id")
    return rows.values_list("id", "dose_no", "started_at", "dosing_ended_at")[:LATEST_DOSES]


def _lived(held: Iterable[Deed], told: Sequence[ResponseRow], *, started_at: datetime | None, dose_ended_at: datetime | None) -> Experience:
    held = tuple(held)
    newest = {str(deed.payload["item"]): deed for deed in deeds.standing(held, RATED)}
    return Experience(
        rated=tuple(_said(item, newest.get(item)) for item in RATINGS),
        evening=_evening(told, dose_ended_at),
        detached=detached(_points(held), started_at=started_at),
    )


def _points(held: Iterable[Deed]) -> list[tuple[datetime, int]]:
    rows = [(deed.taken_at, deeds.values(deed.payload, deed.taken_at).number("detached")) for deed in deeds.standing(held, "vitals")]
    return [(at, int(value)) for at, value in rows if value is not None]


def _said(item: str, deed: Deed | None) -> Said:
    title = RATINGS[item].title
    if deed is None:
        return Said(title=title, words="not asked")
    return Said(title=title, words=rated_words(deed.payload["value"], str(deed.payload["declined"])), at=deed.taken_at, by=deed.by)


def rated_words(value: int | None, declined: str) -> str:
    """The number, or why there is none."""
    return f"no number: {declined}" if value is None else str(value)


def _evening(told: Sequence[ResponseRow], since: datetime | None) -> Said:
    """The check-in of the first day, by whichever door it came."""
    title = "Low mood in the check-in of the first day, 0 to 10"
    if since is None:
        return Said(title=title, words="no dose has ended")
    rows = [row for row in told if since < row.taken_at <= since + EVENING]
    first = min(rows, key=lambda row: row.taken_at, default=None)
    if first is None:
        return Said(title=title, words="none on record")
    value = first.answers.get(LOW_MOOD)
    return Said(title=title, words="none on record" if value is None else str(value), at=first.taken_at, by=first.recorded_by)
