"""The entry pages: what they show and to whom, what they store, what they say when it cannot stand, what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.models import Entry, Session
from afterglow.records.cabinet import queries as cabinet
from tests.support.cast import PASSWORD, address
from tests.support.counting import audit_rows, queries_for
from tests.support.course import vitals
from tests.support.session import OnTheWay

EVERYONES = ("acknowledge", "help", "emergency", "stop")
PAGES = (
    "vitals",
    "note",
    "addendum",
    "event",
    "medicine",
    "distress",
    "touch",
    "followed",
    "pause",
    "resume",
    "rate",
    "finish",
    "rest",
    "monitor",
    *EVERYONES,
)


def url(way: OnTheWay, part: str) -> str:
    return f"/sessions/{way.session_id}/{part}/"


def post(client: Client, way: OnTheWay, part: str, key: str = "k1", **fields: str):
    return client.post(url(way, part), {"key": key, **fields})


def state(way: OnTheWay) -> str:
    return Session.objects.get(id=way.session_id).state


@pytest.mark.parametrize("part", PAGES)
def test_each_page_names_the_person_and_leaves_one_row(way: OnTheWay, part: str) -> None:
    client = way.cast.client("ben")
    rows = audit_rows(lambda: client.get(url(way, part)))
    assert [(row.event, row.person_id) for row in rows] == [("session.charting_read", way.person_id)]
    html = client.get(url(way, part)).content.decode()
    assert "Dan Marsh" in html and ('name="key"' in html or part == "followed"), "nothing to send where no mark was answered"


@pytest.mark.parametrize("part", PAGES)
def test_strangers_get_nothing(way: OnTheWay, part: str) -> None:
    assert way.cast.client("cora").get(url(way, part)).status_code == 404
    assert Client().get(url(way, part)).status_code == 302
    assert Client().post(url(way, part), {"key": "k"}).status_code == 401


@pytest.mark.parametrize("part", [part for part in PAGES if part not in EVERYONES])
def test_who_lacks_the_right_is_told_who_has_it(way: OnTheWay, part: str) -> None:
    answer = way.cast.client("faye").get(url(way, part))
    assert answer.status_code == 403 and b"session nurse" in answer.content


@pytest.mark.parametrize("part", EVERYONES)
def test_the_front_desk_finds_the_button_and_no_chart(way: OnTheWay, part: str) -> None:
    html = way.cast.client("faye").get(url(way, part)).content.decode()
    assert "<form" in html and "Dan Marsh" not in html and "Started" not in html


@pytest.mark.parametrize("part", PAGES)
def test_the_cost_of_a_page_does_not_grow_with_the_session(way: OnTheWay, part: str) -> None:
    client = way.cast.client("ben")
    client.get(url(way, part))
    few = queries_for(client, url(way, part))
    now = timezone.now()
    for number in range(50):
        chart_note(session_id=way.session_id, text=f"Note {number}", key=f"n{number}", by=way.cast.ben, at=now)
    assert queries_for(client, url(way, part)) == few <= 40


# req: S68
def test_vitals_typed_without_a_script_are_stored_and_lead_back_to_the_room(way: OnTheWay) -> None:
    answer = post(way.cast.client("ben"), way, "vitals", sbp="131", dbp="82", hr="70", orientation="full", temp="98.6", temp_unit="degF")
    assert answer.status_code == 302 and answer.headers["Location"] == url(way, "room")
    text = Entry.objects.get(session_id=way.session_id, kind="vitals").text
    assert '"shown":"131"' in text and '"value":37.0' in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"sbp": "400", "dbp": "80"}, "not possible"),
        ({"hr": "fast"}, "not a number"),
        ({"temp": "37"}, "Celsius or Fahrenheit"),
        ({"hr": "70", "taken_at": "soon"}, "clock time"),
        ({}, "nothing was charted"),
    ],
)
def test_what_cannot_stand_comes_back_with_what_was_typed(way: OnTheWay, fields: dict[str, str], said: str) -> None:
    answer = post(way.cast.client("ben"), way, "vitals", **fields)
    html = answer.content.decode()
    assert answer.status_code == 422 and said in html and 'role="alert"' in html
    assert all(f'value="{value}"' in html for name, value in fields.items() if name != "taken_at")
    assert not Entry.objects.filter(session_id=way.session_id, kind="vitals").exists()


@pytest.mark.parametrize(
    ("part", "fields", "at_field"),
    [
        ("vitals", {"spo2": "140"}, "spo2"),
        ("vitals", {"sbp": "120"}, "dbp"),
        ("medicine", {"name": "ondansetron", "amount": "1,000", "unit": "mg", "route": "iv", "rescue": "none", "ordered_by": "Ana"}, "amount"),
        ("rate", {"rate": "30,5", "reason": "as ordered"}, "rate"),
    ],
)
def test_what_is_wrong_is_said_above_and_at_its_field(way: OnTheWay, part: str, fields: dict[str, str], at_field: str) -> None:
    answer = post(way.cast.client("ben"), way, part, **fields)
    html = answer.content.decode()
    assert answer.status_code == 422 and 'role="alert"' in html
    assert f'href="#id_{at_field}"' in html and f'id="id_{at_field}_error"' in html
    assert 'type="number"' not in html


# hazard: H14
def test_a_clock_time_is_the_sites_and_of_today(way: OnTheWay) -> None:
    from zoneinfo import ZoneInfo

    then = (timezone.now() - timedelta(minutes=10)).astimezone(ZoneInfo(way.cast.zone))
    post(way.cast.client("ben"), way, "note", text="Calm.", about="note", taken_at=f"{then:%H:%M}")
    entry = Entry.objects.get(session_id=way.session_id, kind="note")
    assert entry.late and timedelta(0) <= then - entry.taken_at < timedelta(minutes=1)


def test_the_same_form_sent_twice_is_one_entry(way: OnTheWay) -> None:
    client = way.cast.client("ben")
    for _ in range(2):
        assert post(client, way, "note", text="Calm.", about="note").status_code == 302
    assert Entry.objects.filter(session_id=way.session_id, kind="note").count() == 1


# hazard: H57
def test_an_entry_under_another_sign_in_is_not_stored(way: OnTheWay) -> None:
    answer = post(way.cast.client("ana"), way, "note", text="Calm.", about="note", author=way.cast.ben.id)
    assert answer.status_code == 422 and b"Somebody else is signed in" in answer.content
    answer = way.cast.client("ana").post(
        url(way, "note"), {"key": "k", "text": "Calm.", "about": "note", "author": way.cast.ben.id}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409 and answer.json()["code"] == "write.other_author"
    assert not Entry.objects.filter(session_id=way.session_id, kind="note").exists()


def test_the_pump_from_pause_to_the_ledger(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    post(ben, way, "pause", key="p", reason="restless")
    assert state(way) == "paused"
    assert b"By rate and time" in ben.get(url(way, "resume")).content
    post(ben, way, "vitals", key="v", spo2="98", rr="14")
    post(ben, way, "resume", key="r")
    post(ben, way, "rate", key="q", rate="20", reason="nausea")
    assert '"rate_ul_per_h":20000' in Entry.objects.get(session_id=way.session_id, kind="rate_changed").text
    post(way.cast.client("faye"), way, "stop", key="s", reason="ask Ben")
    assert state(way) == "recovery"
    wrong = post(ben, way, "finish", key="f", volume="19")
    assert wrong.status_code == 422 and b"by rate and time" in wrong.content
    post(ben, way, "finish", key="f2", volume="15", why="read twice")
    rest = cabinet.draws_of(way.session_id).open_ug
    fields = {"how": "wasted", "amount": f"{rest / 1000:g}", "reason": "left over", "second_email": address("ana")}
    refused = post(ben, way, "rest", key="w", **fields, second_password="wrong password 1")
    assert refused.status_code == 422 and b"wrong password 1" not in refused.content
    assert post(ben, way, "rest", key="w2", **fields, second_password=PASSWORD).status_code == 302
    assert cabinet.draws_of(way.session_id).closed


def test_events_medicines_help_and_emergency(way: OnTheWay) -> None:
    ben = way.cast.client("ben")
    assert post(ben, way, "event", key="e", kind="nausea", grade="1", done="Cool cloth.").status_code == 302
    medicine = {"name": "midazolam", "amount": "1", "unit": "mg", "route": "iv", "rescue": "none", "ordered_by": "Ana Ruiz"}
    assert post(ben, way, "medicine", key="m", **medicine).status_code == 302
    assert Session.objects.get(id=way.session_id).last_rescue_at is not None  # the library knows it, whatever was chosen
    assert post(ben, way, "help", key="h", sentence="Room 1").status_code == 302
    assert post(ben, way, "emergency", key="x", sign="stridor").status_code == 302
    html = ben.get(url(way, "acknowledge")).content.decode()
    assert "stridor" in html
    assert post(ben, way, "acknowledge", key="a", upto="", saw="Jaw thrust, breathing again.").status_code == 302
    again = post(ben, way, "acknowledge", key="a2", upto="")
    assert again.status_code == 422 and b"No mark" in again.content


# hazard: H57
def test_an_entry_is_corrected_on_its_own_form(way: OnTheWay) -> None:
    charted = vitals(way, timezone.now(), words={"oxygen": "air"}, sbp=185, dbp=80)
    ben, page = way.cast.client("ben"), f"entries/{charted.seq}/correct"
    html = ben.get(url(way, page)).content.decode()
    assert 'value="185"' in html and 'value="80"' in html
    assert post(ben, way, page, key="c", sbp="135", dbp="80", oxygen="air", reason="typed 8 for 3").status_code == 302
    assert "typed 8 for 3" in Entry.objects.get(session_id=way.session_id, kind="corrected").text
    html = ben.get(url(way, "note")).content.decode()
    assert "135/80" in html and "it said" in html and "185/80" in html
    assert post(ben, way, page, key="c2", withdraw="on", reason="another person's").status_code == 302
    assert ben.get(url(way, page)).status_code == 404
    assert ben.get(url(way, "entries/1/correct")).status_code == 404


def test_a_paused_room_refuses_a_second_pause_in_words(way: OnTheWay) -> None:
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ana, at=timezone.now())
    answer = post(way.cast.client("ben"), way, "pause", key="p2")
    assert answer.status_code == 422 and b"The session is paused" in answer.content
