"""A person's own journal: their words stand nowhere as text, open by their own word only, and reach staff entry by entry while shared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.ground.access import roles
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.ground.writes.models import WriteKey
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.integration import access
from afterglow.pathway.integration.actions.ask_for_help import ASKED, ask_for_help
from afterglow.pathway.integration.actions.open_journal import begin_journal, open_journal
from afterglow.pathway.integration.actions.write_journal import keep_journal_draft, share_entry, write_entry
from afterglow.pathway.integration.models import JournalBook, JournalDraft, JournalEntry, JournalShare, JournalTry
from afterglow.pathway.integration.queries import journal as queries
from afterglow.records.flags.models import Flag
from tests.support.cast import register
from tests.support.integration import LATER, course_link, stored_anywhere
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
SECRET = "heron-under-glass"
WORD = "lantern-seven"
CALM = LATER + timedelta(days=2)
"""When nothing of the dose is at work any more."""


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def dan(way: OnTheWay) -> Actor:
    return course_link(way.cast, LATER)[0]


def begun(by: Actor, **other: Any) -> UUID:
    told: dict[str, Any] = {"word": WORD, "again": WORD, "by": by, "at": CALM} | other
    return begin_journal(**told)


def written(by: Actor, book: UUID, **other: Any) -> UUID:
    told: dict[str, Any] = {"book_id": book, "text": f"The {SECRET} again.", "key": "entry", "by": by, "at": CALM} | other
    return write_entry(**told)


# req: N14 S87
# hazard: H60
def test_its_words_and_its_word_stand_nowhere_in_the_database_as_text(dan: Actor) -> None:
    """Every column of every table: entry, draft, trail, write keys, flags, chart, shared or not."""
    book = begun(dan)
    entry = written(dan, book)
    share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM)
    keep_journal_draft(book_id=book, text=f"half a {SECRET}", by=dan, at=CALM)
    with refused("integration.journal_wrong_word"):
        open_journal(word=f"{SECRET}-word", by=dan, at=CALM)
    assert stored_anywhere(SECRET) == [] and stored_anywhere(WORD) == []
    assert stored_anywhere("Theo Lind"), "the search itself finds plain text"
    assert [row.text for row in queries.entries(book)] == [f"The {SECRET} again."]
    assert queries.draft(book) == f"half a {SECRET}"


# hazard: H60
def test_the_trail_and_the_write_keys_know_no_words(dan: Actor, way: OnTheWay) -> None:
    book = begun(dan)
    entry = written(dan, book, key="a")
    written(dan, book, key="b", text="Other words.")
    row = AuditRow.objects.filter(event="integration.journal_written").earliest("id")
    assert (row.old_text, row.new_text, row.reason) == ("", "", "") and str(entry) in row.objects_text and row.person_id == way.person_id
    assert len(set(WriteKey.objects.filter(key__in=["a", "b"]).values_list("fingerprint", flat=True))) == 1


# req: N14
# hazard: H60
def test_an_entry_is_private_until_it_is_shared_and_again_once_taken_back(dan: Actor, way: OnTheWay) -> None:
    book = begun(dan)
    entry, other = written(dan, book), written(dan, book, key="2", text="Mine.")
    assert queries.shared_entries(way.person_id) == [] and queries.shared_count(way.person_id) == 0
    for _ in range(2):
        share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM)
    assert [row.id for row in queries.shared_entries(way.person_id)] == [entry] and JournalShare.objects.count() == 1
    assert {row.id: row.shared_at for row in queries.entries(book)} == {entry: CALM, other: None}
    later = CALM + timedelta(minutes=1)
    for _ in range(2):
        share_entry(book_id=book, entry_id=entry, shared=False, by=dan, at=later)
    assert queries.shared_entries(way.person_id) == [] and JournalShare.objects.count() == 2
    share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=later + timedelta(minutes=1))
    assert queries.shared_count(way.person_id) == 1
    said = ["integration.journal_shared", "integration.journal_taken_back", "integration.journal_shared"]
    assert list(AuditRow.objects.filter(event__in=set(said)).order_by("id").values_list("event", flat=True)) == said


# hazard: H60 H28
def test_nothing_is_shared_while_the_medicine_may_act_and_taking_back_is_always_open(dan: Actor, way: OnTheWay) -> None:
    book = begun(dan)
    entry = written(dan, book)
    share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM)
    lock_until(person_id=way.person_id, until=CALM + timedelta(days=1), by=way.cast.ana, at=CALM)
    share_entry(book_id=book, entry_id=entry, shared=False, by=dan, at=CALM)
    with refused("integration.not_shared_yet"):
        share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM)
    assert queries.shared_count(way.person_id) == 0
    assert written(dan, book, key="under the drug", text="Colours."), "writing stays open"
    share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM + timedelta(days=1))


# req: N14
# hazard: H60
def test_nobody_but_the_holder_reaches_a_journal(dan: Actor, way: OnTheWay) -> None:
    """No member of staff, no chaperone, no other person's link, no link for another purpose, no job."""
    book = begun(dan)
    entry = written(dan, book)
    una = course_link(way.cast, LATER, register(way.cast.faye, LATER, "Una"))[0]
    job = Actor.job("clock", way.cast.clinic_id, access.JOURNAL)
    strangers = [way.cast.theo, way.cast.ana, way.cast.ben, way.cast.olga, way.cast.faye, way.cast.cora, una, job]
    for who in strangers:
        with pytest.raises(NotFound):
            written(who, book, key=who.id)
        with pytest.raises(NotFound):
            keep_journal_draft(book_id=book, text="x", by=who, at=CALM)
        with pytest.raises(NotFound):
            share_entry(book_id=book, entry_id=entry, shared=True, by=who, at=CALM)
    for who in [one for one in strangers if one is not una]:
        for deed in (lambda by: begun(by), lambda by: open_journal(word=WORD, by=by, at=CALM), lambda by: asked(by)):
            with pytest.raises(NotFound):
                deed(who)
    escort = Actor(kind="link", id="link:e", name="Esther", clinic_id=way.cast.clinic_id, permissions=frozenset({"portal.escort.confirm"}),
                   scope="own_patients", person_id=way.person_id)  # fmt: skip
    for deed in (lambda by: begun(by), lambda by: written(by, book), lambda by: asked(by)):
        with pytest.raises(Forbidden):
            deed(escort)
    assert all(access.JOURNAL not in role.permissions for role in roles.all_roles().values())
    assert {name for name, role in roles.all_roles().items() if access.VISIT_READ in role.permissions} == {"therapist", "prescriber"}


def test_an_entry_is_reached_through_its_own_journal_only(dan: Actor) -> None:
    one, two = begun(dan), begun(dan, word="another-word", again="another-word")
    entry = written(dan, one)
    with pytest.raises(NotFound):
        share_entry(book_id=two, entry_id=entry, shared=True, by=dan, at=CALM)
    assert queries.entries(two) == []


# hazard: H60
def test_a_word_opens_its_own_journal_and_no_other(dan: Actor, way: OnTheWay) -> None:
    one = begun(dan)
    assert begun(dan) == one, "the same word again is the same journal"
    two = begun(dan, word="another-word", again="another-word")
    assert two != one and JournalBook.objects.count() == 2
    assert open_journal(word=f" {WORD} ", by=dan, at=CALM) == one
    assert open_journal(word="another-word", by=dan, at=CALM) == two
    una = course_link(way.cast, LATER, register(way.cast.faye, LATER, "Una"))[0]
    with refused("integration.journal_wrong_word"):
        open_journal(word=WORD, by=una, at=CALM)


@pytest.mark.parametrize(("word", "again"), [("short", "short"), ("x" * 81, "x" * 81), ("lantern", "lanterns")])
def test_a_short_an_endless_and_an_unlike_word_are_refused(dan: Actor, word: str, again: str) -> None:
    with refused("integration.journal_word"):
        begun(dan, word=word, again=again)
    assert not JournalBook.objects.exists()


# hazard: H60
def test_wrong_words_pause_the_door_and_the_pause_ends(dan: Actor) -> None:
    book = begun(dan)
    for number in range(8):
        with refused("integration.journal_wrong_word"):
            open_journal(word=f"guess-{number}", by=dan, at=CALM)
    with refused("integration.journal_paused"):
        open_journal(word=WORD, by=dan, at=CALM + timedelta(minutes=14))
    with refused("integration.journal_paused"):
        begun(dan, word="a-new-word", again="a-new-word", at=CALM)
    assert AuditRow.objects.filter(event="integration.journal_not_opened").count() == 8
    assert open_journal(word=WORD, by=dan, at=CALM + timedelta(minutes=15)) == book
    assert not JournalTry.objects.exists(), "what is over is forgotten, and a word that fits counts nothing"


def test_the_same_form_twice_is_one_entry_and_other_words_are_refused(dan: Actor) -> None:
    book = begun(dan)
    assert written(dan, book) == written(dan, book)
    with refused("write.key_reused"):
        written(dan, book, text="Other words.")
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize("text", ["", " \n", "\x00", "x" * 20_001])
def test_an_empty_or_endless_entry_is_refused(dan: Actor, text: str) -> None:
    with refused("integration.entry_not_kept"):
        written(dan, begun(dan), text=text)
    assert not JournalEntry.objects.exists()


def test_what_is_typed_is_kept_and_goes_with_the_entry(dan: Actor) -> None:
    book = begun(dan)
    for text in ("half", "half a day"):
        keep_journal_draft(book_id=book, text=text, by=dan, at=CALM)
    assert queries.draft(book) == "half a day" and JournalDraft.objects.count() == 1
    written(dan, book)
    assert queries.draft(book) == ""
    keep_journal_draft(book_id=book, text="more", by=dan, at=CALM)
    for _ in range(2):
        keep_journal_draft(book_id=book, text=" ", by=dan, at=CALM)
    assert not JournalDraft.objects.exists()
    with refused("integration.entry_not_kept"):
        keep_journal_draft(book_id=book, text="x" * 20_001, by=dan, at=CALM)


def asked(by: Actor, **other: Any) -> UUID:
    told: dict[str, Any] = {"words": "", "key": "help", "by": by, "at": CALM} | other
    return ask_for_help(**told)


# hazard: H61
def test_asking_for_help_opens_an_urgent_flag_and_nothing_of_the_journal_goes_with_it(dan: Actor, way: OnTheWay) -> None:
    written(dan, begun(dan))
    assert asked(dan) == asked(dan)
    flag = Flag.objects.get(kind="asked_for_help")
    assert (flag.urgency, flag.sentence, flag.person_id, flag.due_at) == ("urgent", ASKED, way.person_id, CALM + timedelta(minutes=15))
    assert asked(dan, words="I took \x00 pills\nat home") != flag.id, "other words of the same form are another asking, never lost"
    assert Flag.objects.get(sentence=f'{ASKED} They wrote: "I took pills at home"')
    asked(dan, words="x" * 900, key="long")
    assert max(len(row.sentence) for row in Flag.objects.all()) <= 300
    assert AuditRow.objects.filter(event="integration.help_asked").count() == 3
    with refused("write.no_key"):
        asked(dan, key="")


# hazard: H61
def test_words_of_danger_in_an_entry_raise_no_flag(dan: Actor) -> None:
    """The page says so: nobody and nothing watches it, so nothing may look as if it did."""
    before = Flag.objects.count()
    written(dan, begun(dan), text="I want to die.")
    assert Flag.objects.count() == before
