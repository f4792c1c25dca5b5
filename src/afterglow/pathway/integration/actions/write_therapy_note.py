"""Write a psychotherapy note, or keep one while it is typed.  Encrypted; its text goes nowhere else: no audit value, no write key, no log."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.access import Subject
from afterglow.pathway.integration.actions.raise_danger import raise_danger
from afterglow.pathway.integration.models import NoteDraft, PsychotherapyNote
from afterglow.pathway.integration.rules.deeds import Danger, danger_is_told
from afterglow.records.chart import access as chart

LONGEST: Final = 20_000  # letters, as a chart note


@transaction.atomic
def write_therapy_note(
    *,
    appointment_id: UUID | None = None,
    session_id: UUID | None = None,
    text: str,
    danger: Danger,
    danger_words: str = "",
    replaces: UUID | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The note's id.  About one visit or one session; `replaces` an earlier note of the same author about the same.

    `danger` "yes" opens an urgent flag with `danger_words`, the only words that leave this room.
    Raises Refusal `integration.note_not_written` with every open item, `integration.note_replaced`, `write.key_reused`; NotFound; Forbidden.
    """
    subject = access.fetch_subject(by, appointment_id=appointment_id, session_id=session_id)
    kept = text.replace("\x00", "").strip()
    # The text is no part of the fingerprint: a hash of few words could be guessed.  It is compared with what was written.
    if earlier := once(by, key, ["therapy note", appointment_id, session_id, replaces, danger], at=at):
        return _same(UUID(earlier["note"]), kept)
    chart.lock_person(subject.person_id)
    _decide(kept, danger, danger_words)
    _check_replaces(by, subject, replaces)
    row = PsychotherapyNote(
        id=ids.new_id(at), person_id=subject.person_id, author_id=subject.author_id, **subject.ids, text=kept, replaces_id=replaces, written_at=at
    )
    row.save(force_insert=True)
    NoteDraft.objects.filter(author_id=subject.author_id, person_id=subject.person_id, **subject.ids).delete()
    if danger == "yes":
        raise_danger(person_id=subject.person_id, words=danger_words, source_kind="psychotherapy_note", source_id=row.id, by=by, at=at)
    about = {name.removesuffix("_id"): value for name, value in subject.ids.items() if value is not None}
    trail.record(events.note_written, by=by, at=at, person_id=subject.person_id, objects={"note": row.id, **about})
    answer(by, key, {"note": str(row.id)})
    return row.id


@transaction.atomic
def keep_note_draft(*, appointment_id: UUID | None = None, session_id: UUID | None = None, text: str, by: Actor, at: datetime) -> None:
    """What is typed so far, for its author alone; an empty text forgets it.  Raises Refusal `integration.note_not_written`; NotFound; Forbidden."""
    subject = access.fetch_subject(by, appointment_id=appointment_id, session_id=session_id)
    kept = text.replace("\x00", "")
    if len(kept) > LONGEST:
        raise _too_long()
    chart.lock_person(subject.person_id)
    held = NoteDraft.objects.filter(author_id=subject.author_id, person_id=subject.person_id, **subject.ids).first()
    if not kept.strip():
        if held is not None:
            held.delete()
        return
    row = held or NoteDraft(id=ids.new_id(at), author_id=subject.author_id, person_id=subject.person_id, **subject.ids)
    row.draft_text, row.kept_at = kept, at
    row.save()


def _decide(text: str, danger: Danger, danger_words: str) -> None:
    """Raises Refusal `integration.note_not_written`."""
    if len(text) > LONGEST:
        raise _too_long()
    if not text:
        raise Refusal("integration.note_not_written", "The note is empty, so it was not written.", "Write it, or leave the page.", field="text")
    told = danger_is_told(danger, danger_words)
    if not told.is_met:
        field = "danger" if danger not in ("yes", "no") else "danger_words"
        raise Refusal("integration.note_not_written", f"The note was not written. {told.sentence}", "Complete it.", field=field, findings=(told,))


def _too_long() -> Refusal:
    return Refusal("integration.note_not_written", f"The note is longer than {LONGEST} letters.", "Divide it into two notes.", field="text")


def _check_replaces(by: Actor, subject: Subject, replaces: UUID | None) -> None:
    """Only one's own note about the same, and only once.  Raises NotFound; Refusal `integration.note_replaced`."""
    if replaces is None:
        return
    if not PsychotherapyNote.objects.filter(id=replaces, author_id=subject.author_id, person_id=subject.person_id, **subject.ids).exists():
        raise NotFound("note")
    if PsychotherapyNote.objects.filter(replaces_id=replaces).exists():
        raise Refusal("integration.note_replaced", "This note was rewritten already.", "Reload the page to see what stands now.")


def _same(note_id: UUID, text: str) -> UUID:
    """The same write again.  Raises Refusal `write.key_reused` for other words under the same key."""
    if PsychotherapyNote.objects.get(id=note_id).text != text:
        raise Refusal(
            "write.key_reused",
            "This form was already sent with other content.",
            "Reload the page to see what is recorded, then enter the change again.",
        )
    return note_id
