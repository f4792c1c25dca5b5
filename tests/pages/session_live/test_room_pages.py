"""The room and the board: what they show, to whom, at what cost, and what they leave in the trail."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.devices import devices_by_key, key_digest
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.schedule.models import Appointment
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.live_rooms import LiveRoom, live_room

NOBODY = "00000000-0000-7000-8000-000000000000"

pytestmark = pytest.mark.django_db
PARTS = ("line", "marks", "strip", "side", "deeds")


@pytest.fixture
def at() -> datetime:
    """The pages ask the wall clock, so these rooms live now."""
    return timezone.now()


@pytest.fixture
def room(cast: Cast, at: datetime) -> LiveRoom:
    return live_room(cast, at)


def url(room: LiveRoom, part: str = "") -> str:
    return f"/sessions/{room.session_id}/room/" + (f"{part}/" if part else "")


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:400]
    return answer.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def sent(room: LiveRoom, at: datetime, *readings: dict[str, float], step: timedelta = timedelta(seconds=1)) -> None:
    """These readings, the last one at `at`."""
    units = {"spo2": "%", "sbp": "mmHg", "dbp": "mmHg"}
    device = devices_by_key([key_digest(room.key)])[key_digest(room.key)]
    messages = [
        Message(
            id=f"{uuid4()}",
            taken_at=at - step * (len(readings) - 1 - n),
            values={code: (value, units.get(code, "/min")) for code, value in each.items()},
        )
        for n, each in enumerate(readings)
    ]
    for start in range(0, len(messages), 50):
        taken = record_readings([Parcel(device=device, messages=messages[start : start + 50], at=at)])[0]
        assert taken.refused == []


USUAL = {"hr": 71, "pulse": 71, "rr": 14, "spo2": 97}


# req: S68 S69 S70 N39
def test_the_room_shows_the_person_the_numbers_and_what_may_be_done(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at, USUAL | {"sbp": 131, "dbp": 82})
    html = page(cast.client("ben"), url(room))
    said = words(html)
    assert "Person1 Example" in said
    assert "131/82" in said
    assert "ketAMINE 35 mg over 40 min" in said
    assert "Before the dose: 120/75, heart rate 68, saturation 98." in said
    assert "it sounds no alarm. Primary alarms stay with the patient monitor" in said
    assert 'class="strip"' in html
    for what in ("vitals", "note", "event", "medicine", "pause", "stop", "help", "emergency", "leaving"):
        assert f"/sessions/{room.session_id}/{what}/" in html
    assert 'data-live-url="/sessions/stream/"' in html
    assert f'data-room="{room.session_id}" data-seq="{room.session.seq}"' in html


# req: R12 C13
def test_the_page_writes_one_audit_row_and_its_parts_none(cast: Cast, room: LiveRoom) -> None:
    ben = cast.client("ben")
    (row,) = audit_rows(lambda: page(ben, url(room)))
    assert (row.event, row.person_id, row.actor_id) == ("session.room_read", room.person_id, cast.ben.id)
    assert audit_rows(lambda: [page(ben, url(room, part)) for part in PARTS]) == []


# req: S35
def test_who_may_see_the_room(cast: Cast, room: LiveRoom) -> None:
    for part in ("", *PARTS):
        address = url(room, part)
        assert [cast.client(who).get(address).status_code for who in ("ana", "ben", "theo", "faye", "cora")] == [200, 200, 404, 403, 404]
        assert Client().get(address).status_code == 302
    assert cast.client("ben").get(f"/sessions/{uuid4()}/room/").status_code == 404


# req: R41
def test_the_room_costs_the_same_however_long_it_runs(cast: Cast, room: LiveRoom, at: datetime) -> None:
    ben = cast.client("ben")
    sent(room, at, USUAL)
    queries_for(ben, url(room))
    one = queries_for(ben, url(room))
    sent(room, at, *[USUAL] * 120)
    for number in range(50):
        chart_note(session_id=room.session_id, text=f"Note {number}", about="note", key=f"note {number}", by=cast.ben, at=at)
    assert queries_for(ben, url(room)) == one
    assert one <= 34  # of these four for the note of fall risk: the zone, the medicines with who went through them, the events


# req: S17 S85 N13
# hazard: H43
def test_the_room_says_how_the_person_wants_to_be_looked_after(cast: Cast, room: LiveRoom, at: datetime) -> None:
    ben = cast.client("ben")
    before = queries_for(ben, url(room))
    html = page(ben, url(room))
    assert "Touch: not asked. Nobody asked, so it is no yes" in words(html) and "No comfort card yet." in html
    assert html.count("Touch: not asked") == 2, "on the band and beside the numbers"
    card = {
        "call_me": "Danny",
        "calm_by": "slow words",
        "avoid_words": "relax",
        "triggers": "doors that slam",
        "people": "no men",
        "position": "on the side",
    }
    record_comfort(person_id=room.person_id, touch="yes", **card, by=cast.ben, at=at - timedelta(days=2))
    said = words(page(ben, url(room)))
    assert "Touch: agreed. A hand or a shoulder, as agreed beforehand." in said
    for told in card.values():
        assert told in said
    assert queries_for(ben, url(room)) == before
    record_comfort(person_id=room.person_id, touch="yes", calm_by="her hand", by=cast.ben, at=at)
    assert "Touch: ask first. A yes was written after this dose began." in words(page(ben, url(room)))
    record_comfort(person_id=room.person_id, touch="no", by=cast.ben, at=at + timedelta(seconds=1))
    assert "Do not touch. They said no" in words(page(ben, url(room)))
    assert "Do not touch" not in page(ben, "/sessions/board/") and "slam" not in page(ben, "/sessions/board/")


# hazard: H11
def test_a_zero_is_words_in_the_room_and_on_the_board(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at, {"hr": 0, "pulse": 0, "rr": 0, "spo2": 0})
    for html in (page(cast.client("ben"), url(room)), page(cast.client("ben"), "/sessions/board/")):
        heart = re.search(r'data-channel="hr".*?</div>', html, re.DOTALL)
        assert heart is not None
        assert 'data-state="silent" data-channel="hr"' in html
        assert "no data" in words(heart[0])
        assert not re.search(r"data-value>\s*0", html)
    assert "check the person now" in words(page(cast.client("ben"), url(room)))


# req: R6 N4
# hazard: H13
def test_silence_is_said_with_the_last_number_and_its_time(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at - timedelta(seconds=40), USUAL)
    html = page(cast.client("ben"), url(room))
    assert "Oxygen saturation: no data for 4" in words(html)
    assert re.search(r'data-state="silent" data-channel="spo2"[^>]*data-last="97"', html)


# req: S71
def test_a_mark_stands_until_it_is_answered_and_the_answer_says_what_was_seen(cast: Cast, room: LiveRoom, at: datetime) -> None:
    ben = cast.client("ben")
    sent(room, at - timedelta(seconds=2), {"hr": 0, "pulse": 0, "rr": 0, "spo2": 0}, USUAL)
    html = page(ben, url(room, "marks"))
    assert "No signal: check the person now." in words(html)
    assert 'name="saw" maxlength="500" autocomplete="off" required' in html
    form = dict(re.findall(r'type="hidden" name="(key|upto|author)" value="([^"]+)"', html))
    assert ben.post(f"/sessions/{room.session_id}/acknowledge/", form | {"saw": "Breathing, pink, answers."}).status_code == 302
    assert "No signal" not in words(page(ben, url(room, "marks")))


# req: R5
# hazard: H13
def test_a_check_that_is_late_is_marked_in_the_room_and_on_the_board(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, started_ago=timedelta(minutes=18))
    assert "8 min overdue" in words(page(cast.client("ben"), url(room, "side")))
    assert "Alertness (MOAA/S): 8 min overdue" in words(page(cast.client("ben"), "/sessions/board/"))


def test_the_source_of_a_recording_is_said(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, caution="Recording of an intensive-care monitor; not to be used to tune limits.", profile="bedside_minutes")
    said = words(page(cast.client("ben"), url(room)))
    assert "Recording of an intensive-care monitor; not to be used to tune limits." in said
    assert "one value a minute" in said


def test_a_room_without_a_monitor_and_before_the_start(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, state="checked_in")
    Session.objects.filter(id=room.session_id).update(room_id=None)
    said = words(page(cast.client("ben"), url(room)))
    assert "Checked in" in said
    assert "No monitor sends to this room: chart by hand." in said
    assert "To the gate" in said
    assert "Stop" not in said


def test_a_room_that_has_ended_offers_no_deed(cast: Cast, room: LiveRoom, at: datetime) -> None:
    Session.objects.filter(id=room.session_id).update(state="transferred", ended_at=at, dosing_ended_at=at)
    html = page(cast.client("ben"), url(room))
    assert "This session has ended" in words(html)
    assert "Late addendum" in words(html)
    assert "/stop/" not in html
    assert "data-connection" not in html


def test_stop_and_help_are_one_press_without_a_script(cast: Cast, room: LiveRoom) -> None:
    ben = cast.client("ben")
    html = page(ben, url(room))
    stop = re.search(r'action="/sessions/[^"]+/stop/".*?</form>', html, re.DOTALL)
    assert stop is not None
    assert "password" not in stop[0]
    form = dict(re.findall(r'type="hidden" name="(key|author)" value="([^"]+)"', stop[0]))
    assert ben.post(f"/sessions/{room.session_id}/stop/", form).status_code == 302
    assert room.session.state == "recovery"
    assert "Recovery" in words(page(ben, url(room, "line")))


# req: N9
# hazard: H1
def test_the_board_shows_every_room_without_names_or_deeds(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at, USUAL)
    ben = cast.client("ben")
    html = page(ben, "/sessions/board/")
    said = words(html)
    assert "Live 1" in said
    assert "Room 2 Free" in said
    assert "Dosing" in said
    assert "Person1" not in html
    assert "<form" not in html.split("<main")[1].split("</main>")[0]
    assert "Person1 E." in words(page(ben, "/sessions/board/?names=1"))


# req: S52
def test_the_board_says_who_is_here_beyond_the_booked_time(cast: Cast, room: LiveRoom, at: datetime) -> None:
    booked = Appointment.objects.filter(id=Session.objects.values("appointment_id").get(id=room.session_id)["appointment_id"])
    ben = cast.client("ben")
    booked.update(starts_at=at - timedelta(hours=3), ends_at=at + timedelta(minutes=1))
    assert "over its booked time" not in words(page(ben, "/sessions/board/"))
    booked.update(ends_at=at - timedelta(minutes=12, seconds=5))
    assert "12 min over its booked time" in words(page(ben, "/sessions/board/"))


def test_the_board_writes_one_row_with_its_count_and_its_redraw_none(cast: Cast, room: LiveRoom) -> None:
    ben = cast.client("ben")
    (row,) = audit_rows(lambda: page(ben, "/sessions/board/"))
    assert (row.event, row.person_id, json.loads(row.new_text)) == ("session.board_read", None, {"rows": 1})
    assert audit_rows(lambda: page(ben, "/sessions/board/rooms/")) == []


def test_the_board_costs_the_same_with_1_and_with_20_rooms(cast: Cast, room: LiveRoom, at: datetime) -> None:
    ben = cast.client("ben")
    sent(room, at, USUAL)
    queries_for(ben, "/sessions/board/")
    one = queries_for(ben, "/sessions/board/")
    for number in range(2, 21):
        sent(live_room(cast, at, number), at, USUAL)
    assert queries_for(ben, "/sessions/board/") == one


# req: N9
# hazard: H1
def test_whose_board_it_is(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at, {"hr": 71, "rr": 0, "spo2": 97})
    theo = page(cast.client("theo"), "/sessions/board/?names=1")  # not on this person's care team
    assert "Live 1" in words(theo)
    assert "Somebody is needed in this room now." in words(theo)
    assert "Person1" not in theo
    assert str(room.session_id) not in theo
    cora = page(cast.client("cora"), "/sessions/board/")
    assert "Live 1" not in cora
    assert cast.client("cora").get(f"/sessions/board/?site={cast.site_id}").status_code == 404
    assert cast.client("ben").get("/sessions/board/?site=none").status_code == 404
    assert cast.client("faye").get("/sessions/board/").status_code == 403


# req: S70
def test_the_stream_as_one_answer_for_browsers_without_streams(cast: Cast, room: LiveRoom, at: datetime) -> None:
    sent(room, at, USUAL | {"sbp": 131, "dbp": 82}, {"hr": 0, "rr": 14, "spo2": 97})
    ben = cast.client("ben")
    first, second = ben.get(f"/sessions/stream/?room={room.session_id}:1&poll=1").json()["entries"]
    assert (first["room"], first["seq"], first["kind"], first["state"]) == (str(room.session_id), 2, "reading", "dosing")
    assert datetime.fromisoformat(first["at"]).astimezone(UTC) == at - timedelta(seconds=1)
    assert first["channels"]["hr"] == {"value": 71.0, "unit": "/min", "shown": "71"}
    assert first["channels"]["pressure"] == {"value": 131.0, "unit": "mmHg", "shown": "131/82"}
    assert second["channels"]["hr"] == {"value": None, "unit": "/min", "shown": "no reading"}
    assert second["marks"][0]["code"] == "sensor"
    assert ben.get(f"/sessions/stream/?room={room.session_id}:3&poll=1").json()["entries"] == []
    assert audit_rows(lambda: ben.get(f"/sessions/stream/?room={room.session_id}:3&poll=1")) == []


# req: S35
def test_a_stream_of_what_one_may_not_see_is_not_there(cast: Cast, room: LiveRoom) -> None:
    address = f"/sessions/stream/?room={room.session_id}:0&poll=1"
    assert [cast.client(who).get(address).status_code for who in ("theo", "faye", "cora")] == [404, 403, 404]
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("cursor", ["x", "x:1", f"{NOBODY}:-1", f"{NOBODY}:one"])
def test_a_broken_cursor_is_refused(cast: Cast, room: LiveRoom, cursor: str) -> None:
    assert cast.client("ben").get(f"/sessions/stream/?room={cursor}&poll=1").status_code == 409
