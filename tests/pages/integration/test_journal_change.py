"""Changing and removing an entry on the phone, without a script; and what the care team then sees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.integration.models import JournalEntry
from tests.support.counting import audit_rows
from tests.support.integration import LATER, course_link
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
URL = "/me/journal/"
WORD = "lantern-seven"
CALM = LATER + timedelta(days=2)


@pytest.fixture
def calm(way: OnTheWay, monkeypatch: pytest.MonkeyPatch) -> OnTheWay:
    """Two days on: nothing of the dose is at work."""
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: CALM)
    return way


def begun(way: OnTheWay) -> Client:
    _, token = course_link(way.cast, LATER)
    client = Client()
    client.get(reverse("portal:open_link", args=[token]))
    assert client.post(reverse("portal:journal_begin"), {"word": WORD, "again": WORD}).headers["Location"] == URL
    return client


def wrote(client: Client) -> JournalEntry:
    client.post(URL, {"key": "k", "text": "The heron again."})
    return JournalEntry.objects.latest("id")


def places(entry: JournalEntry) -> tuple[str, str]:
    return reverse("portal:journal_change", args=[entry.id]), reverse("portal:journal_remove", args=[entry.id])


def shared(client: Client, entry: JournalEntry) -> None:
    client.post(reverse("portal:journal_share", args=[entry.id]), {"shared": "yes"})


# req: N14
# hazard: H60
def test_an_entry_is_changed_and_whoever_reads_it_is_told(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    change, _ = places(entry)
    assert f'href="{change}"' in client.get(URL).text
    page = client.get(change).text
    assert "The heron again." in page and "Nobody was shown this entry" in page and "Nobody watches this page" in page
    for _ in range(2):
        assert client.post(change, {"edition": "1", "text": "Two herons."}).headers["Location"] == URL
    shown = client.get(URL).text
    assert "Two herons." in shown and "The heron again." not in shown and "Changed " in shown
    shared(client, entry)
    read = reverse("integration:shared_journal", args=[calm.person_id])
    theo = calm.cast.client("theo")
    assert "The person changed it" in theo.get(read).text
    assert "Your care team reads this entry" in client.get(change).text
    client.post(change, {"edition": "2", "text": "Three herons."})
    theirs = theo.get(read).text
    assert "Three herons." in theirs and "Two herons." not in theirs and "The person changed it" in theirs
    assert "What it said until" in client.get(URL).text and "Two herons." in client.get(URL).text
    kept = AuditRow.objects.filter(event="integration.shared_journal_read").order_by("id")
    assert [f"(edition {number})" in row.objects_text for row, number in zip(kept, (2, 3), strict=True)] == [True, True]


def test_what_is_typed_comes_back_and_can_be_forgotten(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    change, _ = places(entry)
    assert client.post(reverse("portal:journal_change_draft", args=[entry.id]), {"text": "Two her"}).json()["saved_at"]
    page = client.get(change).text
    assert "Two her" in page and "What the entry says now" in page and "Go on changing it" in client.get(URL).text
    assert client.post(change, {"edition": "1", "text": "Two her", "forget": "yes"}).headers["Location"] == URL
    assert "Two her" not in client.get(change).text
    empty = client.post(change, {"edition": "1", "text": " "})
    assert empty.status_code == 422 and "was not changed yet" in empty.text
    client.post(change, {"edition": "1", "text": "Two herons."})
    stale = client.post(change, {"edition": "1", "text": "From another window."})
    assert stale.status_code == 422 and "changed meanwhile" in stale.text and "Two herons." in stale.text
    assert "From another window." in client.get(change).text, "what was typed is kept"
    assert 'name="edition" value="2"' in stale.text, "pressed again, it is meant for the entry as it stands"


# req: N14
# hazard: H60
def test_removing_says_what_will_be_gone_and_a_second_press_does_no_harm(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    change, remove = places(entry)
    shared(client, entry)
    page = client.get(remove).text
    for words in ("Remove this entry for good?", "The heron again.", "Nobody can bring them back.", "Your care team can read it now.", "Keep it"):
        assert words in page
    assert "The heron again." in client.get(URL).text, "looking removes nothing"
    for _ in range(2):
        assert client.post(remove).headers["Location"] == URL
    assert "heron" not in client.get(URL).text
    assert "heron" not in calm.cast.client("theo").get(reverse("integration:shared_journal", args=[calm.person_id])).text
    assert [client.get(url).status_code for url in (change, remove)] == [404, 404]
    assert [client.post(url, {"edition": "1", "text": "x", "shared": "yes"}).status_code for url in (
        change, reverse("portal:journal_change_draft", args=[entry.id]), reverse("portal:journal_share", args=[entry.id]))] == [404, 404, 404]  # fmt: skip


# hazard: H60
def test_a_closed_journal_changes_and_removes_nothing_and_another_person_finds_nothing(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    change, remove = places(entry)
    rows = audit_rows(lambda: client.get(change))
    assert [(row.event, row.person_id, row.actor_kind) for row in rows] == [("portal.page_read", calm.person_id, "link")]
    client.post(reverse("portal:journal_close"))
    late = client.post(change, {"edition": "1", "text": "Long words."})
    assert late.status_code == 422 and "Your journal had closed" in late.text and 'value="Long words."' in late.text
    assert "Open my journal" in client.post(remove).text and "heron" not in client.get(remove).text
    assert client.post(reverse("portal:journal_change_draft", args=[entry.id]), {"text": "x"}).status_code == 404
    assert JournalEntry.objects.get().text == "The heron again."
    other = Client()
    assert [other.get(url).status_code for url in (change, remove)] == [404, 404]


# hazard: H60 H28
def test_under_the_medicine_the_page_says_when_it_can_be_removed(calm: OnTheWay) -> None:
    client = begun(calm)
    entry = wrote(client)
    change, remove = places(entry)
    shared(client, entry)
    lock_until(person_id=calm.person_id, until=CALM + timedelta(days=1), by=calm.cast.ana, at=CALM)
    assert f'href="{remove}"' not in client.get(URL).text
    assert "You can remove it from" in client.get(remove).text and "Remove it for good</button>" not in client.get(remove).text
    refused = client.post(remove)
    assert refused.status_code == 422 and "never comes back" in refused.text
    waits = client.post(change, {"edition": "1", "text": "Colours."})
    assert waits.status_code == 422 and "a change would be shared at once" in waits.text and "Colours." in waits.text
    assert JournalEntry.objects.get().text == "The heron again."
