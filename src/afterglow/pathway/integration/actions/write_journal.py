"""Keep an entry of one's own journal, or what is typed of one; share an entry with the care team, or take that back.

Its words go nowhere else: no audit value, no write key, no log.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.models import JournalDraft, JournalEntry, JournalShare
from afterglow.pathway.integration.queries.journal import is_shared
from afterglow.pathway.integration.rules import journal as rules
from afterglow.records.chart import access as chart


@transaction.atomic
def write_entry(*, book_id: UUID, text: str, key: str, by: Actor, at: datetime) -> UUID:
    """The entry, private.  Raises Refusal `integration.entry_not_kept`, `write.key_reused`; NotFound; Forbidden."""
    book = access.fetch_book(by, book_id)
    kept = text.replace("\x00", "").strip()
    # The text is no part of the fingerprint: a hash of few words could be guessed.  It is compared with what was kept.
    if earlier := once(by, key, ["journal entry", book_id], at=at):
        return _same(UUID(earlier["entry"]), kept)
    chart.lock_person(book.person_id)
    refuse_text(kept)
    row = JournalEntry(id=ids.new_id(at), person_id=book.person_id, book_id=book.id, text=kept, written_at=at)
    row.save(force_insert=True)
    JournalDraft.objects.filter(book_id=book.id).delete()
    trail.record(events.journal_written, by=by, at=at, person_id=book.person_id, objects={"entry": row.id})
    answer(by, key, {"entry": str(row.id)})
    return row.id


@transaction.atomic
def keep_journal_draft(*, book_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """What is typed so far; an empty text forgets it.  Raises Refusal `integration.entry_not_kept`; NotFound; Forbidden."""
    book = access.fetch_book(by, book_id)
    kept = text.replace("\x00", "")
    chart.lock_person(book.person_id)
    held = JournalDraft.objects.filter(book_id=book.id).first()
    if not kept.strip():
        if held is not None:
            held.delete()
        return
    refuse_text(kept)
    row = held or JournalDraft(id=ids.new_id(at), book_id=book.id)
    row.draft_text, row.kept_at = kept, at
    row.save()


@transaction.atomic
def share_entry(*, book_id: UUID, entry_id: UUID, shared: bool, by: Actor, at: datetime) -> None:
    """Show one entry to the care team, or take it back; the same again changes nothing.  Taking back is always open.

    Raises Refusal `integration.not_shared_yet` while the medicine may still act; NotFound; Forbidden.
    """
    entry = access.fetch_entry(by, book_id, entry_id)
    chart.lock_person(entry.person_id)
    if JournalEntry.objects.get(id=entry.id).removed_at is not None:
        raise NotFound("journal entry")  # removed while this waited for the lock
    if is_shared(entry.id) == shared:
        return
    if shared:
        finding = rules.may_share(locked_until_at=consent.locked_until(entry.person_id, at))
        if not finding.is_met:
            raise Refusal(
                "integration.not_shared_yet", finding.sentence, "It stays private. You can share it from the next day.", findings=(finding,)
            )
    JournalShare.objects.create(id=ids.new_id(at), person_id=entry.person_id, entry_id=entry.id, shared=shared, said_at=at)
    event = events.journal_shared if shared else events.journal_taken_back
    trail.record(event, by=by, at=at, person_id=entry.person_id, objects={"entry": entry.id})


def refuse_text(text: str) -> None:
    """Words that can be kept.  Raises Refusal `integration.entry_not_kept`."""
    finding = rules.may_keep(text)
    if not finding.is_met:
        raise Refusal("integration.entry_not_kept", finding.sentence, "Write it, or divide it in two.", field="text", findings=(finding,))


def _same(entry_id: UUID, text: str) -> UUID:
    """The same write again.  Raises Refusal `write.key_reused` for other words under the same key."""
    if JournalEntry.objects.get(id=entry_id).text != text:
        raise Refusal(
            "write.key_reused",
            "This form was already sent with other content.",
            "Reload the page to see what is recorded, then enter the change again.",
        )
    return entry_id
