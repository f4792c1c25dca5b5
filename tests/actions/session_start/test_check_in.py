"""From the appointment to the answers: what is written, what is refused, and who may."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.call_off import call_off
from afterglow.pathway.session.actions.check_in import change_room, check_in
from afterglow.pathway.session.actions.name_monitor import name_monitor
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.actions.record_pressure import record_pressure
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import CheckInAnswer, Entry, Session
from afterglow.pathway.session.queries.waiting import due_today, waiting
from afterglow.records.flags.models import Flag
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import cancel
from afterglow.records.schedule.models import Appointment
from tests.support import session as steps
from tests.support.cast import Cast
from tests.support.live_rooms import live_room
from tests.support.session import FIVE_NO, OnTheWay


def say(way: OnTheWay, item: str, value: Any, at: datetime, **more: Any) -> Any:
    told = {"key": f"{item} {at}", "by": way.cast.ben} | more
    return answer_item(session_id=way.session_id, item=item, value=value, at=at, **told)


@pytest.fixture
def plan_id(cast: Cast, at: datetime) -> Any:
    steps.screened(cast, cast.dan_id, at)
    steps.consented(cast, cast.dan_id, "Dan Marsh", at)
    return steps.planned(cast, cast.dan_id, at)


def test_one_appointment_has_one_session(cast: Cast, plan_id: Any, at: datetime) -> None:
    visit = steps.booked(cast, cast.dan_id, plan_id, at)
    first = open_session(appointment_id=visit, by=cast.ben, at=at)
    assert open_session(appointment_id=visit, by=cast.ana, at=at) == first
    row = Session.objects.get()
    assert (row.state, row.dose_no, row.plan_id, row.room_id) == ("scheduled", 1, plan_id, cast.room_id)
    assert AuditRow.objects.filter(event="session.opened", person_id=cast.dan_id).count() == 1


def test_only_a_dosing_visit_of_a_plan_in_force_opens_one(cast: Cast, plan_id: Any, at: datetime) -> None:
    def visit(**more: Any) -> Any:
        told: dict[str, Any] = {"kind": "dosing", "purpose_kind": "plan", "purpose_id": str(plan_id), "dose_no": 1, "room_id": cast.room_id} | more
        starts_at = at + timedelta(hours=1 + Appointment.objects.count() * 3)
        return book(
            person_id=cast.dan_id, site_id=cast.site_id, staff_user_id=None, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
            key=f"visit {more}", by=cast.faye, at=at, **told,
        )  # fmt: skip

    cases = [
        ({"kind": "review", "room_id": None}, "session.not_a_dose"),
        ({"dose_no": None}, "session.not_a_dose"),
        ({"purpose_kind": ""}, "session.no_plan"),
    ]
    for change, code in cases:
        with pytest.raises(Refusal) as refused:
            open_session(appointment_id=visit(**change), by=cast.ben, at=at)
        assert refused.value.code == code
    gone = visit()
    cancel(appointment_id=gone, cause="moved by the clinic", by=cast.faye, at=at)
    with pytest.raises(Refusal) as refused:
        open_session(appointment_id=gone, by=cast.ben, at=at)
    assert refused.value.code == "session.appointment_over"


def test_strangers_find_no_visit_and_the_desk_checks_nobody_in(cast: Cast, plan_id: Any, at: datetime) -> None:
    visit = steps.booked(cast, cast.dan_id, plan_id, at)
    with pytest.raises(NotFound):
        open_session(appointment_id=visit, by=cast.cora, at=at)
    with pytest.raises(Forbidden):
        open_session(appointment_id=visit, by=cast.faye, at=at)


def test_check_in_happens_once_on_the_day_in_a_dosing_room(cast: Cast, plan_id: Any, at: datetime) -> None:
    session_id = open_session(appointment_id=steps.booked(cast, cast.dan_id, plan_id, at), by=cast.ben, at=at)
    with pytest.raises(Refusal) as refused:
        check_in(session_id=session_id, by=cast.ben, at=at + timedelta(days=1))
    assert refused.value.code == "session.other_day"
    with pytest.raises(Refusal) as refused:
        check_in(session_id=session_id, room_id=cast.talk_room_id, by=cast.ben, at=at)
    assert refused.value.code == "session.no_room"
    check_in(session_id=session_id, by=cast.ben, at=at)
    check_in(session_id=session_id, by=cast.ben, at=at + timedelta(minutes=1))
    row = Session.objects.get()
    assert (row.state, row.checked_in_at, row.seq) == ("checked_in", at, 1)
    assert Appointment.objects.get(kind="dosing").state == "arrived"
    assert list(Entry.objects.values_list("kind", flat=True)) == ["checked_in"]


def test_the_room_may_change_before_the_start_and_not_after(ready: OnTheWay, cast: Cast, at: datetime) -> None:
    change_room(session_id=ready.session_id, room_id=cast.room_2_id, by=cast.ben, at=at)
    change_room(session_id=ready.session_id, room_id=cast.room_2_id, by=cast.ben, at=at)
    assert Entry.objects.filter(kind="room_changed").count() == 1
    change_room(session_id=ready.session_id, room_id=cast.room_id, by=cast.ben, at=at)
    steps.started(ready, at)
    with pytest.raises(Refusal) as refused:
        change_room(session_id=ready.session_id, room_id=cast.room_2_id, by=cast.ben, at=at)
    assert refused.value.code == "session.not_possible"
    with pytest.raises(Refusal) as refused:
        name_monitor(session_id=ready.session_id, user_id=cast.ana.user_id, by=cast.ben, at=at)  # type: ignore[arg-type]
    assert refused.value.code == "session.not_possible"
    with pytest.raises(Refusal) as refused:
        check_in(session_id=ready.session_id, by=cast.ben, at=at)
    assert refused.value.code == "session.not_possible"
    assert first_broken_link(ready.session_id) is None


# hazard: H1
@pytest.mark.parametrize("state", ["dosing", "paused", "recovery"])
def test_nobody_is_brought_into_a_room_where_another_is_monitored(ready: OnTheWay, cast: Cast, at: datetime, state: str) -> None:
    steps.started(ready, at)
    Session.objects.filter(id=ready.session_id).update(state=state, dosing_ended_at=at if state == "recovery" else None)
    other = live_room(cast, at, 9, state="checked_in")
    with pytest.raises(Refusal) as refused:
        change_room(session_id=other.session_id, room_id=ready.room_id, by=cast.ben, at=at)
    assert (refused.value.code, refused.value.field) == ("session.room_occupied", "room_id")
    Session.objects.filter(id=other.session_id).update(state="scheduled", checked_in_at=None, scheduled_at=at)
    with pytest.raises(Refusal) as refused:
        check_in(session_id=other.session_id, room_id=ready.room_id, by=cast.ben, at=at)
    assert refused.value.code == "session.room_occupied"
    check_in(session_id=other.session_id, by=cast.ben, at=at)
    assert Session.objects.get(id=other.session_id).state == "checked_in"


def test_a_monitor_works_here(way: OnTheWay, cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        name_monitor(session_id=way.session_id, user_id=cast.cora.user_id, by=cast.ben, at=at)  # type: ignore[arg-type]
    for _ in range(2):
        name_monitor(session_id=way.session_id, user_id=cast.ben.user_id, by=cast.ben, at=at)  # type: ignore[arg-type]
    assert AuditRow.objects.filter(event="session.monitor_named").count() == 1


# req: C10
def test_a_later_answer_counts_and_the_earlier_stays(way: OnTheWay, at: datetime) -> None:
    say(way, "escort", {"kind": "none"}, at)
    say(way, "escort", {"kind": "adult", "adult_name": "Mia"}, at + timedelta(minutes=1))
    rows = CheckInAnswer.objects.filter(item="escort").order_by("recorded_at")
    assert [json.loads(row.value_text)["kind"] for row in rows] == ["none", "adult"]
    assert all(row.recorded_by == "Ben Okoye" for row in rows)


def test_one_form_is_one_answer(way: OnTheWay, at: datetime) -> None:
    assert say(way, "night", {"name": "Mia"}, at) == say(way, "night", {"name": "Mia"}, at)
    with pytest.raises(Refusal) as refused:
        say(way, "night", {"name": "Eve"}, at)
    assert refused.value.code == "write.key_reused"
    assert CheckInAnswer.objects.count() == 1


@pytest.mark.parametrize(
    ("item", "value", "when", "code"),
    [
        ("identity", {"identifiers": ["full name"]}, 0, "session.answer_incomplete"),
        ("shoe_size", {"said": "yes"}, 0, "session.answer_incomplete"),
        ("escort", {"kind": "adult", "adult_name": "Mia"}, 5, "clock.future"),
    ],
)
def test_half_an_answer_or_one_from_the_future_is_refused(way: OnTheWay, at: datetime, item: str, value: Any, when: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        say(way, item, value, at, taken_at=at + timedelta(minutes=when))
    assert refused.value.code == code
    assert not CheckInAnswer.objects.exists()


def test_no_answers_before_check_in_or_after_the_start(ready: OnTheWay, at: datetime) -> None:
    steps.started(ready, at)
    with pytest.raises(Refusal) as refused:
        say(ready, "night", {"name": "Mia"}, at)
    assert refused.value.code == "session.not_checked_in"
    with pytest.raises(Refusal) as refused:
        steps.seated(ready, 120, 80, at, at)
    assert refused.value.code == "session.not_checked_in"


# req: S88, N43
# hazard: H16, H17
@pytest.mark.parametrize(
    ("change", "flags"),
    [
        ({}, 0),
        ({"thoughts": "yes", "new_or_worse": "no"}, 1),
        ({"method": "declined"}, 1),
        ({"intent_or_plan": "yes", "new_or_worse": "yes"}, 1),
        ({"thoughts": "not_asked"}, 0),
    ],
)
def test_a_yes_or_a_declined_answer_opens_an_urgent_flag(way: OnTheWay, at: datetime, change: dict[str, str], flags: int) -> None:
    say(way, "suicide", {**FIVE_NO, **change}, at)
    found = list(Flag.objects.filter(kind="suicide_item"))
    assert len(found) == flags
    assert all(flag.urgency == "urgent" and flag.due_at == at + timedelta(minutes=30) and flag.person_id == way.person_id for flag in found)


# req: S4
# hazard: H19
@pytest.mark.parametrize(
    ("item", "value"), [("pregnancy", {"organs": "yes", "result": "positive"}), ("suicide", {**FIVE_NO, "thoughts": "yes", "new_or_worse": "no"})]
)
def test_private_answers_are_not_spelled_out_in_the_audit_trail(way: OnTheWay, at: datetime, item: str, value: Any) -> None:
    say(way, item, value, at)
    row = AuditRow.objects.filter(event="session.check_in_answer_recorded").get()
    assert json.loads(row.new_text) == {"item": item, "value": None}


# req: S70
# hazard: H15
def test_every_pressure_is_kept_whatever_it_is(way: OnTheWay, at: datetime) -> None:
    for minute, (sbp, dbp) in enumerate([(212, 118), (150, 92), (88, 50)]):
        steps.seated(way, sbp, dbp, at - timedelta(minutes=minute), at)
    assert CheckInAnswer.objects.filter(item="pressure").count() == 3
    for sbp, dbp, code in ((80, 120, "session.pressure_impossible"), (1200, 80, "session.pressure_impossible")):
        with pytest.raises(Refusal) as refused:
            record_pressure(session_id=way.session_id, sbp=sbp, dbp=dbp, key=f"{sbp}", by=way.cast.ben, at=at)
        assert refused.value.code == code
    first = record_pressure(session_id=way.session_id, sbp=120, dbp=80, key="again", by=way.cast.ben, at=at)
    assert record_pressure(session_id=way.session_id, sbp=120, dbp=80, key="again", by=way.cast.ben, at=at) == first


def test_calling_off_ends_the_session_with_its_reason(way: OnTheWay, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        call_off(session_id=way.session_id, reason=" ", by=way.cast.ben, at=at)
    assert refused.value.code == "session.no_reason"
    for _ in range(2):
        call_off(session_id=way.session_id, reason="Fever this morning.", by=way.cast.ben, at=at)
    assert Session.objects.get().state == "not_started"
    assert (Appointment.objects.get(kind="dosing").state, Appointment.objects.get(kind="dosing").cause) == ("cancelled", "Fever this morning.")
    assert Entry.objects.filter(kind="called_off").count() == 1
    with pytest.raises(Refusal) as refused:
        steps.started(way, at)
    assert refused.value.code == "session.not_possible"


# hazard: H26
def test_drawn_drug_is_accounted_for_before_calling_off(ready: OnTheWay, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        call_off(session_id=ready.session_id, reason="Fever.", by=ready.cast.ben, at=at)
    assert refused.value.code == "session.drug_still_drawn"


def test_a_running_dose_is_stopped_not_called_off(ready: OnTheWay, at: datetime) -> None:
    steps.started(ready, at)
    with pytest.raises(Refusal) as refused:
        call_off(session_id=ready.session_id, reason="Fever.", by=ready.cast.ben, at=at)
    assert refused.value.code == "session.not_possible"


def test_the_day_shows_who_is_due_and_where_they_stand(way: OnTheWay, cast: Cast, at: datetime) -> None:
    site = accounts.site(cast.site_id, clinic_id=cast.clinic_id)
    (row,) = due_today(cast.ben, site, at)
    assert (row.session_id, row.state, row.visit.person_id) == (way.session_id, "checked_in", way.person_id)
    assert [each.session_id for each in waiting(cast.ben, at)] == [way.session_id]
    assert waiting(cast.cora, at) == []
    assert due_today(cast.ben, site, at + timedelta(days=1)) == []
    call_off(session_id=way.session_id, reason="Fever.", by=cast.ben, at=at)
    assert waiting(cast.ben, at) == []


# req: N12
# hazard: H28
def test_who_arrives_with_a_drug_on_board_signs_nothing_until_the_next_day(way: OnTheWay, at: datetime) -> None:
    say(way, "substances", {"said": "no", "taken": []}, at)
    say(way, "other_ketamine", {"said": "yes", "where": "Spravato", "last_on": (at - timedelta(days=9)).date().isoformat()}, at)
    assert consent.locked_until(way.person_id, at) is None
    say(way, "substances", {"said": "yes", "taken": ["alcohol"]}, at, key="later")
    until = consent.locked_until(way.person_id, at)
    assert until is not None and until >= at + timedelta(hours=24)
    say(way, "substances", {"said": "no", "taken": []}, at, key="taken back")
    assert consent.locked_until(way.person_id, at) == until
