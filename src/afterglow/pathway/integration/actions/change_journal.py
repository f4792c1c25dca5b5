"""Change an entry of one's own journal, or remove it for good.

Nobody was shown it: the new words take the place of the old ones, which are gone.  The care team was shown it: what they saw is kept for the
person until they remove the entry, and whoever reads it is told that it was changed.  Words go nowhere else: no audit value, no log.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.actions.write_journal import refuse_text
from afterglow.pathway.integration.models import JournalEarlier, JournalEntry, JournalShare
from afterglow.pathway.integration.queries.journal import is_shared, was_shown
from afterglow.pathway.integration.rules import journal as rules
from afterglow.records.chart import access as chart


@transaction.atomic
def change_entry(*, book_id: UUID, entry_id: UUID, edition: int, text: str, by: Actor, at: datetime) -> None:
    """`edition`: the one that was read.  The same words again change nothing, however often they are sent.

    Raises Refusal `integration.entry_not_kept`, `integration.entry_changed_meanwhile`, `integration.change_waits` while the medicine may still
    act and the care team reads the entry; NotFound; Forbidden.
    """
    row = _locked(book_id, entry_id, by)
    if row.removed_at is not None:
        raise NotFound("journal entry")
    kept = text.replace("\x00", "").strip()
    refuse_text(kept)
    if row.text == kept:
        _forget_draft(row)
        return
    _refuse_change(row, edition, at)
    if shown := was_shown(row.id):
        stood_at = row.changed_at or row.written_at
        JournalEarlier(id=ids.new_id(at), entry_id=row.id, edition=row.edition, text=row.text, stood_at=stood_at, replaced_at=at).save(
            force_insert=True
        )
    row.text, row.draft_text, row.changed_at, row.edition = kept, "", at, row.edition + 1
    row.save(update_fields=["text", "draft_text", "changed_at", "edition"])
    new = {"edition": row.edition, "earlier_kept": shown}
    trail.record(events.journal_changed, by=by, at=at, person_id=row.person_id, objects={"entry": row.id}, new=new)


@transaction.atomic
def keep_change_draft(*, book_id: UUID, entry_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """A change while it is typed; an empty text, or the words as they stand, forgets it.

    Raises Refusal `integration.entry_not_kept`; NotFound; Forbidden.
    """
    row = _locked(book_id, entry_id, by)
    if row.removed_at is not None:
        raise NotFound("journal entry")
    typed = text.replace("\x00", "")
    if not typed.strip() or typed.strip() == row.text:
        _forget_draft(row)
        return
    refuse_text(typed)
    row.draft_text = typed
    row.save(update_fields=["draft_text"])


@transaction.atomic
def remove_entry(*, book_id: UUID, entry_id: UUID, by: Actor, at: datetime) -> None:
    """Its words, those it had before and a change half typed are written over, and nobody is shown it any more; again changes nothing.

    Raises Refusal `integration.removal_waits` while the medicine may still act; NotFound; Forbidden.
    """
    row = _locked(book_id, entry_id, by)
    if row.removed_at is not None:
        return
    finding = rules.may_remove(locked_until_at=consent.locked_until(row.person_id, at))
    if not finding.is_met:
        next_step = "You can remove it from the next day. If it is shared, you can take it back now."
        raise Refusal("integration.removal_waits", finding.sentence, next_step, findings=(finding,))
    for earlier in JournalEarlier.objects.filter(entry_id=row.id):
        earlier.text = ""
        earlier.save(update_fields=["text"])
    row.text, row.draft_text, row.removed_at = "", "", at
    row.save(update_fields=["text", "draft_text", "removed_at"])
    if was_shared := is_shared(row.id):
        JournalShare.objects.create(id=ids.new_id(at), person_id=row.person_id, entry_id=row.id, shared=False, said_at=at)
    new = {"sharing_ended": was_shared}
    trail.record(events.journal_removed, by=by, at=at, person_id=row.person_id, objects={"entry": row.id}, new=new)


def _locked(book_id: UUID, entry_id: UUID, by: Actor) -> JournalEntry:
    """The entry as it stands once nobody else changes this person's record."""
    seen = access.fetch_entry(by, book_id, entry_id, removed_too=True)
    chart.lock_person(seen.person_id)
    return JournalEntry.objects.select_for_update().get(id=seen.id)


def _refuse_change(row: JournalEntry, edition: int, at: datetime) -> None:
    if row.edition != edition:
        raise Refusal(
            "integration.entry_changed_meanwhile",
            "This entry was changed meanwhile, in another window or on another device.",
            "What you typed is still here. Read the entry as it stands now, then keep yours if you want it instead.",
        )
    finding = rules.may_change(is_shown=is_shared(row.id), locked_until_at=consent.locked_until(row.person_id, at))
    if not finding.is_met:
        next_step = "Take the entry back first, or change it from the next day. What you typed is kept here."
        raise Refusal("integration.change_waits", finding.sentence, next_step, findings=(finding,))


def _forget_draft(row: JournalEntry) -> None:
    if row.draft_text:
        row.draft_text = ""
        row.save(update_fields=["draft_text"])
