"""The journal on the person's phone without a script, and what staff see of it: what is shared, while it is shared."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.integration.actions.write_journal import share_entry, write_entry
from afterglow.pathway.integration.models import JournalBook, JournalEntry
from afterglow.pathway.integration.queries import journal as queries
from afterglow.records.flags.models import Flag
from tests.support.counting import audit_rows, queries_for
from tests.support.integration import LATER, course_link
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
URL = "/me/journal/"
WORD = {"word": "lantern-seven"}
NEW = {"word": "lantern-seven", "again": "lantern-seven"}
CALM = LATER + timedelta(days=2)


@pytest.fixture
def calm(way: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> OnTheWay:
    """Two days on: nothing of the dose is at work."""
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: CALM)
    return way


def phone(way: OnTheWay) -> tuple[Client, str]:
    _, token = course_link(way.cast, LATER)
    return opened(token), token


def opened(token: str) -> Client:
    client = Client()
    assert client.get(reverse("portal:open_link", args=[token])).status_code == 302
    return client


def begun(way: OnTheWay) -> Client:
    client, _ = phone(way)
    assert client.post(reverse("portal:journal_begin"), NEW).headers["Location"] == URL
    return client


def wrote(client: Client, text: str = "The heron again.", key: str = "k") -> JournalEntry:
    assert client.post(URL, {"key": key, "text": text}).headers["Location"] == URL
    return JournalEntry.objects.latest("id")


# req: N14
# hazard: H60
def test_the_link_alone_opens_no_journal(calm: OnTheWay) -> None:
    """Whoever else holds the link, staff who made it included, meets the question for the word, and no entry or draft."""
    client, token = phone(calm)
    first = client.get(URL).text
    assert "Begin my journal" in first and "Open my journal" not in first and "988" in first and "Nobody watches this page" in first
    client.post(reverse("portal:journal_begin"), NEW)
    wrote(client)
    client.post(reverse("portal:journal_draft"), {"text": "Half a dream."})
    assert "The heron again." in client.get(URL).text and "Half a dream." in client.get(URL).text
    other = opened(token)
    text = other.get(URL).text
    assert "Open my journal" in text and "heron" not in text and "dream" not in text
    assert other.post(reverse("portal:journal_draft"), {"text": "x"}).status_code == 404
    assert other.post(reverse("portal:journal_share", args=[JournalEntry.objects.get().id]), {"shared": "yes"}).headers["Location"] == URL
    assert queries.shared_count(calm.person_id) == 0
    wrong = other.post(reverse("portal:journal_open"), {"word": "wrong-word"})
    assert wrong.status_code == 422 and "opens none of your journals" in wrong.text
    assert other.post(reverse("portal:journal_open"), WORD).headers["Location"] == URL
    assert "The heron again." in other.get(URL).text


# hazard: H60
def test_it_closes_with_its_button_its_link_and_its_hours(calm: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> None:
    client = begun(calm)
    wrote(client)
    held = client.cookies["afterglow_journal"].value
    assert client.cookies["afterglow_journal"]["httponly"]
    assert client.post(reverse("portal:journal_close")).headers["Location"] == URL
    assert "heron" not in client.get(URL).text
    client.cookies["afterglow_journal"] = f"{held}x"
    assert "heron" not in client.get(URL).text, "a forged cookie opens nothing"
    client.cookies["afterglow_journal"] = held
    assert "heron" in client.get(URL).text
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: CALM + timedelta(hours=4))
    assert "heron" not in client.get(URL).text, "after four hours the word is asked again"
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: CALM)
    fresh, _ = phone(calm)
    fresh.cookies["afterglow_journal"] = held
    assert "heron" not in fresh.get(URL).text, "another link asks for the word again"
    fresh.post(reverse("portal:journal_open"), WORD)
    fresh.post(reverse("portal:practice_leave"))
    assert not fresh.cookies["afterglow_journal"].value


def test_what_was_typed_when_it_closed_is_there_once_it_opens(calm: OnTheWay) -> None:
    client = begun(calm)
    client.post(reverse("portal:journal_close"))
    closed = client.post(URL, {"key": "k", "text": "Long words."})
    assert closed.status_code == 422 and "Your journal had closed" in closed.text and 'value="Long words."' in closed.text
    wrong = client.post(reverse("portal:journal_open"), {"word": "wrong-word", "text": "Long words."})
    assert 'value="Long words."' in wrong.text
    client.post(reverse("portal:journal_open"), {**WORD, "text": "Long words."})
    assert "Long words." in client.get(URL).text and not JournalEntry.objects.exists()


def test_a_new_word_begins_a_new_journal_and_mistakes_are_said(calm: OnTheWay) -> None:
    client = begun(calm)
    wrote(client)
    client.post(reverse("portal:journal_close"))
    for told in ({"word": "short", "again": "short"}, {"word": "lantern-nine", "again": "lantern-ten"}, {}):
        answer = client.post(reverse("portal:journal_begin"), told)
        assert answer.status_code == 422 and JournalBook.objects.count() == 1
    assert client.post(reverse("portal:journal_open"), {}).status_code == 422
    client.post(reverse("portal:journal_begin"), {"word": "a-new-word", "again": "a-new-word"})
    text = client.get(URL).text
    assert "heron" not in text and "Your first entry will stand here" in text


# req: N14
# hazard: H60
def test_staff_read_an_entry_only_while_it_is_shared_and_each_reading_is_kept(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    wrote(client, "Mine alone.", key="2")
    theo, person = calm.cast.client("theo"), reverse("integration:person", args=[calm.person_id])
    page = reverse("integration:shared_journal", args=[calm.person_id])
    assert "Shared from the journal" not in theo.get(person).text and "Nothing is shared" in theo.get(page).text
    share = reverse("portal:journal_share", args=[entry.id])
    for _ in range(2):
        assert client.post(share, {"shared": "yes"}).headers["Location"] == URL
    assert "Take it back" in client.get(URL).text
    assert "1 entry that the person shows you" in theo.get(person).text
    rows = audit_rows(lambda: theo.get(page))
    assert [(row.event, row.actor_name, row.person_id) for row in rows] == [("integration.shared_journal_read", "Theo Lind", calm.person_id)]
    assert str(entry.id) in rows[0].objects_text and "heron" not in rows[0].objects_text
    for who in ("theo", "ana"):
        text = calm.cast.client(who).get(page).text
        assert "The heron again." in text and "Mine alone." not in text
    assert [calm.cast.client(who).get(page).status_code for who in ("ben", "olga", "faye", "cora")] == [403, 403, 403, 404]
    client.post(share, {"shared": "no"})
    assert "heron" not in theo.get(page).text
    kept = AuditRow.objects.filter(event="integration.shared_journal_read", objects_text__contains=str(entry.id))
    assert sorted({row.actor_name for row in kept}) == ["Ana Ruiz", "Theo Lind"], "who read it stays on the trail"


# hazard: H60 H28
def test_right_after_the_dose_it_can_be_written_and_not_shared(way: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = consent_lock_end(way) - timedelta(hours=1)
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: soon)
    client = begun(way)
    entry = wrote(client)
    text = client.get(URL).text
    assert "Sharing opens" in text and "Share with my care team" not in text
    refused = client.post(reverse("portal:journal_share", args=[entry.id]), {"shared": "yes"})
    assert refused.status_code == 422 and "nothing is shared yet" in refused.text and queries.shared_count(way.person_id) == 0


def consent_lock_end(way: OnTheWay) -> datetime:
    until = consent.locked_until(way.person_id, LATER - timedelta(hours=30))
    assert until is not None, "the dose closed signing"
    return until


def test_an_entry_of_another_person_and_an_empty_one_are_turned_away(calm: OnTheWay) -> None:
    client = begun(calm)
    assert client.post(reverse("portal:journal_share", args=[UUID(int=1)]), {"shared": "yes"}).status_code == 404
    empty = client.post(URL, {"key": "k", "text": "  "})
    assert empty.status_code == 422 and "The entry was not kept yet" in empty.text
    wrote(client)
    again = client.post(URL, {"key": "k", "text": "Other words."})
    assert again.status_code == 422 and "Other words." in again.text, "what was typed stays on the page"


# hazard: H61
def test_telling_the_clinic_needs_no_word_opens_one_flag_and_shows_help(calm: OnTheWay) -> None:
    client, _ = phone(calm)
    page = client.get(reverse("portal:tell")).text
    assert "911" in page and "988" in page and "Nobody can promise how soon" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    for _ in range(2):
        answer = client.post(reverse("portal:tell"), {"key": key, "words": "I am not safe."})
        assert answer.status_code == 200 and "You do not have to carry this alone" in answer.text and "as urgent" in answer.text
    flag = Flag.objects.get(kind="asked_for_help")
    assert flag.urgency == "urgent" and "I am not safe." in flag.sentence
    assert client.post(reverse("portal:tell"), {"words": "x"}).status_code == 422, "a form without its key says so"


def test_pages_are_audited_and_cost_the_same_for_many(calm: OnTheWay) -> None:
    client = begun(calm)
    wrote(client)
    rows = audit_rows(lambda: client.get(URL))
    assert [(row.event, row.person_id, row.actor_kind) for row in rows] == [("portal.page_read", calm.person_id, "link")]
    theo, page = calm.cast.client("theo"), reverse("integration:shared_journal", args=[calm.person_id])
    book, dan = JournalBook.objects.get().id, course_link(calm.cast, CALM)[0]
    client, _ = phone(calm)
    client.post(reverse("portal:journal_open"), WORD)
    share_entry(book_id=book, entry_id=JournalEntry.objects.get().id, shared=True, by=dan, at=CALM)
    own, shared = queries_for(client, URL), queries_for(theo, page)
    for number in range(49):
        entry = write_entry(book_id=book, text="More.", key=f"n{number}", by=dan, at=CALM)
        share_entry(book_id=book, entry_id=entry, shared=True, by=dan, at=CALM)
    assert (queries_for(client, URL), queries_for(theo, page)) == (own, shared)


def test_the_ways_to_the_journal_are_on_the_phone(calm: OnTheWay) -> None:
    client, _ = phone(calm)
    assert f'href="{URL}"' in client.get(reverse("portal:practice")).text
    assert client.get(reverse("portal:practice")).text.count("Open your journal") == 1
