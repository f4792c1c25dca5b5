"""The pages of staff records."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from afterglow.ground.accounts import queries as accounts
from afterglow.records.staff import queries
from afterglow.records.staff.actions.record_credential import record_credential
from tests.support.cast import PASSWORD, Cast
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
    told = {"name": "Rita Moe", "email": "rita@example.org", "password": PASSWORD, "role_ids": ["session_nurse"]}
    assert client.post(reverse("staff:add"), told | {"role_ids": []}).status_code == 422
    weak = client.post(reverse("staff:add"), told | {"password": "short"})
    assert (
        weak.status_code == 422
        and "too easy to guess" in weak.text
        and 'value="Rita Moe"' in weak.text
        and "short" not in weak.text.split("<form")[2]
    )
    made = client.post(reverse("staff:add"), told)
    assert made.status_code == 302
    rita = next(row for row in accounts.staff_of(cast.clinic_id) if row.name == "Rita Moe")
    assert client.post(reverse("staff:leave", args=[rita.user_id])).status_code == 302
    assert "Rita Moe" not in [row.name for row in accounts.staff_of(cast.clinic_id)]
    assert client.post(reverse("staff:leave", args=[cast.olga.user_id])).status_code == 409, "nobody ends their own access"


def test_a_credential_by_hand(cast: Cast) -> None:
    client, url = cast.client("olga"), reverse("staff:member", args=[cast.faye.user_id])
    assert client.post(url, {"kind": "nursing_licence", "number": "N-1", "state": "", "expires_on": "2099-01-01"}).status_code == 422
    assert client.post(url, {"kind": "nursing_licence", "number": "N-1", "state": "ca", "expires_on": "2099-01-01"}).status_code == 302
    held = queries.credentials_of(cast.faye.user_id, cast.clinic_id)
    assert [(row.number, row.state) for row in held] == [("N-1", "CA")]
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
