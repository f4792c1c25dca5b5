"""The owner's page of what leaves the clinic, a colleague's page of where their pages go, and who is told that nobody is paged."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from afterglow.doors.ops import check
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.messages import queries
from afterglow.records.messages.actions.queue_message import queue_message
from afterglow.records.messages.models import Message
from afterglow.records.staff import queries as staff
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
NOBODY = "No e-mail and no text messages are set up: nobody is being paged."


def a_page(cast: Cast, at: datetime, window: str = "1.1") -> UUID:
    return queue_message(
        channel="email", template="staff_page", facts={"waiting_min": 15}, source_kind="flag", source_id="f-1", window=window,
        to_user=cast.ana.user_id, by=Actor.job("paging", cast.clinic_id), at=at,
    )  # fmt: skip


def to_dan(cast: Cast, at: datetime) -> UUID:
    return queue_message(
        channel="sms", template="questions_waiting", facts={"day": "2026-12-09"}, source_kind="assignment", source_id="a-1", window="1",
        to_person=cast.dan_id, by=Actor.job("reminders", cast.clinic_id, "chart.person.read"), at=at,
    )  # fmt: skip


# req: C16
# hazard: H53
def test_what_could_not_be_delivered_stands_first_without_words_or_patients(cast: Cast, at: datetime) -> None:
    a_page(cast, at)
    to_dan(cast, at)
    Message.objects.filter(person_id=cast.dan_id).update(state="dead", last_error="TimeoutError", tries=8)
    client, url = cast.client("olga"), reverse("messages:outbox")
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.new_text, row.person_id) for row in rows] == [("messages.outbox_read", '{"rows":2}', None)]
    text = client.get(url).text
    body = text[text.index("<tbody>") :]
    assert body.index("a patient") < body.index("Ana Ruiz")
    assert "not delivered" in body and "TimeoutError" in body and body.count("Send again") == 1
    for private in ("Dan", "Marsh", "0412", "555 0100", "2026-12-09", "urgent"):
        assert private not in body, private
    assert "1 not delivered, 1 waiting, 0 sent" in text


def test_an_empty_outbox_says_what_would_be_here(cast: Cast) -> None:
    assert "Nothing was sent yet" in cast.client("olga").get(reverse("messages:outbox")).text


def test_the_page_asks_as_much_of_the_database_for_fifty_as_for_one(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("messages:outbox")
    a_page(cast, at)
    one = queries_for(client, url)
    for number in range(50):
        a_page(cast, at, f"2.{number}")
    assert queries_for(client, url) == one


# req: C16
def test_the_owner_sends_one_again_by_its_button(cast: Cast) -> None:
    page = a_page(cast, datetime.now(UTC))
    Message.objects.update(state="dead", last_error="TimeoutError", tries=8)
    client, url = cast.client("olga"), reverse("messages:outbox")
    key = re.findall(r'name="key" value="([^"]+)"', client.get(url).text)[0]
    again = reverse("messages:again", args=[page])
    assert client.post(again, {"key": key}).status_code == 302
    assert client.post(again, {"key": key}).status_code == 302, "the same button pressed twice is one deed"
    assert client.post(again, {"key": "other"}).status_code == 409
    assert (Message.objects.get().state, AuditRow.objects.filter(event="messages.tried_again").count()) == ("queued", 1)
    assert cast.client("ana").post(again, {"key": "k"}).status_code == 403


# hazard: H53
def test_the_owner_chooses_the_senders_name(cast: Cast) -> None:
    client, url = cast.client("olga"), reverse("messages:sender")
    refused = client.post(url, {"name": "Harbour Ketamine"})
    assert refused.status_code == 422 and "would tell a stranger" in refused.text and "Harbour Ketamine" in refused.text
    assert client.post(url, {"name": ""}).status_code == 422
    assert client.post(url, {"name": "Harbour Street"}).status_code == 302
    assert queries.sender_name(cast.clinic_id) == "Harbour Street"


# hazard: H16
def test_where_nobody_can_be_paged_the_pages_say_so(cast: Cast, at: datetime, settings: Any) -> None:
    flag = open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="Question 9.", source_kind="test", source_id="1",
        owner_id=cast.ana.user_id, by=Actor.job("test", cast.clinic_id), at=at,
    )  # fmt: skip
    pages = {"ana": ["/flags/", f"/flags/{flag}/", "/desk/"], "olga": ["/desk/", reverse("messages:outbox")]}
    for who, urls in pages.items():
        for url in urls:
            assert NOBODY in cast.client(who).get(url).text, (who, url)
    assert NOBODY not in cast.client("faye").get("/desk/").text
    found = {finding.name: finding for finding in check.look()}
    assert (found["paging"].level, found["paging"].sentence) == ("hint", NOBODY)
    settings.MAIL = {"host": "mail.example"}
    for who, urls in pages.items():
        for url in urls:
            assert "being paged" not in cast.client(who).get(url).text, (who, url)
    assert {finding.name: finding.level for finding in check.look()}["paging"] == "ok"


# hazard: H16
def test_whom_the_software_named_says_that_they_have_it(cast: Cast) -> None:
    flag = open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="Question 9.", source_kind="test", source_id="1",
        owner_id=cast.ana.user_id, by=Actor.job("test", cast.clinic_id), at=datetime.now(UTC),
    )  # fmt: skip
    client = cast.client("ana")
    assert "I have it" in client.get(f"/flags/{flag}/").text
    assert client.post(f"/flags/{flag}/own/").status_code == 302
    assert "I have it" not in client.get(f"/flags/{flag}/").text


def test_everyone_keeps_their_own_number_and_an_owner_anyones(cast: Cast, at: datetime) -> None:
    mine, bens = reverse("staff:my_paging"), reverse("staff:paging", args=[cast.ben.user_id])
    client = cast.client("ben")
    assert "ben@example.org" in client.get(mine).text
    refused = client.post(mine, {"number": "555 0100"})
    assert refused.status_code == 422 and "starts with +" in refused.text and "555 0100" in refused.text
    for _ in range(2):
        assert client.post(mine, {"number": "+1 555 010 0300"}).status_code == 302
    assert staff.paging_phone(cast.ben.user_id, cast.clinic_id) == "+15550100300"
    assert AuditRow.objects.filter(event="staff.paging_phone_recorded").count() == 1
    assert "555" not in AuditRow.objects.get(event="staff.paging_phone_recorded").new_text
    assert [cast.client(who).get(bens).status_code for who in ("olga", "ana", "ben", "cora")] == [200, 403, 403, 403]
    assert cast.client("olga").post(bens, {"number": ""}).status_code == 302
    assert staff.paging_phone(cast.ben.user_id, cast.clinic_id) == ""
    assert cast.client("olga").get(reverse("staff:paging", args=[cast.cora.user_id])).status_code == 404
