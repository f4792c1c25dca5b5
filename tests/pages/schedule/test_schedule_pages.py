"""The calendar and its forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from afterglow.records.schedule import queries
from afterglow.records.schedule.actions.book import book
from afterglow.records.staff.actions.roster import roster
from tests.support.cast import Cast, register
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
DAY = "2099-06-01"


def booked(cast: Cast, at: datetime, key: str = "k", hours: int = 24, person_id: UUID | None = None, room: bool = True) -> UUID:
    return book(
        person_id=person_id or cast.dan_id,
        site_id=cast.site_id,
        room_id=cast.room_id if room else None,
        staff_user_id=None,
        kind="dosing" if room else "review",
        starts_at=at + timedelta(hours=hours),
        ends_at=at + timedelta(hours=hours + 1),
        key=key,
        by=cast.faye,
        at=at,
    )


def told(cast: Cast, **other: str) -> dict[str, str]:
    first = {
        "key": "form-1",
        "kind": "dosing",
        "day": DAY,
        "starts": "09:00",
        "minutes": "160",
        "room_id": str(cast.room_id),
        "staff_user_id": str(cast.ben.user_id),
    }
    return first | other


# req: C21
def test_booking_by_hand_in_the_sites_own_time(cast: Cast) -> None:
    client, url = cast.client("faye"), reverse("schedule:book", args=[cast.dan_id])
    assert client.get(url).status_code == 200
    made = client.post(url, told(cast))
    assert made.status_code == 302
    assert client.post(url, told(cast)).url == made.url, "the same form sent twice is one appointment"
    row = queries.of_person(cast.dan_id)[0]
    assert (row.starts_at, row.ends_at - row.starts_at) == (datetime.fromisoformat("2099-06-01T16:00:00+00:00"), timedelta(minutes=160))
    page = client.get(reverse("schedule:today") + f"?day={DAY}").text
    assert "09:00 to 11:40 PDT" in page and "Dan Marsh" in page and "with Ben Okoye" in page


# req: C18
def test_a_taken_slot_is_refused_with_what_was_typed(cast: Cast, at: datetime) -> None:
    client, eve = cast.client("faye"), register(cast.faye, at, "Eve")
    client.post(reverse("schedule:book", args=[cast.dan_id]), told(cast))
    answer = client.post(reverse("schedule:book", args=[eve]), told(cast, key="form-2"))
    assert answer.status_code == 422
    assert "The room is taken" in answer.text and "The member of staff has another appointment" in answer.text and f'value="{DAY}"' in answer.text
    assert queries.of_person(eve) == []


def test_moving_cancelling_and_marking_by_hand(cast: Cast, at: datetime) -> None:
    client, made = cast.client("faye"), booked(cast, at)
    page = reverse("schedule:appointment", args=[made])
    rows = audit_rows(lambda: client.get(page))
    assert [row.person_id for row in rows] == [cast.dan_id]
    move = {name: value for name, value in told(cast).items() if name not in ("key", "kind")}
    assert client.post(reverse("schedule:move", args=[made]), move | {"minutes": "1"}).status_code == 422
    assert client.post(reverse("schedule:move", args=[made]), move | {"room_id": str(cast.talk_room_id)}).status_code == 422
    assert client.post(reverse("schedule:move", args=[made]), move | {"reason": "asked"}).status_code == 302
    assert queries.appointment(made, cast.clinic_id).staff_name == "Ben Okoye"
    assert client.post(reverse("schedule:mark", args=[made]), {"state": "done"}).status_code == 422
    assert client.post(reverse("schedule:mark", args=[made]), {"state": "arrived"}).status_code == 302
    assert client.post(reverse("schedule:cancel", args=[made]), {}).status_code == 422
    assert client.post(reverse("schedule:cancel", args=[made]), {"cause": "the person is unwell", "more": "a cold"}).status_code == 302
    assert queries.appointment(made, cast.clinic_id).cause == "the person is unwell: a cold"
    assert client.post(reverse("schedule:cancel", args=[made]), {"cause": "no longer needed"}).status_code == 302, "cancelled is cancelled"
    assert "the person is unwell: a cold" in client.get(page).text


# req: S8, C27
def test_strangers_get_404(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    made, hers = booked(cast, at), booked(cast, at, key="k2", hours=30, person_id=una)
    for who, name, key, wanted in (
        ("cora", "appointment", made, 404),
        ("theo", "appointment", hers, 404),
        ("theo", "appointment", made, 200),
        ("ana", "appointment", uuid4(), 404),
        ("olga", "book", cast.dan_id, 403),
        ("cora", "book", cast.dan_id, 404),
        ("olga", "appointment", made, 200),
    ):
        assert cast.client(who).get(reverse(f"schedule:{name}", args=[key])).status_code == wanted, (who, name)
    for name in ("move", "cancel", "mark"):
        assert cast.client("cora").post(reverse(f"schedule:{name}", args=[made])).status_code == 404
        assert cast.client("olga").post(reverse(f"schedule:{name}", args=[made])).status_code == 403
    assert cast.client("faye").get(reverse("schedule:today") + f"?site={cast.other_site_id}").status_code == 404


def test_a_therapist_sees_own_patients_in_the_calendar(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    booked(cast, at)
    booked(cast, at, key="k2", hours=26, person_id=una)
    url = reverse("schedule:today") + "?day=2026-12-08"
    assert "Una Example" in cast.client("faye").get(url).text
    text = cast.client("theo").get(url).text
    assert "Dan Marsh" in text and "Una Example" not in text


def test_queries_do_not_grow_with_the_day(cast: Cast, at: datetime) -> None:
    client, url = cast.client("faye"), reverse("schedule:today") + "?day=2026-12-08"
    booked(cast, at, room=False)
    before = queries_for(client, url)
    for number in range(49):
        booked(cast, at, key=f"p{number}", person_id=register(cast.faye, at, f"P{number}"), room=False)
    assert queries_for(client, url) == before
    rows = audit_rows(lambda: client.get(url))
    assert [(row.event, row.new_text) for row in rows] == [("schedule.day_read", '{"rows":50}')]


def test_an_empty_day_and_a_bad_day(cast: Cast) -> None:
    client = cast.client("faye")
    assert "Nothing is booked on this day" in client.get(reverse("schedule:today") + "?day=2031-01-01").text
    assert client.get(reverse("schedule:today") + "?day=soon").status_code == 200


def test_rooms_by_hand(cast: Cast) -> None:
    client, url = cast.client("olga"), reverse("schedule:rooms")
    assert "Room 1" in client.get(url).text
    assert client.post(url, {"name": "Room 9", "kind": ""}).status_code == 422
    assert client.post(url, {"name": "Room 1", "kind": "talk"}).status_code == 422
    assert client.post(url, {"name": "Room 9", "kind": "talk"}).status_code == 302
    assert cast.client("faye").post(url, {"name": "Room 10", "kind": "talk"}).status_code == 403
    close = reverse("schedule:close_room", args=[cast.room_2_id])
    assert client.post(close, {"reason": "leak"}).status_code == 302
    assert "Room 2" not in client.get(url).text
    assert cast.client("faye").post(close, {"reason": "leak"}).status_code == 403


def test_outside_the_opening_hours_the_page_asks_why_and_keeps_what_was_typed(cast: Cast) -> None:
    client, url = cast.client("faye"), reverse("schedule:book", args=[cast.dan_id])
    sunday = told(cast, day="2099-06-07", starts="10:00")
    answer = client.post(url, sunday)
    assert answer.status_code == 422 and "The site is closed on Sundays. Say why" in answer.text and 'value="2099-06-07"' in answer.text
    assert queries.of_person(cast.dan_id) == []
    made = client.post(url, sunday | {"reason": "Dan works all week."})
    assert made.status_code == 302 and "outside the usual" in client.get(made.url).text
    row = queries.of_person(cast.dan_id)[0]
    assert row.deviation == "The site is closed on Sundays. Because: Dan works all week."
    assert "closed on Sundays" in client.get(reverse("schedule:today") + "?day=2099-06-07").text
    move = {name: value for name, value in sunday.items() if name not in ("key", "kind")} | {"day": "2099-06-14"}
    again = client.post(reverse("schedule:move", args=[row.id]), move)
    assert again.status_code == 422 and "Say why" in again.text
    assert client.post(reverse("schedule:move", args=[row.id]), move | {"day": "2099-06-08"}).status_code == 302
    assert queries.of_person(cast.dan_id)[0].deviation == ""


def test_a_colleague_who_is_not_on_the_roster_then_is_asked_about(cast: Cast, at: datetime) -> None:
    client, url = cast.client("faye"), reverse("schedule:book", args=[cast.dan_id])
    starts = datetime(2099, 6, 1, 20, 0, tzinfo=UTC)
    roster(
        site_id=cast.site_id, user_id=cast.faye.user_id, duty="on_site", starts_at=starts, ends_at=starts + timedelta(hours=2), by=cast.olga, at=at
    )
    answer = client.post(url, told(cast, starts="13:00"))
    assert answer.status_code == 422 and "not on the roster as on site" in answer.text
    assert client.post(url, told(cast, starts="13:00", reason="Ben comes in for it.")).status_code == 302
    assert "Ben comes in for it." in queries.of_person(cast.dan_id)[0].deviation
