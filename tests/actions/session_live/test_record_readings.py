"""What a monitor sends becomes the record of exactly the person in its room, once, with its true time and its marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.session.actions import record_readings as readings
from afterglow.pathway.session.actions.record_readings import Message, Parcel, Taken, record_readings
from afterglow.pathway.session.actions.register_device import end_device, register_device
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Device, Reading, Session
from afterglow.pathway.session.queries.devices import devices_by_key, key_digest
from tests.support.cast import Cast
from tests.support.live_rooms import LiveRoom, live_room, start

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def room(cast: Cast, at: datetime) -> LiveRoom:
    return live_room(cast, at)


def sent(room: LiveRoom, *messages: Message, at: datetime, ahead: timedelta | None = None) -> Parcel:
    digest = key_digest(room.key)
    return Parcel(device=devices_by_key([digest])[digest], messages=messages, at=at, clock_ahead=ahead)


def message(name: str, taken_at: datetime, **values: float) -> Message:
    units = {"hr": "/min", "pulse": "/min", "rr": "/min", "spo2": "%", "sbp": "mmHg", "dbp": "mmHg"}
    return Message(id=name, taken_at=taken_at, values={code: (value, units[code]) for code, value in values.items()})


def write(room: LiveRoom, *messages: Message, at: datetime, ahead: timedelta | None = None) -> Taken:
    return record_readings([sent(room, *messages, at=at, ahead=ahead)])[0]


def stored(room: LiveRoom) -> list[Reading]:
    return list(Reading.objects.filter(session_id=room.session_id).order_by("seq"))


def marks(row: Reading) -> set[tuple[str, str, str]]:
    return {(mark["code"], mark["level"], mark["channel"]) for mark in json.loads(row.text)["marks"]}


# req: S69 S70 N34
def test_a_reading_is_stored_whole_and_chained(room: LiveRoom, at: datetime) -> None:
    before = room.session.seq
    taken = write(room, message("a", at, hr=71, spo2=97), message("b", at + SECOND, hr=72, spo2=97), at=at + SECOND)
    assert (taken.acknowledged, taken.refused) == (["a", "b"], [])
    first, second = stored(room)
    assert (first.seq, second.seq) == (before + 1, before + 2)
    assert first.device_id == room.device_id
    assert (first.taken_at, first.recorded_at) == (at, at + SECOND)
    assert json.loads(first.text)["channels"]["hr"] == {"value": 71.0, "unit": "/min", "read": 71.0}
    assert room.session.seq == second.seq
    assert room.session.head_sha256 == second.sha256
    assert first_broken_link(room.session_id) is None


# req: C13
def test_a_reading_writes_no_audit_row(room: LiveRoom, at: datetime) -> None:
    before = AuditRow.objects.count()
    write(room, message("a", at, hr=71), at=at)
    assert AuditRow.objects.count() == before


# req: S70
def test_the_same_message_again_is_acknowledged_and_stored_once(room: LiveRoom, at: datetime) -> None:
    again = message("a", at, hr=71)
    assert write(room, again, again, at=at).acknowledged == ["a", "a"]
    assert write(room, again, at=at + timedelta(minutes=5)).acknowledged == ["a"]
    assert len(stored(room)) == 1


def test_the_same_id_with_other_content_is_refused(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at, hr=71), at=at)
    taken = write(room, message("a", at, hr=17), message("b", at, hr=70), at=at)
    assert taken.acknowledged == ["b"]
    assert [one.code for one in taken.refused] == ["device.id_reused"]
    assert [json.loads(row.text)["channels"]["hr"]["value"] for row in stored(room)] == [71.0, 70.0]


def test_a_message_sent_again_after_the_session_ended_is_still_acknowledged(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at, hr=71), at=at)
    Session.objects.filter(id=room.session_id).update(state="transferred", ended_at=at)
    taken = write(room, message("a", at, hr=71), message("b", at, hr=71), at=at)
    assert taken.acknowledged == ["a"]
    assert [one.code for one in taken.refused] == ["device.no_session"]


@pytest.mark.parametrize(("state", "ended"), [("transferred", True), ("not_started", True), ("scheduled", False)])
# hazard: H1
def test_a_reading_with_nobody_in_the_room_belongs_to_nobody(cast: Cast, at: datetime, state: str, ended: bool) -> None:
    room = live_room(cast, at, state="checked_in")
    Session.objects.filter(id=room.session_id).update(state=state, ended_at=at if ended else None)
    taken = write(room, message("a", at, hr=71), at=at)
    assert [one.code for one in taken.refused] == ["device.no_session"]
    assert stored(room) == []


# hazard: H1
def test_a_device_in_no_room_writes_to_nobody(room: LiveRoom, at: datetime) -> None:
    Device.objects.filter(id=room.device_id).update(room_id=None)
    assert [one.code for one in write(room, message("a", at, hr=71), at=at).refused] == ["device.no_session"]


# hazard: H1
def test_with_two_people_in_the_room_nobody_guesses_whose_reading_it_is(cast: Cast, room: LiveRoom, at: datetime) -> None:
    other = live_room(cast, at, 2, state="checked_in")
    Session.objects.filter(id=other.session_id).update(room_id=room.room_id)
    assert write(room, message("a", at, hr=71), at=at).acknowledged == ["a"]  # one is being dosed: the monitor is on that person
    Session.objects.filter(id=room.session_id).update(state="recovery", dosing_ended_at=at)
    assert [one.code for one in write(room, message("b", at, hr=71), at=at).refused] == ["device.two_people"]
    assert len(stored(room)) == 1
    assert stored(other) == []


# hazard: H1
def test_a_reading_from_before_the_check_in_is_not_this_persons(room: LiveRoom, at: datetime) -> None:
    checked_in_at = room.session.checked_in_at
    assert checked_in_at is not None
    taken = write(room, message("early", checked_in_at - SECOND, hr=71), message("then", checked_in_at, hr=71), at=at)
    assert taken.acknowledged == ["then"]
    assert [one.code for one in taken.refused] == ["device.before_session"]


# hazard: H14
def test_a_future_time_is_stored_as_now_with_its_offset_and_marked(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at + timedelta(seconds=95), hr=71), at=at)
    (row,) = stored(room)
    said = json.loads(row.text)
    assert row.taken_at == at
    assert said["clock_ahead_s"] == 95.0
    assert said["sent"]["taken_at"] == (at + timedelta(seconds=95)).isoformat()
    assert ("device_clock", "notify", "") in marks(row)


# hazard: H14
@pytest.mark.parametrize("ahead", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_device_that_tells_its_own_time_is_set_right(room: LiveRoom, at: datetime, ahead: timedelta) -> None:
    write(room, message("a", at + ahead - SECOND, hr=71), at=at, ahead=ahead)
    (row,) = stored(room)
    assert row.taken_at == at - SECOND
    assert ("device_clock", "notify", "") in marks(row)


def test_a_clock_that_agrees_and_a_prompt_reading_carry_no_mark(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at + SECOND, hr=71), message("b", at - SECOND, hr=71), at=at, ahead=SECOND)
    for row in stored(room):
        assert marks(row) == set()
        assert not {"clock_ahead_s", "late"} & json.loads(row.text).keys()


# hazard: H14
def test_a_late_reading_keeps_its_true_time_and_is_marked_late(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at - timedelta(minutes=3), hr=71), at=at)
    (row,) = stored(room)
    assert row.taken_at == at - timedelta(minutes=3)
    assert json.loads(row.text)["late"] is True


# hazard: H11
# req: S70
def test_zeros_are_stored_marked_and_never_a_number(room: LiveRoom, at: datetime) -> None:
    write(room, message("one", at, hr=0, pulse=70, rr=14, spo2=97), message("all", at, hr=0, pulse=0, rr=0, spo2=0), at=at)
    one, all_ = stored(room)
    assert json.loads(one.text)["channels"]["hr"] == {"value": 0.0, "unit": "/min", "read": None}
    assert ("sensor", "notify", "hr") in marks(one)
    assert ("no_signal", "act", "") in marks(all_)


# req: S68 S69 S70
# hazard: H12
def test_marks_use_the_sessions_own_limits_and_the_persons_own_values(room: LiveRoom, at: datetime) -> None:
    limits = json.loads(room.session.limits_text)
    limits["values"]["hr"]["notify_above"] = 100
    Session.objects.filter(id=room.session_id).update(limits_text=json.dumps(limits))
    write(room, message("a", at, hr=105, rr=14, spo2=94), at=at)
    (row,) = stored(room)
    assert ("high", "notify", "hr") in marks(row)  # the site accepted 100, the library proposes 110
    assert ("fall", "act", "spo2") in marks(row)  # 98 before the dose, as the check-in has it


# req: N4
def test_an_outlying_cuff_asks_for_a_repeat_and_the_repeat_confirms_it(room: LiveRoom, at: datetime) -> None:
    write(room, message("a", at - timedelta(seconds=40), sbp=185, dbp=90), at=at - timedelta(seconds=40))
    write(room, message("b", at, sbp=186, dbp=90), message("c", at + SECOND, sbp=184, dbp=90), at=at + SECOND)
    first, second, third = stored(room)
    assert ("repeat_cuff", "notify", "sbp") in marks(first)
    assert ("cuff_confirmed", "act", "sbp") in marks(second)
    assert ("cuff_confirmed", "act", "sbp") in marks(third)


def test_before_the_start_the_sites_limits_hold(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, state="checked_in")
    write(room, message("a", at, hr=71, spo2=85), at=at)
    assert ("low", "act", "spo2") in marks(stored(room)[0])


def test_many_rooms_in_one_transaction_take_a_constant_number_of_statements(cast: Cast, at: datetime) -> None:
    rooms = [live_room(cast, at, number) for number in range(1, 7)]

    def statements(some: list[LiveRoom], name: str) -> int:
        parcels = [sent(room, message(name, at, hr=71, spo2=97), at=at) for room in some]
        with CaptureQueriesContext(connection) as asked:
            taken = record_readings(parcels)
        assert all(each.acknowledged == [name] for each in taken)
        return len(asked)

    readings._own_values = readings.Remembered()
    two, six = statements(rooms[:2], "a"), statements(rooms, "b")
    assert six == two
    assert all(first_broken_link(room.session_id) is None for room in rooms)


@pytest.mark.django_db(transaction=True)
# req: R42
def test_nothing_of_a_failed_transaction_is_stored_or_acknowledged(room: LiveRoom, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    parcels = [sent(room, message("a", at, hr=71), at=at)]
    head = (room.session.seq, room.session.head_sha256)

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(readings.transaction, "on_commit", full)
        with pytest.raises(OSError, match="disk full"):
            record_readings(parcels)
    assert stored(room) == []
    assert (room.session.seq, room.session.head_sha256) == head
    assert record_readings(parcels)[0].acknowledged == ["a"]


def test_a_deed_between_two_readings_takes_the_number_between(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, state="checked_in")
    write(room, message("a", at, hr=71), at=at)
    start(cast, room.session, at)
    write(room, message("b", at, hr=71), at=at)
    assert [row.seq for row in stored(room)] == [1, 3]
    assert first_broken_link(room.session_id) is None


def test_a_device_is_registered_with_a_key_that_only_its_owner_learns(cast: Cast, at: datetime) -> None:
    made = register_device(
        site_id=cast.site_id, room_id=cast.room_id, name="Monitor", profile="bedside_minutes", caution="Recording", by=cast.ben, at=at
    )
    row = Device.objects.get(id=made.device_id)
    assert made.key not in {row.key_sha256, row.name, row.profile_text}
    assert row.key_sha256 == key_digest(made.key)
    assert row.interval_s == 60
    found = devices_by_key([key_digest(made.key)])[key_digest(made.key)]
    assert (found.room_id, found.profile.interval_s, found.caution) == (cast.room_id, 60.0, "Recording")
    audit = AuditRow.objects.get(event="session.device_registered")
    assert made.key not in audit.new_text + audit.objects_text


def _refusals(cast: Cast, at: datetime) -> dict[str, tuple[Callable[[], object], str]]:
    def register(**changes: object) -> Callable[[], object]:
        usual = {"site_id": cast.site_id, "room_id": cast.room_id, "name": "M", "profile": "bedside_seconds", "by": cast.ben, "at": at}
        return lambda: register_device(**(usual | changes))  # type: ignore[arg-type]

    return {
        "no right": (register(by=cast.theo), "access.forbidden"),
        "another clinic": (register(by=cast.cora), "access.not_found"),
        "a room elsewhere": (register(site_id=cast.other_site_id), "access.not_found"),
        "no such profile": (register(profile="by_hand"), "session.device_profile"),
        "no name": (register(name=" "), "session.device_name"),
        "never sends": (register(interval_s=0), "session.device_name"),
    }


@pytest.mark.parametrize("case", ["no right", "another clinic", "a room elsewhere", "no such profile", "no name", "never sends"])
def test_a_registration_that_is_refused(cast: Cast, at: datetime, case: str) -> None:
    attempt, code = _refusals(cast, at)[case]
    with pytest.raises(Exception, match=code):
        attempt()
    assert Device.objects.count() == 0


# hazard: H1
@pytest.mark.parametrize("state", ["dosing", "paused", "recovery"])
def test_a_device_that_may_watch_somebody_stays_in_use(cast: Cast, room: LiveRoom, at: datetime, state: str) -> None:
    Session.objects.filter(id=room.session_id).update(state=state, dosing_ended_at=at if state == "recovery" else None)
    with pytest.raises(Exception, match=r"session\.device_in_use"):
        end_device(device_id=room.device_id, by=cast.ben, at=at)
    assert Device.objects.get(id=room.device_id).ended_at is None


def test_a_device_without_a_room_is_taken_out_of_use(cast: Cast, room: LiveRoom, at: datetime) -> None:
    Device.objects.filter(id=room.device_id).update(room_id=None)
    end_device(device_id=room.device_id, by=cast.ben, at=at)
    assert Device.objects.get(id=room.device_id).ended_at == at


def test_a_room_has_one_device_and_an_ended_one_opens_nothing(cast: Cast, at: datetime) -> None:
    room = live_room(cast, at, state="checked_in")

    def another() -> object:
        return register_device(site_id=cast.site_id, room_id=room.room_id, name="Second", profile="bedside_seconds", by=cast.ben, at=at)

    with pytest.raises(Exception, match=r"session\.device_room_taken"):
        another()
    end_device(device_id=room.device_id, by=cast.ben, at=at)
    end_device(device_id=room.device_id, by=cast.ben, at=at)
    assert devices_by_key([key_digest(room.key)]) == {}
    assert AuditRow.objects.filter(event="session.device_ended").count() == 1
    another()
    with pytest.raises(Exception, match=r"access\.not_found"):
        end_device(device_id=room.device_id, by=cast.cora, at=at)
