"""A monitor that says nothing while drug runs asks for the person; looking quiets it for a while, hearing again ends it (hazards H11, H13)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Device
from afterglow.pathway.session.queries.board import board
from afterglow.pathway.session.queries.room import room
from afterglow.pathway.session.queries.standing import REMIND_AFTER
from tests.actions.session_course.test_marks import later, sent
from tests.support.course import vitals
from tests.support.session import OnTheWay

SECOND = timedelta(seconds=1)


def asks(way: OnTheWay, at: datetime) -> bool:
    """Does the room ask for the person?  The board says the same."""
    found = [raised.mark for raised in room(way.session_id, at).act if raised.mark.code == "no_signal"]
    rows = [row for each in board(way.cast.site_id, at) for row in each.rows]
    assert found == [raised.mark for row in rows for raised in row.marks if raised.mark.code == "no_signal" and raised.mark.level == "act"]
    assert all(mark.says == "No signal: check the person now." for mark in found)
    return bool(found)


def look(way: OnTheWay, at: datetime, saw: str = "Breathes, pink, answers.") -> None:
    acknowledge(session_id=way.session_id, saw=saw, key=f"look {at}", by=way.cast.ben, at=at)


# req: S71
# hazard: H11 H13
def test_neither_saturation_nor_breathing_while_drug_runs_asks_for_the_person(way: OnTheWay) -> None:
    sent(way, later(0))
    assert not asks(way, later(14)) and asks(way, later(15))
    sent(way, later(20))
    assert not asks(way, later(21))
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=later(30))
    assert asks(way, later(36))
    stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=later(40))
    assert not asks(way, later(60))
    assert {raised.mark.code for raised in room(way.session_id, later(60)).marks} == {"no_data"}


# hazard: H11
def test_it_is_answered_with_what_was_seen_and_comes_back(way: OnTheWay) -> None:
    sent(way, later(0))
    with pytest.raises(Refusal) as refused:
        look(way, later(20), saw=" ")
    assert refused.value.code == "session.say_what_you_saw"
    look(way, later(20))
    assert not asks(way, later(21)) and not asks(way, later(20) + REMIND_AFTER)
    assert asks(way, later(21) + REMIND_AFTER)


def test_an_answer_from_before_the_silence_does_not_count_for_it(way: OnTheWay) -> None:
    sent(way, later(0), rr=0)
    look(way, later(2))
    assert asks(way, later(15))


def test_values_charted_by_hand_are_a_look(way: OnTheWay) -> None:
    sent(way, later(0))
    vitals(way, later(30), spo2=98)
    assert not asks(way, later(31))
    vitals(way, later(40), sbp=120, dbp=76)
    assert asks(way, later(31) + REMIND_AFTER)


# hazard: H10
def test_a_monitor_of_one_value_a_minute_is_not_silent_between_two(way: OnTheWay) -> None:
    Device.objects.filter(room_id=way.room_id).update(interval_s=60)
    sent(way, later(0))
    assert not asks(way, later(69)) and asks(way, later(70))


# hazard: H11
def test_the_pump_does_not_go_on_unwatched(way: OnTheWay) -> None:
    sent(way, later(0))
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=later(1))
    with pytest.raises(Refusal) as refused:
        resume_dose(session_id=way.session_id, key="r", by=way.cast.ben, at=later(60))
    assert refused.value.code == "session.marks_open"
    look(way, later(61))
    resume_dose(session_id=way.session_id, key="r", by=way.cast.ben, at=later(62))
