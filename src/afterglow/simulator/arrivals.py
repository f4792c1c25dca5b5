"""People on their way to a first dose, one at each halt that `lives` leaves out."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterglow.doors.portal.invite import invite
from afterglow.pathway.enquiry.actions.decide_against import refer
from afterglow.simulator import lives, walk
from afterglow.simulator.people import invent
from afterglow.simulator.script import Life, Step, World
from afterglow.simulator.walk import Someone, person

FIRST_NUMBER = 33
DAY = timedelta(days=1)


def arrival_lives(world: World, at: datetime) -> list[Life]:
    """Seven lives, seen from `at`, the start of the demo."""
    today = world.clock(world.day_of(at), 9)
    steps_of = (_just_asked, _asked_to_answer, _to_decide, _to_offer, _to_talk_through, _sent_on, _first_dose_tomorrow)
    made = []
    for number, steps in enumerate(steps_of, start=FIRST_NUMBER):
        one = Someone(number, invent(world.seed, number, world.day_of(at)))
        life = Life(name=f"person {number}", steps=steps(one, today))
        life.keep("name", one.who.name)
        made.append(life)
    return made


def _just_asked(one: Someone, today: datetime) -> list[Step]:
    return walk.enquiry_steps(one, today - DAY + timedelta(hours=8))[:1]


def _asked_to_answer(one: Someone, today: datetime) -> list[Step]:
    """The intake's link is out; nobody opened it yet."""
    return [*walk.enquiry_steps(one, today - DAY * 3), Step(today - DAY + timedelta(hours=6), "send the intake", _invite)]


def _invite(world: World, life: Life, at: datetime) -> None:
    invite(person_id=person(life), site_id=world.site_id, instruments=("phq9", "gad7"), key=life.key("invite"), by=world.staff["faye"], at=at)


def _to_decide(one: Someone, today: datetime) -> list[Step]:
    """Every question is answered; the prescriber has not decided."""
    return [*walk.enquiry_steps(one, today - DAY * 6), *walk.intake_steps(one, today - DAY * 4), walk.screening_steps(one, today - DAY)[0]]


def _to_offer(one: Someone, today: datetime) -> list[Step]:
    """Cleared; no consent was offered yet."""
    return [*walk.enquiry_steps(one, today - DAY * 9), *walk.intake_steps(one, today - DAY * 7), *walk.screening_steps(one, today - DAY * 2)]


def _to_talk_through(one: Someone, today: datetime) -> list[Step]:
    """Signed on the phone yesterday; whether they can decide is not stated yet, so nothing is in force."""
    return [
        *walk.enquiry_steps(one, today - DAY * 10),
        *walk.intake_steps(one, today - DAY * 8),
        *walk.screening_steps(one, today - DAY * 3),
        *walk.consent_steps(one, today - DAY)[:2],
    ]


def _sent_on(one: Someone, today: datetime) -> list[Step]:
    return [walk.enquiry_steps(one, today - DAY * 19)[0], Step(today - DAY * 18, "refer", _refer)]


def _refer(world: World, life: Life, at: datetime) -> None:
    refer(
        enquiry_id=life.id_of("enquiry"),
        where="City Crisis Service",
        reason="Needs help sooner than a course can begin; spoken with on the telephone and handed over in person.",
        key=life.key("refer"),
        by=world.staff["ana"],
        at=at,
    )


def _first_dose_tomorrow(one: Someone, today: datetime) -> list[Step]:
    arrives = today + DAY + timedelta(hours=1)
    return lives.course_steps(lives.Course(one=one, now=1, arrives=arrives, room="room_6", before="room_6", after="room_6", nurse="mei"))
