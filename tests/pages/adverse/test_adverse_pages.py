"""The pages of adverse events: status, cost, who may open what, the forms and their refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.records.adverse import queries
from afterglow.records.adverse.actions.record_event import record_event, update_event
from tests.support.cast import Cast, build_cast
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
CREW = ("ana", "ben", "theo", "faye", "olga", "cora")


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def an_event(cast: Cast, at: datetime, number: int = 0) -> str:
    made = record_event(
        person_id=cast.dan_id, session_id="", kind="nausea", grade=1, began_at=at - timedelta(hours=1), done_text=f"note {number}", key=f"e{number}",
        by=cast.ben, at=at,
    )  # fmt: skip
    return reverse("adverse:update", args=[made])


def test_who_may_open_what_and_one_audit_row(cast: Cast, at: datetime) -> None:
    person, new, update = reverse("adverse:person", args=[cast.dan_id]), reverse("adverse:new", args=[cast.dan_id]), an_event(cast, at)
    wanted = {person: [200, 200, 200, 403, 403, 404], new: [200, 200, 403, 403, 403, 404], update: [200, 200, 403, 403, 403, 404]}
    for url, statuses in wanted.items():
        assert [cast.client(who).get(url).status_code for who in CREW] == statuses, url
        rows = audit_rows(lambda url=url: cast.client("ana").get(url))
        assert [row.person_id for row in rows] == [cast.dan_id]


def test_the_list_costs_the_same_for_many_rows(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ben"), reverse("adverse:person", args=[cast.dan_id])
    assert "No adverse event is recorded" in client.get(url).text
    an_event(cast, at)
    before = queries_for(client, url)
    for number in range(1, 50):
        an_event(cast, at, number)
    assert queries_for(client, url) == before


def test_an_event_is_recorded_and_updated_by_hand(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ben"), reverse("adverse:new", args=[cast.dan_id])
    told = {"key": "f", "kind": "fall", "grade": "", "began": "2020-01-02T10:00", "ended": "", "done_text": "Caught at the door."}
    empty = client.post(url, told | {"kind": ""})
    assert empty.status_code == 422 and "Caught at the door." in empty.text
    backwards = client.post(url, told | {"ended": "2020-01-02T09:00"})
    assert backwards.status_code == 422 and "ends before it begins" in backwards.text and "Caught at the door." in backwards.text
    assert client.post(url, told).status_code == 302
    held = queries.of_person(cast.dan_id)[0]
    assert (held.grade, held.began_at.hour) == (None, 18), "10:00 at the site is 18:00 UTC in winter"
    update = reverse("adverse:update", args=[held.id])
    assert client.post(update, {"key": "u", "grade": "9"}).status_code == 422
    assert client.post(update, {"key": "u", "grade": "2", "ended": "2020-01-02T10:05", "done_text": "Sat down, no injury."}).status_code == 302
    text = client.get(reverse("adverse:person", args=[cast.dan_id])).text
    assert "2, moderate" in text and "5 min" in text and "1 earlier" in text and "Caught at the door." in text
    again = client.post(update, {"key": "u2", "grade": "2", "ended": "", "done_text": "x"})
    assert again.status_code == 422 and "Someone changed this event" in again.text


def test_an_update_keeps_the_earlier_entry_readable(cast: Cast, at: datetime) -> None:
    first = record_event(
        person_id=cast.dan_id, session_id="s", kind="headache", grade=None, began_at=at, done_text="first words", key="a", by=cast.ben, at=at
    )
    update_event(event_id=first, grade=1, ended_at=None, done_text="second words", key="b", by=cast.ben, at=at)
    text = cast.client("theo").get(reverse("adverse:person", args=[cast.dan_id])).text
    assert "first words" in text and "second words" in text and "in a session" in text
