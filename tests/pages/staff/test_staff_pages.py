"""The pages of staff records."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.records.staff import queries
from afterglow.records.staff.actions.record_credential import record_credential
from tests.support.cast import Cast, address
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_is_about_to_end(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("staff:people")
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.new_text) for row in rows] == [("staff.list_read", '{"rows":5}')]
    # the page's own day is today's, not the test's: a credential that ends far in the future is in date on both
    record_credential(user_id=cast.faye.user_id, kind="acls", number="F-1", expires_on=at.date() + timedelta(days=3650), by=cast.olga, at=at)
    text = client.get(url).text
    assert "Faye Grant" in text and "Cora Yuen" not in text and "none recorded" in text


def test_who_may_open_what(cast: Cast) -> None:
    pages = {"staff:people": "200 200 403 403 403", "staff:add": "200 403 403 403 403", "staff:roster": "200 200 200 200 200"}
    for name, wanted in pages.items():
        got = [cast.client(who).get(reverse(name)).status_code for who in ("olga", "ana", "ben", "theo", "faye")]
        assert " ".join(map(str, got)) == wanted, name
    member = reverse("staff:member", args=[cast.ben.user_id])
    assert [cast.client(who).get(member).status_code for who in ("olga", "ana", "ben", "cora")] == [200, 200, 403, 404]
    assert cast.client("olga").get(reverse("staff:member", args=[uuid4()])).status_code == 404
    assert cast.client("olga").get(reverse("staff:roster") + f"?site={cast.other_site_id}").status_code == 404


def test_a_colleague_is_added_and_leaves(cast: Cast) -> None:
    client = cast.client("olga")
    told = {"name": "Rita Moe", "email": "rita@example.org", "role_ids": ["session_nurse"]}
    unfinished = client.post(reverse("staff:add"), told | {"role_ids": []})
    assert unfinished.status_code == 422 and 'value="Rita Moe"' in unfinished.text
    made = client.post(reverse("staff:add"), told)
    assert made.status_code == 200 and "/password/choose/" in made.text
    rita = next(row for row in accounts.staff_of(cast.clinic_id) if row.name == "Rita Moe")
    known = client.post(reverse("staff:add"), {"name": "Ben Okoye", "email": address("ben"), "role_ids": ["therapist"]})
    assert known.status_code == 302, "who has a password keeps it, and no link is made"
    assert client.post(reverse("staff:leave", args=[rita.user_id])).status_code == 302
    assert "Rita Moe" not in [row.name for row in accounts.staff_of(cast.clinic_id)]
    assert client.post(reverse("staff:leave", args=[cast.olga.user_id])).status_code == 409, "nobody ends their own access"


def test_a_colleague_chooses_a_password_that_the_owner_never_sees(cast: Cast) -> None:
    """The link works once, for the person it was made for; the page says what is wrong and keeps the link."""
    owner, phone = cast.client("olga"), Client()
    made = owner.post(reverse("staff:add"), {"name": "Rita Moe", "email": "rita@example.org", "role_ids": ["session_nurse"]})
    page = re.search(r"http://testserver(/password/choose/[^<\s]+)", made.text)[1]
    seen = phone.get(page)
    assert "Rita Moe" in seen.text and "rita@example.org" in seen.text and seen["Referrer-Policy"] == "no-referrer"
    for told, words in (
        ({"password": "short", "again": "short"}, "too easy to guess"),
        ({"password": "calm river stone 4", "again": "calm river stone 5"}, "not the same"),
        ({"password": "calm river stone 4\x00", "again": "calm river stone 4\x00"}, "Null characters"),
    ):
        answer = phone.post(page, told)
        assert answer.status_code == 422 and words in answer.text, words
        assert "calm river" not in answer.text
    told = {"password": "calm river stone 4", "again": "calm river stone 4"}
    assert phone.post(page, told)["Location"] == "/sign-in/?chosen=yes"
    assert "Your password is set" in phone.get("/sign-in/?chosen=yes").text
    assert [phone.get(page).status_code, phone.post(page, told).status_code] == [410, 410]
    assert phone.post("/sign-in/", {"email": "rita@example.org", "password": "calm river stone 4"})["Location"] == "/desk/"


def test_only_the_owner_makes_a_password_link_and_not_for_themselves(cast: Cast) -> None:
    page = reverse("staff:password_link", args=[cast.ben.user_id])
    assert "Make a link" in cast.client("olga").get(reverse("staff:member", args=[cast.ben.user_id])).text
    assert "Make a link" not in cast.client("olga").get(reverse("staff:member", args=[cast.olga.user_id])).text
    assert [cast.client(who).post(page).status_code for who in ("olga", "ana", "faye", "cora")] == [200, 403, 403, 403]
    assert cast.client("olga").post(reverse("staff:password_link", args=[cast.olga.user_id])).status_code == 409
    assert cast.client("olga").post(reverse("staff:password_link", args=[cast.cora.user_id])).status_code == 404


# req: C21
def test_a_site_has_its_own_telephone_and_hours(cast: Cast) -> None:
    client, url = cast.client("olga"), reverse("accounts:site", args=[cast.site_id])
    told = {"phone": "+1 555 0100", "address": "1 Quay", "open_days": ["6", "7"], "opens": "08:00", "closes": "18:30"}
    for wrong in ({"closes": "07:00"}, {"open_days": []}, {"opens": "noon"}, {"open_days": ["8"]}, {"phone": "1\x002"}):
        assert client.post(url, told | wrong).status_code == 422, wrong
    assert client.post(url, told).status_code == 302
    site = accounts.site(cast.site_id, clinic_id=cast.clinic_id)
    assert (site.phone, site.open_weekdays, f"{site.opens:%H:%M}", f"{site.closes:%H:%M}") == ("+1 555 0100", {5, 6}, "08:00", "18:30")
    assert client.post(url, told).status_code == 302, "the same again"
    assert AuditRow.objects.filter(event="accounts.site_changed").count() == 1
    assert [cast.client(who).post(url, told).status_code for who in ("ana", "faye")] == [403, 403]
    assert client.post(reverse("accounts:site", args=[cast.other_site_id]), told).status_code == 404


def test_a_credential_by_hand(cast: Cast) -> None:
    client, url = cast.client("olga"), reverse("staff:member", args=[cast.faye.user_id])
    told = {"kind": "nursing_licence", "number": "N-1", "state": "ca", "expires_on": "2099-01-01", "profession": "RN"}
    assert client.post(url, told | {"state": ""}).status_code == 422
    for profession, says in (("", "Choose what the document says: who may watch"), ("MD", "does not make its holder that")):
        answer = client.post(url, told | {"profession": profession})
        assert answer.status_code == 422 and says in answer.text
    assert client.post(url, told).status_code == 302
    assert "nursing licence (registered nurse)" in client.get(url).text
    assert client.post(url, {"kind": "acls", "number": "A-1", "expires_on": "2099-01-01"}).status_code == 302, "no licence, no profession"
    held = queries.credentials_of(cast.faye.user_id, cast.clinic_id)
    assert [(row.number, row.state, row.profession) for row in held] == [("A-1", "", ""), ("N-1", "CA", "RN")]
    assert cast.client("ana").post(url, {"kind": "acls", "number": "1", "expires_on": "2099-01-01"}).status_code == 403
    end = reverse("staff:end_credential", args=[cast.faye.user_id, held[0].id])
    assert client.post(end, {"reason": ""}).status_code == 409
    assert client.post(end, {"reason": "entered wrongly"}).status_code == 302
    assert "ended" in client.get(url).text


# req: C21
def test_a_shift_by_hand_is_in_the_sites_own_time(cast: Cast, at: datetime) -> None:
    client, url = cast.client("olga"), reverse("staff:roster")
    told = {
        "user_id": str(cast.ben.user_id),
        "duty": "on_site",
        "starts_on": "2027-03-15",
        "starts": "08:00",
        "ends_on": "2027-03-15",
        "ends": "16:00",
    }
    assert client.post(url, told | {"ends": "07:00"}).status_code == 422
    assert client.post(url, told).status_code == 302
    starts = datetime.fromisoformat("2027-03-15T15:00:00+00:00")  # 08:00 in Los Angeles, in summer time
    assert [row.starts_at for row in queries.roster(cast.site_id, starts, starts + timedelta(hours=1))] == [starts]
    shift = queries.roster(cast.site_id, starts, starts + timedelta(hours=1))[0].shift_id
    assert "Ben Okoye" in client.get(f"{url}?day=2027-03-14").text
    assert cast.client("ben").post(url, told).status_code == 403
    assert client.post(reverse("staff:cancel_shift", args=[shift]), {"reason": "ill"}).status_code == 302
    assert queries.roster(cast.site_id, starts, starts + timedelta(hours=1)) == []


def test_queries_do_not_grow(cast: Cast, at: datetime) -> None:
    client = cast.client("olga")
    pages = [reverse("staff:people"), reverse("staff:roster"), reverse("staff:member", args=[cast.faye.user_id])]
    before = [queries_for(client, url) for url in pages]
    for number in range(50):
        record_credential(
            user_id=cast.faye.user_id, kind="acls", number=f"F-{number}", expires_on=at.date() + timedelta(days=900), by=cast.olga, at=at
        )
    assert [queries_for(client, url) for url in pages] == before
