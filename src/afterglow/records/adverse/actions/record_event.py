"""Record an adverse event, or say more about one: a change is a new row that names the one before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.records.adverse import access, events, queries, rules
from afterglow.records.adverse.models import AdverseEvent
from afterglow.records.chart import access as chart
from afterglow.records.flags.actions.open_flag import open_flag


@transaction.atomic
def record_event(
    *,
    person_id: UUID,
    session_id: UUID | str,
    kind: str,
    grade: int | None,
    began_at: datetime,
    done_text: str,
    ended_at: datetime | None = None,
    replaces: UUID | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The event's id.  `session_id` "" outside a session.  From grade 3 on, and for an emergency, a flag is opened: someone follows it up.

    Raises Refusal `adverse.not_recorded` with every open item, `clock.future`; NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need=access.RECORD)
    asked = [person_id, str(session_id), kind, grade, began_at, ended_at, done_text.strip(), replaces]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["event"])
    check_taken(began_at, at)
    if ended_at is not None:
        check_taken(ended_at, at)
    chart.lock_person(person_id)
    listed = queries.kinds().get(kind)
    row = AdverseEvent(
        id=ids.new_id(at),
        person_id=person_id,
        session_id=str(session_id),
        kind=kind,
        grade=grade,
        began_at=began_at,
        ended_at=ended_at,
        done_text=done_text.strip(),
        recorded_at=at,
        recorded_by=by.label,
        replaces_id=replaces,
    )
    _decide(row, listed)
    old = None if replaces is None else access.fetch_event(by, replaces, access.RECORD)
    row.save(force_insert=True)
    _audit(row, old, by=by, at=at)
    if listed is not None and rules.wants_follow_up(listed, grade):
        _flag(row, listed, by=by, at=at)
    answer(by, key, {"event": str(row.id)})
    return row.id


@transaction.atomic
def update_event(*, event_id: UUID, grade: int | None, ended_at: datetime | None, done_text: str, key: str, by: Actor, at: datetime) -> UUID:
    """The new row's id: the same event, graded anew, ended, or with more said.  Raises as `record_event` does."""
    old = access.fetch_event(by, event_id, access.RECORD)
    return record_event(
        person_id=old.person_id,
        session_id=old.session_id,
        kind=old.kind,
        grade=grade,
        began_at=old.began_at,
        ended_at=ended_at,
        done_text=done_text,
        replaces=old.id,
        key=key,
        by=by,
        at=at,
    )


def _decide(row: AdverseEvent, kind: rules.Kind | None) -> None:
    """Raises Refusal `adverse.not_recorded` with every open item.  The caller holds the person's lock."""
    replaced = row.replaces_id is not None and AdverseEvent.objects.filter(replaces_id=row.replaces_id).exists()
    verdict = rules.may_be_recorded(
        rules.EventFacts(kind=kind, grade=row.grade, began_at=row.began_at, ended_at=row.ended_at, done_text=row.done_text, replaced_already=replaced)
    )
    if not verdict.met:
        raise Refusal("adverse.not_recorded", f"The event was not recorded. {verdict.sentence}", "Correct what is named here.", findings=verdict.open)


def _audit(row: AdverseEvent, old: AdverseEvent | None, *, by: Actor, at: datetime) -> None:
    trail.record(
        events.recorded if old is None else events.updated,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"event": row.id} | ({"replaces": old.id} if old else {}) | ({"session": row.session_id} if row.session_id else {}),
        old=None if old is None else {"kind": old.kind, "grade": old.grade, "ended_at": old.ended_at},
        new={"kind": row.kind, "grade": row.grade, "began_at": row.began_at, "ended_at": row.ended_at},
        library=queries.library().label,
    )


def _flag(row: AdverseEvent, kind: rules.Kind, *, by: Actor, at: datetime) -> None:
    """One flag for one event, however often it is updated: the source is the first row of its chain."""
    first = row
    while first.replaces_id is not None:
        first = AdverseEvent.objects.get(id=first.replaces_id)
    word = queries.grades().get(row.grade, "not graded") if row.grade is not None else "not graded"
    open_flag(
        person_id=row.person_id,
        kind="adverse_event",
        urgency="urgent" if kind.emergency or (row.grade or 0) > rules.SEVERE else "today",
        sentence=f"Adverse event to follow up: {kind.title}, {word}.",
        source_kind="adverse_event",
        source_id=str(first.id),
        by=by,
        at=at,
    )
