"""The room as a query: what is shown of what was charted and sent, in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from afterglow.ground.face.strip import draw
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.queries import trace
from afterglow.pathway.session.queries.board import board
from afterglow.pathway.session.queries.devices import devices_in
from afterglow.pathway.session.queries.room import RoomPicture, room
from tests.support.course import AT, gone_home, vitals
from tests.support.session import OnTheWay

LIVE = {"hr": 66.0, "pulse": 66.0, "rr": 14.0, "spo2": 98.0}
UNITS = {"spo2": "%", "sbp": "mmHg", "dbp": "mmHg"}


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def sent(way: OnTheWay, *seconds: float, at: datetime | None = None, **values: float) -> None:
    """Messages of the room's monitor through the real action, one for each of these seconds."""
    read = {code: (value, UNITS.get(code, "/min")) for code, value in {**LIVE, **values}.items()}
    device = devices_in([way.room_id])[way.room_id]
    for start in range(0, len(seconds), 50):
        part = [Message(id=f"{second}", taken_at=later(second), values=read) for second in seconds[start : start + 50]]
        (taken,) = record_readings([Parcel(device=device, messages=part, at=at or later(max(seconds)))])
        assert not taken.refused


def picture(way: OnTheWay, seconds: float) -> RoomPicture:
    return room(way.session_id, later(seconds))


def shown(found: RoomPicture, channel: str) -> tuple[str, str]:
    return next((each.text, each.state) for each in found.numbers if each.channel == channel)


# req: S69
def test_the_latest_value_of_each_channel_with_its_age(way: OnTheWay) -> None:
    sent(way, 58, 59, 60, hr=71)
    vitals(way, later(30), words={}, sbp=131, dbp=82)
    found = picture(way, 61)
    assert (shown(found, "hr"), shown(found, "pressure")) == (("71", "fresh"), ("131/82", "fresh"))
    assert shown(found, "moaas") == ("", "silent")
    assert shown(picture(way, 63), "hr") == ("71", "stale")
    assert shown(picture(way, 80), "hr") == ("71", "silent")


# hazard: H11
def test_a_zero_is_words_and_never_a_number(way: OnTheWay) -> None:
    sent(way, 60, spo2=0, sbp=120, dbp=0)
    found = picture(way, 61)
    assert shown(found, "spo2") == ("no reading", "silent") and shown(found, "pressure") == ("no reading", "silent")
    assert found.strip.saturation[-1].value is None


# hazard: H13
def test_silence_is_marked_for_each_channel_also_where_somebody_typed_a_value(way: OnTheWay) -> None:
    sent(way, 60)
    assert not picture(way, 65).marks
    vitals(way, later(68), words={}, spo2=97)
    assert {raised.mark.channel for raised in picture(way, 71).marks if raised.mark.code == "no_data"} == {"spo2", "pulse"} - {"pulse"}
    assert {raised.mark.channel for raised in picture(way, 76).marks if raised.mark.code == "no_data"} == {"spo2", "hr", "rr", "pulse"}
    sent(way, 77)
    assert not picture(way, 78).marks


def test_the_dose_line_the_pause_and_the_forecast_of_leaving(way: OnTheWay) -> None:
    running = picture(way, 600)
    assert running.dose is not None and running.dose.given.dose_ug == 8_750
    assert running.leaving_at == later(40 * 60 + 90 * 60) and running.leaving_is_forecast
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=later(600))
    assert picture(way, 660).leaving_at is None  # nobody knows when it goes on
    vitals(way, later(899))
    resume_dose(session_id=way.session_id, key="r", by=way.cast.ben, at=later(900))
    again = picture(way, 960)
    assert again.dose is not None and again.dose.pauses == ((later(600), later(900)),)
    assert again.leaving_at == later(45 * 60 + 90 * 60)
    dose = Dose(name="midazolam", amount="1", unit="mg", route="iv")
    give_medicine(session_id=way.session_id, dose=dose, ordered_by="Ana Ruiz", key="m", by=way.cast.ben, at=later(1000))
    at = picture(way, 1001).leaving_at
    assert at is not None and timedelta(0) <= at - later(45 * 60 + 90 * 60) <= timedelta(seconds=1)  # an hour after the drug is earlier than that


def test_what_is_due_follows_what_was_done(way: OnTheWay) -> None:
    assert {due.item for due in picture(way, 0).due} == {"pressure", "alertness", "contact", "iv_site"}
    late = {due.item: due.level for due in picture(way, 15 * 60).due}
    assert late["pressure"] == "act" and late["iv_site"] == "none"
    vitals(way, later(900))
    assert all(due.level == "none" for due in picture(way, 901).due)
    vitals(way, later(910), words={"iv_site": "removed"}, hr=70)
    assert "iv_site" not in {due.item for due in picture(way, 911).due}
    vitals(way, later(920), words={}, sbp=182, dbp=80)
    assert "repeat_cuff" in {due.item for due in picture(way, 921).due}
    vitals(way, later(950), words={}, sbp=140, dbp=80)
    assert "repeat_cuff" not in {due.item for due in picture(way, 951).due}


def test_the_queries_do_not_grow_with_the_session(way: OnTheWay) -> None:
    def cost(seconds: float) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as one:
            picture(way, seconds)
        with CaptureQueriesContext(connection) as all_rooms:
            board(way.cast.site_id, later(seconds))
        return len(one), len(all_rooms)

    sent(way, 1)
    few = cost(2)
    sent(way, *range(2, 302))
    for number in range(50):
        chart_note(session_id=way.session_id, text=f"Note {number}", key=f"n{number}", by=way.cast.ben, at=later(302))
    assert cost(303) == few
    assert few[0] <= 12 and few[1] <= 6
    found = picture(way, 303)
    assert len(found.timeline) == 50 and found.lines_in_all > 50 and len(found.strip.heart_rate) == 301


# hazard: H12
def test_a_cuff_that_read_nothing_is_no_pressure_taken(way: OnTheWay) -> None:
    vitals(way, later(920), words={}, sbp=182, dbp=80)
    sent(way, 930, sbp=0, dbp=0)
    failed = {due.item: due.due_at for due in picture(way, 936).due}
    assert "repeat_cuff" in failed and failed["pressure"] == later(920 + 600)
    sent(way, 940, sbp=140, dbp=80)
    taken = {due.item: due.due_at for due in picture(way, 941).due}
    assert "repeat_cuff" not in taken and taken["pressure"] == later(940 + 600)


def test_a_late_message_takes_its_place_and_the_newest_value_stays(way: OnTheWay) -> None:
    sent(way, 60, 61, hr=70)
    assert len(picture(way, 62).strip.heart_rate) == 2
    sent(way, 30, at=later(62), hr=90)
    found = picture(way, 62)
    assert shown(found, "hr")[0] == "70"
    assert [reading.value for reading in found.strip.heart_rate] == [90.0, 70.0, 70.0]
    draw(found.strip)


def test_rows_that_the_database_no_longer_holds_are_forgotten(way: OnTheWay) -> None:
    with transaction.atomic():
        sent(way, 60, 61)
        assert len(trace.trace(way.session_id).messages) == 2
        transaction.set_rollback(True)
    assert trace.trace(way.session_id).messages == ()
    sent(way, 70)
    assert [message.at for message in trace.trace(way.session_id).messages] == [later(70)]


def test_after_the_end_the_room_stands_still(way: OnTheWay) -> None:
    at = gone_home(way)
    found = room(way.session_id, at + timedelta(days=3))
    assert found.has_ended and found.may == () and not found.due and not found.marks
    assert found.elapsed == at - AT and found.strip.now_min is None and found.leaving_at is None
    assert found.timeline[0].text == "Discharged."
    assert all(each.rows == () for each in board(way.cast.site_id, at))


def test_the_board_shows_each_room_and_who_is_without_one(way: OnTheWay) -> None:
    sent(way, 60, spo2=88)
    one, two = board(way.cast.site_id, later(61))
    assert (one.name, two.name, two.rows) == ("Room 1", "Room 2", ())
    (row,) = one.rows
    assert (row.short_name, row.phase, row.monitor) == ("Dan M.", "Dosing", "Ben Okoye")
    assert [raised.mark.level for raised in row.marks][0] == "act"
