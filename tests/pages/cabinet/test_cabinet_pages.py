"""The pages of the cabinet: status, cost, who may open what, the forms and their refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.records.cabinet import queries
from tests.support.cabinet import TEN, a_draw, a_lot
from tests.support.cast import PASSWORD, Cast, address, build_cast
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
WITNESS = {"second_email": address("ana"), "second_password": PASSWORD}


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def expiry(at: datetime) -> str:
    return (at + timedelta(days=300)).date().isoformat()


def test_an_empty_cabinet_says_what_to_do(cast: Cast) -> None:
    assert "The cabinet is empty" in cast.client("ben").get(reverse("cabinet:lots")).text
    assert "Nothing was drawn that day" in cast.client("ben").get(reverse("cabinet:day")).text


def test_who_may_open_what(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=300)).date())
    draw_id = a_draw(cast, at, lot_id)
    wanted = {
        reverse("cabinet:lots"): [200, 200, 403, 403, 200, 403],
        reverse("cabinet:day"): [200, 200, 403, 403, 200, 403],
        reverse("cabinet:handling"): [200, 403, 403, 403, 200, 200],  # Cora: that of her own clinic
        reverse("cabinet:receive"): [403, 200, 403, 403, 403, 200],
        reverse("cabinet:lot", args=[lot_id]): [200, 200, 403, 403, 200, 404],
        reverse("cabinet:draw", args=[draw_id]): [200, 200, 403, 403, 403, 404],
    }
    wanted[reverse("cabinet:lots")][5] = wanted[reverse("cabinet:day")][5] = 200  # Cora has a cabinet of her own clinic
    for url, statuses in wanted.items():
        assert [cast.client(who).get(url).status_code for who in ("ana", "ben", "theo", "faye", "olga", "cora")] == statuses, url
    assert str(lot_id) not in cast.client("cora").get(reverse("cabinet:lots")).text
    assert cast.client("ben").get(reverse("cabinet:day") + f"?site={cast.other_site_id}").status_code == 404


def test_the_owner_sees_vials_and_no_names(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=300)).date())
    a_draw(cast, at, lot_id)
    url = reverse("cabinet:lot", args=[lot_id])
    assert "Dan Marsh, 0412" in cast.client("ben").get(url).text
    text = cast.client("olga").get(url).text
    assert "Dan Marsh" not in text and "one person" in text


def test_pages_cost_the_same_for_many_rows_and_leave_one_audit_row(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=300)).date(), vials=200)
    draw_id = a_draw(cast, at, lot_id)
    urls = [reverse("cabinet:lots"), reverse("cabinet:day"), reverse("cabinet:lot", args=[lot_id]), reverse("cabinet:draw", args=[draw_id])]
    report, ana = reverse("cabinet:handling"), cast.client("ana")
    report_before = queries_for(ana, report)
    before = {url: queries_for(client, url) for url in urls}
    for number in range(49):
        a_draw(cast, at, lot_id, key=f"draw {number + 2}", session_id=f"s-{number + 2}")
        a_lot(cast, at, expires_on=(at + timedelta(days=300)).date(), lot_no=f"L{number}", key=f"lot {number}")
    assert {url: queries_for(client, url) for url in urls} == before
    assert queries_for(ana, report) == report_before
    assert [(row.event, row.person_id) for row in audit_rows(lambda: ana.get(report))] == [("cabinet.handling_read", None)]
    events = {url: [(row.event, row.person_id) for row in audit_rows(lambda url=url: client.get(url))] for url in urls}
    assert events == {
        urls[0]: [("cabinet.list_read", None)],
        urls[1]: [("cabinet.day_read", None)],
        urls[2]: [("cabinet.ledger_read", None)],
        urls[3]: [("cabinet.draw_read", cast.dan_id)],
    }


def test_vials_are_received_by_hand(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ben"), reverse("cabinet:receive")
    told = {"key": "form-1", "product": f"{TEN}:20000", "lot_no": "k7", "expires_on": expiry(at), "vials": "3"}
    empty = client.post(url, told | {"product": ""})
    assert empty.status_code == 422 and 'value="k7"' in empty.text
    old = client.post(url, told | {"expires_on": "2020-01-01"})
    assert old.status_code == 422 and "expired on 01 Jan 2020" in old.text and 'value="k7"' in old.text
    made = client.post(url, told)
    assert made.status_code == 302
    assert client.post(url, told).headers["Location"] == made.headers["Location"]
    assert [(row.lot_no, row.balance_ul) for row in queries.lots(cast.clinic_id)] == [("K7", 60_000)]


# hazard: H26
def test_count_discard_and_recall_by_hand(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=300)).date())
    client = cast.client("ben")
    count, discard, recall = (reverse(f"cabinet:{name}", args=[lot_id]) for name in ("count", "discard", "recall"))
    assert client.post(count, {"key": "a"} | WITNESS).status_code == 422
    alone = client.post(count, {"key": "a", "volume": "40", "second_email": address("ben"), "second_password": PASSWORD})
    assert alone.status_code == 422 and "cannot witness your own step" in alone.text
    wrong = client.post(count, {"key": "a", "volume": "40", "second_email": address("ana"), "second_password": "not this one"})
    assert wrong.status_code == 422 and "do not go together" in wrong.text and "not this one" not in wrong.text
    differs = client.post(count, {"key": "a", "volume": "39.5"} | WITNESS)
    assert differs.status_code == 422 and "39.5 mL was found" in differs.text
    assert client.post(count, {"key": "a", "volume": "40"} | WITNESS).status_code == 302
    assert client.post(discard, {"key": "b", "volume": "2.5", "reason": "broken"} | WITNESS).status_code == 302
    assert queries.balance_ul(lot_id) == 37_500
    assert client.post(recall, {"reason": ""}).status_code == 422
    assert client.post(recall, {"reason": "Maker's letter"}).status_code == 302
    text = client.get(reverse("cabinet:lot", args=[lot_id])).text
    assert "This lot is recalled" in text and "Maker&#x27;s letter" in text
    assert cast.client("olga").post(recall, {"reason": "x"}).status_code == 403


def test_what_is_left_of_a_draw_is_wasted_by_hand(cast: Cast, at: datetime) -> None:
    draw_id = a_draw(cast, at, a_lot(cast, at, expires_on=(at + timedelta(days=300)).date()))
    client, url = cast.client("ben"), reverse("cabinet:draw", args=[draw_id])
    told = {"key": "w", "how": "wasted", "amount": "35", "reason": "called off"} | WITNESS
    assert client.post(url, told | {"amount": ""}).status_code == 422
    more = client.post(url, told | {"amount": "36"})
    assert more.status_code == 422 and "still open" in more.text
    assert client.post(url, told).status_code == 302
    assert queries.draw_sum(draw_id).open_ug == 0
    assert "Nothing is left to do" in client.get(url).text
    assert "<td>yes</td>" in client.get(reverse("cabinet:day")).text


# hazard: H26
def test_the_owner_reads_who_handled_what_without_patients(cast: Cast, at: datetime) -> None:
    url = reverse("cabinet:handling")
    assert "No drug was moved" in cast.client("olga").get(url).text
    a_draw(cast, at, a_lot(cast, at, expires_on=(at + timedelta(days=300)).date()))
    page = cast.client("olga").get(url, {"days": "7"}).text
    assert "in the last 7 days" in page and "Ben Okoye" in page and "35 mg" in page and "Ana Ruiz, 100 % of the time" in page
    assert "Dan Marsh" not in page and "Nothing was overridden" in page
    assert "in the last 30 days" in cast.client("olga").get(url, {"days": "no"}).text
    assert url in cast.client("ana").get(reverse("cabinet:lots")).text and url not in cast.client("ben").get(reverse("cabinet:lots")).text


# hazard: H27
def test_an_opened_vial_is_shown_and_its_rest_discarded(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=300)).date())
    a_draw(cast, at, lot_id)
    lot, day = reverse("cabinet:lot", args=[lot_id]), reverse("cabinet:day")
    assert "Opened for Dan Marsh, 0412: 16.5 mL left" in client.get(lot).text
    assert "Opened vials with something left" in client.get(day).text and "16.5 mL" in client.get(day).text
    told = {"key": "rest", "session": "s-1", "volume": "16.5", "reason": "rest of the vial", **WITNESS}
    assert client.post(reverse("cabinet:discard", args=[lot_id]), told | {"session": "s-9"}).status_code == 422
    too_much = client.post(reverse("cabinet:discard", args=[lot_id]), told | {"volume": "17"})
    assert too_much.status_code == 422 and "16.5 mL is left in the vial" in too_much.text
    assert client.post(reverse("cabinet:discard", args=[lot_id]), told).status_code == 302
    assert "Opened for" not in client.get(lot).text and "Opened vials" not in client.get(day).text
    assert queries.balance_ul(lot_id) == 20_000
