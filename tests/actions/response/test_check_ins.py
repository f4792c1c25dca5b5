"""Check-ins by the clock: planned after a dose, sent once while somebody reads, reminded once, called about when nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from afterglow.doors.jobs import check_ins as jobs
from afterglow.doors.jobs.tick import tick
from afterglow.ground.access.actor import Actor
from afterglow.ground.access.models import AccessLink
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.response.actions.close_check_ins import close_check_ins
from afterglow.pathway.response.actions.plan_check_ins import plan_after_doses, plan_check_ins, plan_on_days
from afterglow.pathway.response.actions.record_call import record_call
from afterglow.pathway.response.actions.send_check_ins import send_check_ins
from afterglow.pathway.response.models import CheckIn, CheckInCall
from afterglow.pathway.response.queries import check_ins
from afterglow.pathway.response.rules.sending import NOBODY_ON_CALL
from afterglow.pathway.session.models import Session
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.models import Person
from afterglow.records.flags.models import Flag
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.models import Assignment
from afterglow.records.messages.actions.deliver_due import Letter
from afterglow.records.messages.models import Message
from afterglow.records.staff.actions.record_paging_phone import record_paging_phone
from afterglow.records.staff.models import Shift
from tests.support.cast import ZONE
from tests.support.check_ins import dose_ended_at, reach
from tests.support.course import AT
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
H, PLACE = timedelta(hours=1), ZoneInfo(ZONE)


@pytest.fixture
def by(way: OnTheWay) -> Actor:
    return jobs.job(way.cast.clinic_id)


@pytest.fixture
def ended_at(way: OnTheWay) -> datetime:
    return dose_ended_at(way)


def one(rule: str) -> CheckIn:
    return CheckIn.objects.get(rule_id=rule)


def sent(way: OnTheWay, by: Actor, at: datetime, rule: str = "day_1") -> CheckIn:
    plan_after_doses(by=by, at=at)
    send_check_ins(reach=reach(way), by=by, at=at)
    row = one(rule)
    assert row.state == "sent"
    return row


def answered(way: OnTheWay, row: CheckIn, at: datetime, *thoughts: object) -> None:
    holder = Actor(
        kind="link", id="link:x", name="Dan Marsh", clinic_id=way.cast.clinic_id, permissions=frozenset({"measures.answer.record"}),
        scope="own_patients", person_id=row.person_id,
    )  # fmt: skip
    given = {"low_mood": 3, "anxiety": 2, "hopelessness": 1} | ({"thoughts": thoughts[0]} if thoughts else {})
    answer(assignment_id=row.assignment_id, answers=given, taken_at=at, on_call=(way.cast.ana.user_id,), key=f"answer {row.id}", by=holder, at=at)


def close(way: OnTheWay, by: Actor, at: datetime) -> int:
    return close_check_ins(on_call=reach(way).on_call, by=by, at=at)


# req: S54 S55
def test_a_dose_that_is_over_gets_its_check_ins_once(by: Actor, ended_at: datetime) -> None:
    assert plan_after_doses(by=by, at=ended_at + H) == 3
    assert plan_after_doses(by=by, at=ended_at + 2 * H) == 0
    opens = {row.rule_id: row.opens_at - ended_at for row in CheckIn.objects.all()}
    assert opens == {"first_day": 2 * H, "day_1": 24 * H, "day_3": 72 * H}
    assert AuditRow.objects.filter(event="response.check_ins_planned").count() == 1


def test_another_clinic_plans_and_sends_nothing_for_him(way: OnTheWay, ended_at: datetime) -> None:
    there = jobs.job(way.cast.other_clinic_id)
    assert plan_check_ins(by=there, at=ended_at + H) == 0
    plan_after_doses(by=jobs.job(way.cast.clinic_id), at=ended_at + H)
    assert send_check_ins(reach=reach(way), by=there, at=ended_at + 30 * H) == 0
    assert close(way, there, ended_at + 300 * H) == 0


# req: S56
def test_while_the_course_runs_he_is_asked_weekly_from_the_seventh_day(by: Actor, ended_at: datetime) -> None:
    assert plan_on_days(by=by, at=ended_at + timedelta(days=5)) == 0
    assert plan_on_days(by=by, at=ended_at + timedelta(days=6, hours=12)) == 1
    assert plan_on_days(by=by, at=ended_at + timedelta(days=6, hours=13)) == 0
    row = one("weekly")
    assert (row.anchor, row.instrument, row.session_id) == ("course:weekly:7", "phq9", None)
    assert row.opens_at.astimezone(PLACE) == datetime(2026, 12, 14, 9, 0, tzinfo=PLACE)


# req: S62
def test_when_the_plan_ended_he_is_asked_after_the_course_instead(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    end_plan(plan_id=Session.objects.get(id=way.session_id).plan_id, reason="He moves to another town.", by=way.cast.ana, at=ended_at + H)
    assert plan_on_days(by=by, at=ended_at + timedelta(days=6, hours=12)) == 1
    assert CheckIn.objects.get().anchor == "after:week_1"
    assert plan_on_days(by=by, at=ended_at + timedelta(days=27, hours=12)) == 2  # the third week is still in reach after an outage
    assert set(CheckIn.objects.values_list("anchor", flat=True)) == {"after:week_1", "after:week_3", "after:one_month"}


# req: S55
def test_it_opens_once_with_one_message_and_one_reminder_whatever_restarts(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    plan_after_doses(by=by, at=ended_at + H)
    moment = ended_at + 24 * H
    for quarter in range(60):
        send_check_ins(reach=reach(way), by=by, at=moment + quarter * H / 4)
    row = one("day_1")
    found = list(Message.objects.filter(source_id=str(row.id)).order_by("id").values_list("window", "channel", "template__file_id"))
    assert found == [("open", "sms", "check_in_waiting"), ("half", "sms", "check_in_reminder")]
    assert Assignment.objects.filter(source_kind="response.check_in", source_id=str(row.id)).count() == 1
    assert (row.sent_at, row.state) == (moment, "sent")
    assert AuditRow.objects.filter(event="response.check_in_sent", person_id=row.person_id).count() == 1


# hazard: H53
def test_at_night_it_waits_for_the_morning(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    plan_after_doses(by=by, at=ended_at + H)
    night = datetime(2026, 12, 8, 21, 30, tzinfo=PLACE)
    CheckIn.objects.filter(rule_id="day_1").update(opens_at=night, due_at=night + 12 * H, closes_at=night + 24 * H)
    CheckIn.objects.exclude(rule_id="day_1").delete()
    assert send_check_ins(reach=reach(way), by=by, at=night + H) == 0
    assert (one("day_1").state, Assignment.objects.filter(source_kind="response.check_in").exists()) == ("planned", False)
    assert send_check_ins(reach=reach(way), by=by, at=datetime(2026, 12, 9, 8, 0, tzinfo=PLACE)) == 1


# req: S105
# hazard: H16
def test_with_nobody_on_call_it_is_not_sent_and_in_the_end_somebody_calls(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    plan_after_doses(by=by, at=ended_at + H)
    for hour in range(24, 36):
        assert send_check_ins(reach=reach(way, on_call=False), by=by, at=ended_at + hour * H) == 0
    waiting = one("day_1")
    assert (waiting.state, waiting.reason, waiting.assignment_id) == ("planned", NOBODY_ON_CALL, None)
    send_check_ins(reach=reach(way, on_call=False), by=by, at=ended_at + 36 * H)
    row = one("day_1")
    flag = Flag.objects.get(source_kind="response.check_in", source_id=str(row.id))
    assert (row.state, flag.kind, flag.urgency, flag.owner_id) == ("not_sent", "check_in_unanswered", "today", None)
    assert not Message.objects.exists()


def test_when_somebody_comes_on_call_in_time_it_goes_out_then(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    plan_after_doses(by=by, at=ended_at + H)
    send_check_ins(reach=reach(way, on_call=False), by=by, at=ended_at + 24 * H)
    assert send_check_ins(reach=reach(way), by=by, at=ended_at + 26 * H) >= 1
    assert (one("day_1").state, one("day_1").reason) == ("sent", "")


def wish(way: OnTheWay, at: datetime, **changes: object) -> None:
    version = Person.objects.values_list("version", flat=True).get(id=way.cast.dan_id)
    edit_person(person_id=way.cast.dan_id, version=version, changes=changes, by=way.cast.faye, at=at)


# hazard: H53
def test_who_asked_not_to_be_contacted_is_left_alone(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    wish(way, ended_at, contact_by="none")
    plan_after_doses(by=by, at=ended_at + H)
    send_check_ins(reach=reach(way), by=by, at=ended_at + 80 * H)
    close(way, by, ended_at + 300 * H)
    assert set(CheckIn.objects.values_list("state", "reason")) == {("not_sent", "This person asked not to be contacted.")}
    assert (Message.objects.count(), Flag.objects.filter(kind="check_in_unanswered").count()) == (0, 0)


# hazard: H53
def test_who_was_never_asked_how_is_not_written_to_and_a_colleague_is_asked_to_speak_to_them(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    wish(way, ended_at, contact_by="not_asked")
    plan_after_doses(by=by, at=ended_at + H)
    assert send_check_ins(reach=reach(way), by=by, at=ended_at + 25 * H) == 0
    assert (one("day_1").state, Message.objects.count()) == ("not_sent", 0)
    flag = Flag.objects.get(kind="check_in_unanswered", source_id=str(one("day_1").id))
    assert flag.owner_id == way.cast.ana.user_id and "Nobody has asked this person yet" in flag.sentence


# req: N42
# hazard: H53
def test_without_a_way_to_write_a_colleague_is_asked_to_call(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    plan_after_doses(by=by, at=ended_at + H)
    send_check_ins(reach=reach(way, ways=frozenset({"email"})), by=by, at=ended_at + 25 * H)
    assert {row.rule_id: row.state for row in CheckIn.objects.all()} == {"first_day": "not_sent", "day_1": "not_sent", "day_3": "planned"}
    assert Flag.objects.get(kind="check_in_unanswered").owner_id == way.cast.ana.user_id
    assert "not set up" in one("day_1").reason


def test_what_was_answered_too_recently_waits_and_says_why(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    """The PHQ-9 of the screening is less than a week old when the first weekly one is due, as it is here by hand."""
    plan_on_days(by=by, at=ended_at + timedelta(days=6, hours=12))
    row = one("weekly")
    early = ended_at + H
    CheckIn.objects.filter(id=row.id).update(opens_at=early, due_at=early + 24 * H, closes_at=early + 48 * H)
    assert send_check_ins(reach=reach(way), by=by, at=early) == 0
    row.refresh_from_db()
    assert row.state == "planned"
    assert "at most every 7 days" in row.reason
    send_check_ins(reach=reach(way), by=by, at=early + 48 * H)
    row.refresh_from_db()
    assert (row.state, "at most every 7 days" in row.reason) == ("not_sent", True)


# req: N42
# hazard: H16
# hazard: H18
def test_silence_becomes_a_call_once_with_an_owner_and_a_clock(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    row = sent(way, by, ended_at + 24 * H)
    assert close(way, by, row.due_at - timedelta(minutes=1)) == 0 or one("day_1").silent_at is None
    close(way, by, row.due_at)
    close(way, by, row.due_at + H)
    flag = Flag.objects.get(kind="check_in_unanswered", source_id=str(row.id))
    assert (flag.owner_id, flag.due_at - flag.opened_at, flag.opened_at) == (way.cast.ana.user_id, 24 * H, row.due_at)
    assert one("day_1").state == "sent"
    close(way, by, row.closes_at)
    assert one("day_1").state == "expired"
    assert [found.id for found in check_ins.waiting_calls(way.cast.ana)] == [row.id]


# req: S55
def test_an_answer_is_noted_also_a_late_one(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    row = sent(way, by, ended_at + 24 * H)
    close(way, by, row.closes_at)
    assert one("day_1").state == "expired"
    later = row.closes_at + H
    answered(way, row, later, 0)
    close(way, by, later)
    found = check_ins.check_in(row.id)
    assert (found.state, found.answered_at, found.late, found.wants_call) == ("answered", later, True, False)
    counted = check_ins.answering(way.cast.ana, ended_at, later)
    assert (counted.answered.count, counted.answered.out_of, counted.not_sent) == (1, 1, 1)  # the first day was over before it was sent here


# req: S105
# hazard: H16
@pytest.mark.parametrize(("said", "kind"), [((1,), "suicide_item_positive"), ((), "suicide_item_not_answered")])
def test_thoughts_said_or_left_open_raise_a_flag_with_an_owner(
    way: OnTheWay, by: Actor, ended_at: datetime, said: tuple[int, ...], kind: str
) -> None:
    row = sent(way, by, ended_at + 24 * H)
    answered(way, row, ended_at + 25 * H, *said)
    flag = Flag.objects.get(source_id=str(row.assignment_id))
    assert (flag.kind, flag.owner_id, flag.due_at - flag.opened_at) == (kind, way.cast.ana.user_id, timedelta(minutes=15))


def call(way: OnTheWay, row: CheckIn, at: datetime, outcome: str = "well", note: str = "He sleeps better and eats.", **more: Any) -> UUID:
    told = {"called_at": at, "key": f"call {outcome} {at}", "by": way.cast.ben, "at": at} | more
    return record_call(check_in_id=row.id, outcome=outcome, note=note, **told)


# req: N42
def test_a_call_is_written_down_once_and_takes_him_off_the_list(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    row = sent(way, by, ended_at + 24 * H)
    close(way, by, row.due_at)
    at = row.due_at + H
    call(way, row, at, "no_answer", "")
    assert [(each.id, each.tried) for each in check_ins.waiting_calls(way.cast.ana)] == [(row.id, 1)]
    assert call(way, row, at) == call(way, row, at)
    assert (one("day_1").state, check_ins.waiting_calls(way.cast.ana)) == ("called", [])
    assert [each.outcome for each in check_ins.calls_of(row.id)] == ["well", "no_answer"]
    assert Flag.objects.get(kind="check_in_unanswered").closed_at is None  # its owner closes it, with a note


# req: S105
# hazard: H16
def test_worry_on_the_phone_opens_an_urgent_flag_in_the_callers_name(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    row = sent(way, by, ended_at + 24 * H)
    made = call(way, row, row.due_at, "worried", "He says that he cannot go on.")
    flag = Flag.objects.get(source_kind="response.call", source_id=str(made))
    assert (flag.urgency, flag.owner_id, "cannot go on" in flag.sentence) == ("urgent", way.cast.ben.user_id, True)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": "fine"}, "response.unknown_outcome"),
        ({"note": "ok"}, "response.call_says_nothing"),
        ({"note": "well\x00 enough, thanks"}, "response.call_says_nothing"),
        ({"called_at": AT + timedelta(days=30)}, "clock.future"),
    ],
)
def test_a_call_that_says_nothing_is_refused(way: OnTheWay, by: Actor, ended_at: datetime, changed: dict[str, Any], code: str) -> None:
    row = sent(way, by, ended_at + 24 * H)
    with pytest.raises(Refusal, match=code):
        call(way, row, row.due_at, **changed)
    assert not CheckInCall.objects.exists()


def test_who_may_not_call_is_told_and_a_stranger_sees_nothing(way: OnTheWay, by: Actor, ended_at: datetime) -> None:
    row = sent(way, by, ended_at + 24 * H)
    with pytest.raises(Forbidden):
        call(way, row, row.due_at, by=way.cast.faye)
    with pytest.raises(NotFound):
        call(way, row, row.due_at, by=way.cast.cora)


# req: S54 S105
def test_the_tick_does_it_all_and_the_link_opens_his_own_page(
    way: OnTheWay, ended_at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[Letter] = []
    settings.PUBLIC_ADDRESS, settings.SMS_URL = "https://clinic.example", "https://gateway.example/"
    monkeypatch.setattr("afterglow.doors.jobs.senders.send_sms", letters.append)
    record_paging_phone(user_id=way.cast.ana.user_id, number="+1 555 010 0200", by=way.cast.ana, at=ended_at)
    tick(ended_at + 3 * H)
    tick(ended_at + 3 * H + timedelta(seconds=15))
    tick(ended_at + 25 * H)
    assert [letter.to for letter in letters] == ["+1 555 0100", "+1 555 0100"]  # the first day and the day after
    assert "https://clinic.example/l/" in letters[0].text
    assert len({letter.text.rpartition("/l/")[2] for letter in letters}) == 2
    assert AccessLink.objects.filter(purpose="check_in", ended_at__isnull=True).count() == 2


def test_a_roster_without_anybody_sends_nothing(way: OnTheWay, ended_at: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_ADDRESS, settings.SMS_URL = "https://clinic.example", "https://gateway.example/"
    Shift.objects.filter(duty="on_call").update(cancelled_at=ended_at)
    monkeypatch.setattr("afterglow.doors.jobs.senders.send_sms", lambda letter: pytest.fail("sent into the night"))
    tick(ended_at + 3 * H)
    assert one("first_day").state == "planned"


def test_without_an_address_of_our_own_no_link_leaves(way: OnTheWay, settings: Any) -> None:
    settings.SMS_URL, settings.MAIL = "https://gateway.example/", {"host": "mail.example"}
    settings.PUBLIC_ADDRESS = ""
    assert jobs.ways(way.cast.clinic_id) == frozenset()
    settings.PUBLIC_ADDRESS = "https://clinic.example"
    assert jobs.ways(way.cast.clinic_id) == {"sms", "email"}
