"""Begin a journal with a word of one's own, and open it again with that word.

The word keeps out whoever else holds the link: a link is made by staff and may be opened on any phone.  It is hashed outside of every
transaction: a slow hash never holds up a clinic's writes.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.integration import access, events
from afterglow.pathway.integration.models import JournalBook, JournalTry
from afterglow.pathway.integration.rules import journal as rules
from afterglow.records.chart import access as chart


def begin_journal(*, word: str, again: str, by: Actor, at: datetime) -> UUID:
    """The new journal; the same word again gives the journal that it opens already.

    Raises Refusal `integration.journal_word`, and those of `open_journal` once the person has a journal; NotFound; Forbidden.
    """
    person_id = _own(by)
    finding = rules.is_a_word(word)
    if not finding.is_met:
        raise Refusal("integration.journal_word", finding.sentence, "Choose another word.", field="word", findings=(finding,))
    if word.strip() != again.strip():
        raise Refusal("integration.journal_word", "The two words are not the same.", "Type the same word twice.", field="again")
    if (known := _opened_by(person_id, word, at)) is not None:
        return known
    hashed = make_password(word.strip())
    with transaction.atomic():
        chart.lock_person(person_id)
        row = JournalBook.objects.create(id=ids.new_id(at), person_id=person_id, word_hash=hashed, begun_at=at)
        trail.record(events.journal_begun, by=by, at=at, person_id=person_id, objects={"journal": row.id})
    return row.id


def open_journal(*, word: str, by: Actor, at: datetime) -> UUID:
    """The journal that this word opens.

    Raises Refusal `integration.journal_wrong_word`, `integration.journal_paused` after too many wrong ones; NotFound; Forbidden.
    """
    person_id = _own(by)
    found = _opened_by(person_id, word, at)
    if found is None:
        trail.record(events.journal_not_opened, by=by, at=at, person_id=person_id)
        raise Refusal(
            "integration.journal_wrong_word",
            "This word opens none of your journals.",
            "Try again. If it is gone, begin a new journal below: the earlier one stays closed and private.",
            field="word",
        )
    trail.record(events.journal_opened, by=by, at=at, person_id=person_id, objects={"journal": found})
    return found


def _own(by: Actor) -> UUID:
    """Whose link this is.  Raises NotFound, Forbidden."""
    if by.kind != "link" or by.person_id is None:
        raise NotFound("journal")
    return chart.fetch_person(by, by.person_id, need=access.JOURNAL).id


def _opened_by(person_id: UUID, word: str, at: datetime) -> UUID | None:
    """The try is counted before the word is looked at, so that many at once count too, and forgotten when it fits."""
    books = list(JournalBook.objects.filter(person_id=person_id).order_by("-begun_at", "-id").values_list("id", "word_hash"))
    if not books:
        return None
    this = _count(person_id, at)
    found = next((book_id for book_id, hashed in books if check_password(word.strip(), hashed)), None)
    if found is not None:
        JournalTry.objects.filter(id=this).delete()
    return found


@transaction.atomic
def _count(person_id: UUID, at: datetime) -> UUID:
    """Raises Refusal `integration.journal_paused`."""
    chart.lock_person(person_id)
    JournalTry.objects.filter(person_id=person_id, tried_at__lte=at - rules.PAUSE).delete()
    finding = rules.may_try(JournalTry.objects.filter(person_id=person_id).count())
    if not finding.is_met:
        raise Refusal("integration.journal_paused", finding.sentence, "Wait 15 minutes, then try again.", field="word", findings=(finding,))
    return JournalTry.objects.create(id=ids.new_id(at), person_id=person_id, tried_at=at).id
