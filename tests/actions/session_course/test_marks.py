"""Marks that stand, answers to them, "no signal", calls for help, the emergency card."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from afterglow.ground import ids
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session.access import lock_session
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.call_help import call_help, chart_emergency
from afterglow.pathway.session.chain import next_reading
from afterglow.pathway.session.models import Device, Entry, Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.held_limits import limits_of
from afterglow.pathway.session.queries.own_values import own_values
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.records.flags import queries as flags
from afterglow.science.vitals.channels import CHANNELS
from afterglow.science.vitals.devices import BEDSIDE_SECONDS
from afterglow.science.vitals.marks import Reading as Values
from afterglow.science.vitals.marks import mark_reading
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay

TEN = AT + timedelta(minutes=10)
LIVE = {"hr": 66, "pulse": 66, "rr": 14, "spo2": 98}


def later(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


def the_session(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def sent(way: OnTheWay, at: datetime, **values: float) -> int:
    """One message of the bedside monitor with the marks that it gets, stored as the door stores it."""
    session = lock_session(way.session_id)
    read = {**LIVE, **values}
    assert session.started_at is not None
    own = own_values({session.id: session.started_at})[session.id]
    found = mark_reading(Values(taken_at=at, values=read), limits_of(session), baseline=own, profile=BEDSIDE_SECONDS)
    payload = {
        "channels": {code: {"value": value, "unit": CHANNELS[code].unit} for code, value in read.items()},
        "marks": [deeds.mark_text(mark) for mark in found],
    }
    reading = next_reading(session, Device.objects.get(room_id=way.room_id), message_id=str(ids.new_id(at)), payload=payload, taken_at=at, at=at)
    reading.save()
    session.save(update_fields=["seq", "head_sha256"])
    return reading.seq


def standing(way: OnTheWay, at: datetime) -> list[tuple[str, str]]:
    return [(raised.mark.code, raised.mark.level) for raised in standing_marks(the_session(way), at=at)]


def answer(way: OnTheWay, at: datetime, saw: str = "", *, upto: int | None = None, key: str = "", by=None):
    return acknowledge(session_id=way.session_id, upto=upto, saw=saw, key=key or f"ack {at}", by=by or way.cast.ben, at=at)


# req: S71
def test_an_act_mark_stands_after_the_value_is_well_again_until_it_is_answered(way: OnTheWay) -> None:
    sent(way, later(0), spo2=88)
    sent(way, later(1))
    assert ("low", "act") in standing(way, later(2))
    charted = answer(way, later(3), by=way.cast.faye)
    assert not standing(way, later(4))
    entry = Entry.objects.get(session_id=way.session_id, seq=charted.seq)
    assert entry.by == "Faye Grant" and ["low", "spo2"] in json.loads(entry.text)["marks"]
    assert AuditRow.objects.filter(event="session.marks_acknowledged").count() == 1


def test_a_notice_goes_with_the_value(way: OnTheWay) -> None:
    sent(way, later(0), hr=112)
    assert ("high", "notify") in standing(way, later(0))
    sent(way, later(1))
    assert not standing(way, later(1))


def test_a_notice_of_a_hand_cuff_outlives_messages_without_a_cuff(way: OnTheWay) -> None:
    vitals(way, later(0), words={}, sbp=165, dbp=80)
    sent(way, later(5))
    assert ("high", "notify") in standing(way, later(6))
    vitals(way, later(30), words={}, sbp=140, dbp=80)
    assert not standing(way, later(31))


# hazard: H11
def test_no_signal_is_cleared_only_by_what_a_person_saw(way: OnTheWay) -> None:
    sent(way, later(0), hr=0, pulse=0, rr=0, spo2=0)
    sent(way, later(1))
    assert ("no_signal", "act") in standing(way, later(2))
    with pytest.raises(Refusal) as caught:
        answer(way, later(3))
    assert caught.value.code == "session.say_what_you_saw" and caught.value.field == "saw"
    answer(way, later(4), "Breathing, pink, answers to his name. The cable was out.")
    assert not standing(way, later(5))


# hazard: H11
def test_an_answer_without_words_leaves_no_signal_standing_and_says_so(way: OnTheWay) -> None:
    sent(way, later(0), spo2=88)
    sent(way, later(1), hr=0, rr=0)
    charted = answer(way, later(2))
    assert [code for code, _ in standing(way, later(3))] == ["no_signal"]
    assert "No signal" in charted.says


# hazard: H10
def test_an_answered_mark_that_goes_on_stays_quiet_for_a_while_and_then_comes_back(way: OnTheWay) -> None:
    sent(way, later(0), spo2=88)
    answer(way, later(5), "Mask on.")
    for seconds in (6, 60, 299):
        sent(way, later(seconds), spo2=88)
    assert not [code for code, level in standing(way, later(300)) if level == "act"]
    sent(way, later(310), spo2=88)
    assert ("low", "act") in standing(way, later(311))


def test_a_mark_that_went_and_came_again_is_new(way: OnTheWay) -> None:
    sent(way, later(0), spo2=88)
    answer(way, later(1))
    sent(way, later(2))
    assert not standing(way, later(2))
    sent(way, later(3), spo2=87)
    assert ("low", "act") in standing(way, later(3))


def test_an_answer_does_not_reach_what_its_page_did_not_show(way: OnTheWay) -> None:
    shown = sent(way, later(0), spo2=88)
    sent(way, later(1), rr=6)
    answer(way, later(2), upto=shown)
    assert [code for code, _ in standing(way, later(3))] == ["low"]
    (left,) = standing_marks(the_session(way), at=later(3))
    assert left.mark.channel == "rr"


def test_nothing_to_answer_is_said_and_a_retry_is_one_entry(way: OnTheWay) -> None:
    sent(way, later(-1))
    with pytest.raises(Refusal) as caught:
        answer(way, later(0))
    assert caught.value.code == "session.nothing_to_answer"
    sent(way, later(0), spo2=88)
    assert answer(way, later(1), key="same") == answer(way, later(1), key="same")
    assert Entry.objects.filter(session_id=way.session_id, kind="acknowledged").count() == 1


# Stop, acknowledge, emergency and help are never behind a right: safety 41.
@pytest.mark.parametrize("who", ["ana", "theo", "faye", "olga"])
def test_anybody_signed_in_calls_for_help(way: OnTheWay, who: str) -> None:
    actor = getattr(way.cast, who)
    call_help(session_id=way.session_id, sentence="Come to room 1", key="help", by=actor, at=TEN)
    call_help(session_id=way.session_id, sentence="Come to room 1", key="help", by=actor, at=TEN)
    (flag,) = [each for each in flags.open_for(way.person_id, TEN) if each.kind == "help_called"]
    assert "Room 1" in flag.sentence and actor.name in flag.sentence
    call_help(session_id=way.session_id, key="once more", by=actor, at=later(30))
    assert len([each for each in flags.open_for(way.person_id, TEN) if each.kind == "help_called"]) == 2


def test_nobody_of_another_clinic_reaches_the_room(way: OnTheWay) -> None:
    for act in (call_help, acknowledge):
        with pytest.raises(NotFound):
            act(session_id=way.session_id, key="k", by=way.cast.cora, at=TEN)
    with pytest.raises(NotFound):
        chart_emergency(session_id=way.session_id, sign="seizure", key="k", by=way.cast.cora, at=TEN)


# hazard: H58
def test_an_emergency_sign_marks_the_room_and_its_steps_are_timed(way: OnTheWay) -> None:
    charted = chart_emergency(session_id=way.session_id, sign="stridor", key="e", by=way.cast.faye, at=TEN)
    assert "Emergency" in charted.says and ("emergency", "act") in standing(way, TEN)
    for step in ("called_emergency", "oxygen", "bag_mask"):
        chart_emergency(session_id=way.session_id, did=step, key=step, by=way.cast.ben, at=later(30), taken_at=later(20))
    steps = [deed for deed in deeds.deeds(way.session_id) if deed.kind == "emergency"]
    assert [deed.payload["did"] for deed in steps] == ["", "called_emergency", "oxygen", "bag_mask"]
    assert steps[1].taken_at == later(20)


@pytest.mark.parametrize(("sign", "did"), [("", ""), ("tired", ""), ("", "prayed")])
def test_an_emergency_says_what_was_seen_or_done(way: OnTheWay, sign: str, did: str) -> None:
    with pytest.raises(Refusal) as caught:
        chart_emergency(session_id=way.session_id, sign=sign, did=did, key="e", by=way.cast.ben, at=TEN)
    assert caught.value.code == "session.choice"
