"""The intake at the desk: how far it is, and the link that is shown once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from afterglow.ground.audit.models import AuditRow
from afterglow.records.chart.actions.record_allergy import record_allergy
from afterglow.records.measures import queries as measures
from tests.support.cast import Cast
from tests.support.portal import text_of

pytestmark = pytest.mark.django_db


def made(client: Client, cast: Cast, instruments: list[str], site: str = "") -> tuple[int, str]:
    page = text_of(client, f"/intake/{cast.dan_id}/")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    data = {"key": key[1], "site_id": site or str(cast.site_id), "instruments": instruments}
    answer = client.post(f"/intake/{cast.dan_id}/link/", data)
    again = client.post(f"/intake/{cast.dan_id}/link/", data)
    assert again.status_code == 422
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("who", ["ana", "ben", "theo", "faye"])
def test_who_may_see_it_leaves_one_row(cast: Cast, who: str) -> None:
    client = cast.client(who)
    text_of(client, f"/intake/{cast.dan_id}/")
    assert AuditRow.objects.filter(event="portal.intake_read", person_id=cast.dan_id).count() == 1


def test_who_may_not(cast: Cast) -> None:
    assert cast.client("olga").get(f"/intake/{cast.dan_id}/").status_code == 403
    assert cast.client("cora").get(f"/intake/{cast.dan_id}/").status_code == 404
    assert cast.client("cora").post(f"/intake/{cast.dan_id}/link/").status_code == 404
    assert Client().get(f"/intake/{cast.dan_id}/").status_code == 302


# req: S13
def test_the_link_is_shown_once_with_its_code_and_opens(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)
    status, page = made(cast.client("faye"), cast, ["phq9", "gad7"])
    assert status == 200
    token = re.search(r"http://testserver(/l/[^<\s]+/)", page)
    assert token is not None
    assert '<path d="M' in page
    assert Client().get(token[1])["Location"] == "/me/"
    assert len(measures.open_assignments(cast.dan_id, "link")) == 2
    assert token[1] not in text_of(cast.client("faye"), f"/intake/{cast.dan_id}/")


# hazard: H16
def test_the_refusal_says_that_nobody_is_on_call(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(days=30))
    client = cast.client("faye")
    page = text_of(client, f"/intake/{cast.dan_id}/")
    assert "Nobody who is on call now can be paged" in page
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    answer = client.post(f"/intake/{cast.dan_id}/link/", {"key": key[1], "site_id": str(cast.site_id), "instruments": ["phq9"]})
    assert answer.status_code == 422
    assert "nobody who is on call at this site can be paged" in answer.content.decode()
    assert measures.open_assignments(cast.dan_id) == []


def test_what_is_not_offered_is_refused(cast: Cast) -> None:
    client = cast.client("faye")
    for data in ({"instruments": ["asq"], "site_id": str(cast.site_id)}, {"site_id": str(cast.other_site_id)}, {"site_id": "x"}):
        assert client.post(f"/intake/{cast.dan_id}/link/", {"key": "k", **data}).status_code == 422


# req: S8
def test_the_front_desk_sees_neither_allergies_nor_weight_nor_what_was_listed(cast: Cast, at: datetime) -> None:
    record_allergy(person_id=cast.dan_id, substance="penicillin", by=cast.ben, at=at)
    url = f"/intake/{cast.dan_id}/"
    nurse = text_of(cast.client("ben"), url)
    assert "penicillin" in nurse and "<dt>weight</dt>" in nurse and "on the list" in nurse
    desk = text_of(cast.client("faye"), url)
    assert "Dan Marsh" in desk and "0412" in desk
    assert not [words for words in ("penicillin", "Allergy:", "<dt>weight</dt>", "on the list") if words in desk]


def test_the_front_desk_sees_states_and_fills_in_only_who_someone_is(cast: Cast) -> None:
    page = text_of(cast.client("faye"), f"/intake/{cast.dan_id}/")
    assert f"/people/{cast.dan_id}/edit/" in page
    assert f"/people/{cast.dan_id}/lists/medicines/" not in page
    assert f"/people/{cast.dan_id}/lists/medicines/" in text_of(cast.client("ben"), f"/intake/{cast.dan_id}/")
