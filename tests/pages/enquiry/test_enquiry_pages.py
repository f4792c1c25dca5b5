"""The inbox and the page of one enquiry."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.enquiry import queries
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.records.chart import queries as chart
from tests.support.cast import Cast
from tests.support.portal import follow, text_of

pytestmark = pytest.mark.django_db


def ask(cast: Cast, at: datetime, key: str = "e", **more: Any) -> UUID:
    values = {"channel": "web", "given_name": "Rosa", "family_name": "Klein", "phone": "+1 555 0199", "may_contact": True, "message": "No sleep."}
    return receive_enquiry(**(values | more), key=key, by=public_page(cast.clinic_id), at=at)


def keys(page: str) -> list[str]:
    return re.findall(r'name="key" value="([^"]+)"', page)


# req: S1
def test_a_call_is_written_down(cast: Cast, at: datetime) -> None:
    client = cast.client("faye")
    page = text_of(client, "/enquiries/new/")
    data = {
        "key": keys(page)[0],
        "danger_now": "yes",
        "channel": "phone",
        "asker": "relative",
        "asker_name": "Paul Klein",
        "given_name": "Rosa",
        "may_contact": "yes",
        "contact_by": "phone",
        "phone": "+1 555 0199",
        "message": "His sister has not eaten for days.",
    }
    where = follow(client, "/enquiries/new/", data)
    page = text_of(client, where)
    for words in ("danger now", "Paul Klein", "His sister has not eaten for days.", "taken by Faye Grant"):
        assert words in page
    failed = client.post("/enquiries/new/", data | {"phone": "", "key": "k2"})
    assert failed.status_code == 422
    assert "His sister has not eaten for days." in failed.content.decode()
    assert client.post("/enquiries/new/", {"key": "k3"}).status_code == 422


# req: S3
def test_the_inbox_counts_and_the_page_names_what_was_read(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    client = cast.client("faye")
    page = text_of(client, "/enquiries/")
    assert "Rosa Klein" in page
    assert "No sleep." not in page, "the message is opened on its own page only"
    assert AuditRow.objects.get(event="enquiry.inbox_read").new_text == '{"rows":1}'
    assert "No sleep." in text_of(client, f"/enquiries/{enquiry}/")
    assert str(enquiry) in AuditRow.objects.get(event="enquiry.page_read").objects_text


# req: S1
def test_accepting_leads_to_the_intake(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    client = cast.client("faye")
    page = text_of(client, f"/enquiries/{enquiry}/")
    assert 'value="Rosa"' in page
    missing = client.post(f"/enquiries/{enquiry}/accept/", {"key": keys(page)[0], "given_name": "Rosa"})
    assert missing.status_code == 422
    where = follow(client, f"/enquiries/{enquiry}/accept/", {"key": keys(page)[0], "given_name": "Rosa", "family_name": "Klein"})
    assert "Rosa Klein" in text_of(client, where)
    page = text_of(client, f"/enquiries/{enquiry}/")
    assert "accepted" in page
    assert "<h2>Accept</h2>" not in page
    assert client.post(f"/enquiries/{enquiry}/accept/", {"key": "k", "given_name": "Rosa", "family_name": "Klein"}).status_code == 422


def test_someone_known_is_offered_and_joined(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, given_name="Dan", family_name="Marsh")
    client = cast.client("faye")
    page = text_of(client, f"/enquiries/{enquiry}/")
    assert "Already in the chart?" in page
    assert "0412" in page
    where = follow(client, f"/enquiries/{enquiry}/accept/", {"key": "k", "person_id": str(cast.dan_id)})
    assert str(cast.dan_id) in where
    assert len(chart.search(cast.faye, "Marsh")) == 1
    assert client.post(f"/enquiries/{enquiry}/accept/", {"key": "k2", "person_id": "x"}).status_code == 422


# req: S2
@pytest.mark.parametrize(
    ("deed", "data", "state"),
    [("decline", {"reason": "Lives too far away."}, "declined"), ("refer", {"where": "Bay crisis centre"}, "referred")],
)
def test_the_other_two_decisions(cast: Cast, at: datetime, deed: str, data: dict[str, str], state: str) -> None:
    enquiry = ask(cast, at)
    client = cast.client("ana")
    assert client.post(f"/enquiries/{enquiry}/{deed}/", {"key": "k"}).status_code == 422
    assert follow(client, f"/enquiries/{enquiry}/{deed}/", {"key": "k", **data}) == "/enquiries/"
    assert queries.inbox(cast.ana, at).decided[0].state == state
    assert client.post(f"/enquiries/{enquiry}/{deed}/", {"key": "k2", **data}).status_code == 422


def test_who_sees_what(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    addresses = ("/enquiries/", f"/enquiries/{enquiry}/")
    assert [cast.client("ben").get(address).status_code for address in addresses] == [200, 200]
    assert "<h2>Accept</h2>" not in text_of(cast.client("ben"), addresses[1])
    assert cast.client("ben").post(f"/enquiries/{enquiry}/decline/", {"key": "k", "reason": "No room."}).status_code == 403
    for who in ("theo", "olga"):
        assert [cast.client(who).get(address).status_code for address in addresses] == [403, 403]
    assert cast.client("cora").get(addresses[1]).status_code == 404
    assert "Rosa" not in text_of(cast.client("cora"), addresses[0])
    assert Client().get(addresses[0]).status_code == 302


def test_an_empty_inbox_says_what_comes_here(cast: Cast) -> None:
    assert "Nobody is waiting" in text_of(cast.client("faye"), "/enquiries/")


def test_the_number_of_queries_does_not_grow(cast: Cast, at: datetime) -> None:
    client = cast.client("faye")
    ask(cast, at)
    text_of(client, "/enquiries/")
    with CaptureQueriesContext(connection) as one:
        text_of(client, "/enquiries/")
    for number in range(1, 50):
        ask(cast, at, key=f"e{number}")
    with CaptureQueriesContext(connection) as many:
        text_of(client, "/enquiries/")
    assert len(many) == len(one) <= 20


# hazard: H53
def test_nobody_is_put_down_for_a_way_they_did_not_choose(cast: Cast) -> None:
    client = cast.client("faye")
    assert 'value="phone" checked' not in text_of(client, "/enquiries/new/").replace('checked value="phone"', 'value="phone" checked')
    data = {"key": "k1", "danger_now": "no", "channel": "phone", "asker": "self", "given_name": "Rosa", "may_contact": "yes", "phone": "+1 555 0199"}
    failed = client.post("/enquiries/new/", data)
    assert failed.status_code == 422 and "Choose one of the two." in failed.text
    assert client.post("/enquiries/new/", data | {"contact_by": "phone"}).status_code == 302


SLOT = {"day": "2026-12-07", "starts": "10:00", "minutes": "30", "room_id": "", "staff_user_id": "", "why": ""}


# req: S1
def test_the_consultation_is_booked_with_the_same_form(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    client = cast.client("faye")
    page = text_of(client, f"/enquiries/{enquiry}/")
    assert "Accept and book the consultation" in page
    data = {"key": keys(page)[0], "given_name": "Rosa", "family_name": "Klein", "book_for": "new"}
    data |= {f"visit-{name}": value for name, value in SLOT.items()}
    url = f"/enquiries/{enquiry}/accept/?site={cast.site_id}"
    empty = client.post(url, data | {"visit-starts": ""})
    assert empty.status_code == 422 and "This field is required." in empty.text
    closed = client.post(url, data | {"visit-starts": "22:00"})
    assert closed.status_code == 422 and "Say why it is booked all the same." in closed.text
    assert 'value="22:00"' in closed.text
    booked = text_of(client, follow(client, url, data))
    assert "Rosa Klein" in booked and "Consultation" in booked and "10:00 to 10:30" in booked
    assert client.post(f"/enquiries/{enquiry}/accept/?site={cast.other_site_id}", data).status_code == 404


def test_somebody_known_is_booked_from_the_same_form(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at, given_name="Dan", family_name="Marsh")
    client = cast.client("faye")
    data = {"key": "k", "given_name": "Dan", "family_name": "Marsh", "book_for": str(cast.dan_id)}
    assert client.post(f"/enquiries/{enquiry}/accept/", data).status_code == 422
    where = follow(client, f"/enquiries/{enquiry}/accept/", data | {f"visit-{name}": value for name, value in SLOT.items()})
    assert "Dan Marsh" in text_of(client, where)
    assert len(chart.search(cast.faye, "Marsh")) == 1
    assert client.post(f"/enquiries/{enquiry}/accept/", data | {"book_for": "junk"}).status_code == 422


# req: S2
def test_a_first_call_is_booked_and_its_outcome_decided_on_the_enquiry(cast: Cast, at: datetime) -> None:
    enquiry = ask(cast, at)
    client = cast.client("faye")
    url = f"/enquiries/{enquiry}/call/?site={cast.site_id}"
    assert "Book a first call, no charge" in text_of(client, f"/enquiries/{enquiry}/")
    assert client.post(url, {"key": "k"}).status_code == 422
    data = SLOT | {"key": "k", "staff_user_id": str(cast.faye.user_id)}
    assert client.post(url, data | {"staff_user_id": str(cast.ben.user_id)}).status_code == 422, "who holds it may say how it ended"
    assert client.post(url, data | {"starts": "00:10"}).status_code == 422
    page = text_of(client, follow(client, url, data))
    for words in ("with Faye Grant", "Go: accept", "No-go: decline", "Its outcome is what you decide below"):
        assert words in page
    assert "Book a first call, no charge" not in page
    calendar = text_of(client, "/schedule/?day=2026-12-07")
    assert "first call, no charge" in calendar and "Rosa" not in calendar
    call_url = re.search(r'href="(/schedule/[0-9a-f-]{36}/)"', calendar)
    assert call_url is not None
    call = text_of(client, call_url[1])
    assert "Rosa" not in call and "They answered" in call and f"/enquiries/{enquiry}/" in call
    assert f"/enquiries/{enquiry}/" not in text_of(cast.client("olga"), call_url[1]), "no link that this role cannot open"
    follow(client, f"/enquiries/{enquiry}/decline/", {"key": "d", "reason": "Lives too far away."})
    assert "the enquiry was decided before the call" in text_of(client, f"/enquiries/{enquiry}/")
    assert cast.client("ben").post(url, data).status_code == 403
