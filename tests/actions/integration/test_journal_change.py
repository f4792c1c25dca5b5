"""A person changes an entry of their journal, or removes it: what is left where, who is told, and what never comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.integration.actions.change_journal import change_entry, keep_change_draft, remove_entry
from afterglow.pathway.integration.actions.open_journal import begin_journal
from afterglow.pathway.integration.actions.write_journal import share_entry, write_entry
from afterglow.pathway.integration.models import JournalEarlier, JournalEntry, JournalShare
from afterglow.pathway.integration.queries import journal as queries
from tests.support.cast import register
from tests.support.integration import LATER, course_link, stored_anywhere
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
WORD = "lantern-seven"
CALM = LATER + timedelta(days=2)
"""When nothing of the dose is at work any more."""
NEXT = CALM + timedelta(hours=1)


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def dan(way: OnTheWay) -> Actor:
    return course_link(way.cast, LATER)[0]


@pytest.fixture
def book(dan: Actor) -> UUID:
    return begin_journal(word=WORD, again=WORD, by=dan, at=CALM)


@pytest.fixture
def entry(dan: Actor, book: UUID) -> UUID:
    return write_entry(book_id=book, text="The heron again.", key="entry", by=dan, at=CALM)


def shared(dan: Actor, book: UUID, entry: UUID, yes: bool = True) -> None:
    share_entry(book_id=book, entry_id=entry, shared=yes, by=dan, at=NEXT if yes else NEXT + timedelta(minutes=1))


def changed(dan: Actor, book: UUID, entry: UUID, **other: Any) -> None:
    told: dict[str, Any] = {"edition": 1, "text": "Two herons.", "by": dan, "at": NEXT} | other
    change_entry(book_id=book, entry_id=entry, **told)


def removed(dan: Actor, book: UUID, entry: UUID, **other: Any) -> None:
    told: dict[str, Any] = {"by": dan, "at": NEXT} | other
    remove_entry(book_id=book, entry_id=entry, **told)


def sealed(entry: UUID) -> str:
    """The column as it lies in the database."""
    found: str = JournalEntry.objects.filter(id=entry).values_list("text", flat=True).get()
    return str(found)


# req: N14 S87
# hazard: H60
def test_nobody_was_shown_it_so_only_the_new_words_are_left(dan: Actor, book: UUID, entry: UUID) -> None:
    before = sealed(entry)
    for _ in range(2):
        changed(dan, book, entry)
    row = queries.entry(entry)
    assert (row.text, row.edition, row.changed_at, row.written_at, row.earlier, row.shown) == ("Two herons.", 2, NEXT, CALM, (), False)
    assert sealed(entry) != before and not JournalEarlier.objects.exists()
    trail = AuditRow.objects.get(event="integration.journal_changed")
    assert str(entry) in trail.objects_text and "heron" not in trail.new_text + trail.old_text + trail.objects_text


# req: N14
# hazard: H60
def test_what_was_shown_stays_with_the_person_and_the_reader_is_told(dan: Actor, book: UUID, entry: UUID, way: OnTheWay) -> None:
    shared(dan, book, entry)
    changed(dan, book, entry, at=NEXT + timedelta(minutes=1))
    read = queries.shared_entries(way.person_id)[0]
    assert (read.text, read.edition, read.changed_at) == ("Two herons.", 2, NEXT + timedelta(minutes=1))
    shared(dan, book, entry, yes=False)
    changed(dan, book, entry, edition=2, text="Three.", at=NEXT + timedelta(minutes=2))
    assert queries.shared_entries(way.person_id) == []
    own = queries.entry(entry)
    assert own.text == "Three." and own.shown
    assert [(one.text, one.stood_at) for one in own.earlier] == [("Two herons.", NEXT + timedelta(minutes=1)), ("The heron again.", CALM)]
    assert stored_anywhere("heron") == [] and stored_anywhere("Theo Lind")


# req: N14
# hazard: H60
def test_what_is_removed_leaves_no_words_and_nobody_reads_it(dan: Actor, book: UUID, entry: UUID, way: OnTheWay) -> None:
    shared(dan, book, entry)
    changed(dan, book, entry)
    keep_change_draft(book_id=book, entry_id=entry, text="Half a thought", by=dan, at=NEXT)
    for _ in range(2):
        removed(dan, book, entry)
    assert queries.entries(book) == [] and queries.shared_entries(way.person_id) == [] and queries.shared_count(way.person_id) == 0
    row = JournalEntry.objects.get(id=entry)
    assert (sealed(entry), row.draft_text, row.removed_at) == ("", "", NEXT)
    assert list(JournalEarlier.objects.values_list("text", flat=True)) == [""], "the columns themselves are empty"
    assert list(JournalShare.objects.order_by("said_at", "id").values_list("shared", flat=True)) == [True, False]
    trail = AuditRow.objects.get(event="integration.journal_removed")
    assert trail.person_id == way.person_id and str(entry) in trail.objects_text and "heron" not in trail.objects_text + trail.new_text
    for deed in (changed, shared):
        with pytest.raises(NotFound):
            deed(dan, book, entry)
    with pytest.raises(NotFound):
        keep_change_draft(book_id=book, entry_id=entry, text="x", by=dan, at=NEXT)


# hazard: H60
def test_the_database_refuses_a_removed_entry_with_words(dan: Actor, book: UUID, entry: UUID) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalEntry.objects.filter(id=entry).update(removed_at=NEXT)


# hazard: H60 H28
def test_under_the_medicine_nothing_is_removed_nor_changed_before_readers(dan: Actor, book: UUID, entry: UUID, way: OnTheWay) -> None:
    shared(dan, book, entry)
    lock_until(person_id=way.person_id, until=NEXT + timedelta(days=1), by=way.cast.ana, at=NEXT)
    with refused("integration.change_waits"):
        changed(dan, book, entry)
    with refused("integration.removal_waits"):
        removed(dan, book, entry)
    assert queries.shared_entries(way.person_id)[0].text == "The heron again."
    shared(dan, book, entry, yes=False)
    changed(dan, book, entry)
    assert queries.entry(entry).text == "Two herons."
    removed(dan, book, entry, at=NEXT + timedelta(days=1))
    assert queries.entries(book) == []


def test_two_windows_do_not_overwrite_each_other(dan: Actor, book: UUID, entry: UUID) -> None:
    changed(dan, book, entry)
    with refused("integration.entry_changed_meanwhile"):
        changed(dan, book, entry, text="Other words.")
    assert queries.entry(entry).text == "Two herons."
    changed(dan, book, entry, edition=2, text="Other words.")
    assert queries.entry(entry).edition == 3


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * 20_001])
def test_an_entry_is_not_changed_to_nothing_nor_without_end(dan: Actor, book: UUID, entry: UUID, text: str) -> None:
    with refused("integration.entry_not_kept"):
        changed(dan, book, entry, text=text)
    assert queries.entry(entry).text == "The heron again."


def test_a_change_half_typed_is_kept_and_goes_with_the_change(dan: Actor, book: UUID, entry: UUID) -> None:
    def typed(text: str) -> str:
        keep_change_draft(book_id=book, entry_id=entry, text=text, by=dan, at=NEXT)
        return queries.entry(entry).typed

    assert [typed(text) for text in ("Two", "Two herons", " ", "Two", "The heron again.")] == ["Two", "Two herons", "", "Two", ""]
    typed("Two herons.")
    assert stored_anywhere("Two herons") == [] and queries.entry(entry).text == "The heron again."
    changed(dan, book, entry)
    assert queries.entry(entry).typed == ""
    typed("Two herons. And")
    changed(dan, book, entry, edition=9)
    assert queries.entry(entry).typed == "", "the words as they stand already: nothing is left to change"


# hazard: H60
def test_nobody_but_the_holder_changes_or_removes(dan: Actor, book: UUID, entry: UUID, way: OnTheWay) -> None:
    una = course_link(way.cast, LATER, register(way.cast.faye, LATER, "Una"))[0]
    escort = Actor(kind="link", id="link:e", name="Esther", clinic_id=way.cast.clinic_id, permissions=frozenset({"portal.escort.confirm"}),
                   scope="own_patients", person_id=way.person_id)  # fmt: skip
    other = begin_journal(word="another-word", again="another-word", by=dan, at=CALM)
    for who, error in ((way.cast.theo, NotFound), (way.cast.ana, NotFound), (way.cast.cora, NotFound), (una, NotFound), (escort, Forbidden)):
        for deed in (changed, removed):
            with pytest.raises(error):
                deed(who, book, entry)
    for deed in (changed, removed):
        with pytest.raises(NotFound):
            deed(dan, other, entry)
    assert queries.entry(entry).text == "The heron again."
