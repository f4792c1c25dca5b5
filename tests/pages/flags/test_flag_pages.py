"""The page of all open flags, and the page of one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.records.flags import queries
from afterglow.records.flags.actions.open_flag import open_flag
from tests.support.cast import Cast, register
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db
NOTE = "Spoke to Dan for ten minutes; safe tonight; call tomorrow 09:00."


def a_flag(cast: Cast, at: datetime, source: str = "1", person_id: UUID | None = None) -> UUID:
    return open_flag(
        person_id=person_id or cast.dan_id,
        kind="suicide_item",
        urgency="urgent",
        sentence=f"Question 9, source {source}.",
        source_kind="test",
        source_id=source,
        by=Actor.job("test", cast.clinic_id),
        at=at,
    )


# req: N43
# hazard: H16
def test_the_longest_overdue_stands_first_and_is_called_overdue(cast: Cast, at: datetime) -> None:
    a_flag(cast, at, "late")
    a_flag(cast, at - timedelta(hours=2), "early")
    page = text_of(cast.client("ana"), "/flags/")
    assert page.index("source early") < page.index("source late")
    assert "nobody yet" in page
    assert AuditRow.objects.get(event="flags.list_read").new_text == '{"rows":2}'


# req: N43
def test_taken_noted_and_closed_on_the_page(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    flag = a_flag(cast, at)
    client = cast.client("ana")
    page = text_of(client, f"/flags/{flag}/")
    assert "Close this flag" not in page, "nobody closes what nobody owns"
    follow(client, f"/flags/{flag}/own/")
    page = text_of(client, f"/flags/{flag}/")
    key = re.findall(r'name="key" value="([^"]+)"', page)
    follow(client, f"/flags/{flag}/note/", {"key": key[0], "text": "Called, no answer."})
    short = client.post(f"/flags/{flag}/close/", {"key": key[1], "note": "ok"})
    assert short.status_code == 422
    assert "A closing note is needed" in short.content.decode()
    assert client.post(f"/flags/{flag}/note/", {"key": "k", "text": ""}).status_code == 422
    assert client.post(f"/flags/{flag}/close/", {"key": "k", "note": ""}).status_code == 422
    assert follow(client, f"/flags/{flag}/close/", {"key": "k9", "note": NOTE}) == "/flags/"
    assert [event.what for event in queries.story(flag)] == ["opened", "owned", "noted", "closed"]
    assert "No flag is open" in text_of(client, "/flags/")


def test_one_row_for_one_look(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    client = cast.client("ben")
    text_of(client, f"/flags/{flag}/")
    assert AuditRow.objects.filter(event="flags.page_read", person_id=cast.dan_id).count() == 1


def test_who_sees_flags(cast: Cast, at: datetime) -> None:
    flag = a_flag(cast, at)
    stranger = a_flag(cast, at, "stranger", register(cast.faye, at, "Stranger"))
    assert cast.client("theo").get(f"/flags/{flag}/").status_code == 200
    assert cast.client("theo").get(f"/flags/{stranger}/").status_code == 404, "a therapist sees own patients"
    assert "source stranger" not in text_of(cast.client("theo"), "/flags/")
    for who in ("faye", "olga"):
        assert cast.client(who).get(f"/flags/{flag}/").status_code == 403
    assert cast.client("cora").get(f"/flags/{flag}/").status_code == 404
    assert cast.client("cora").post(f"/flags/{flag}/own/").status_code == 404
    assert Client().get("/flags/").status_code == 302


def test_the_number_of_queries_does_not_grow(cast: Cast, at: datetime) -> None:
    client = cast.client("ana")
    a_flag(cast, at)
    text_of(client, "/flags/")
    with CaptureQueriesContext(connection) as one:
        text_of(client, "/flags/")
    for number in range(2, 51):
        a_flag(cast, at, str(number))
    with CaptureQueriesContext(connection) as many:
        text_of(client, "/flags/")
    assert len(many) == len(one) <= 20
