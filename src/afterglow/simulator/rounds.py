"""Check-ins after doses: the clinic's rounds that plan, send and close them, and the people who answer on their phones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from afterglow.doors.jobs import check_ins as jobs
from afterglow.doors.jobs.paging import send_waiting
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.pathway.response.actions.plan_check_ins import plan_after_doses
from afterglow.pathway.response.actions.record_call import record_call
from afterglow.pathway.response.queries import check_ins
from afterglow.records.flags import queries as flags
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.measures import queries as measures
from afterglow.simulator import follow
from afterglow.simulator.follow import Fared
from afterglow.simulator.script import Life, Step, World, minutes
from afterglow.simulator.walk import give_answers, person

BEGAN_DAYS = 8
"""How long before the demo check-ins by link began; doses before that are followed by telephone once, then left."""
MORNING, NOON, EVENING = (8, 20), (14, 0), (20, 20)
"""The hours of the rounds: no check-in that waits for an answer opens and falls due between two of them."""
ANSWERED_MIN = 36
CALL_NOTE = "Check-ins by link begin now; called instead. Doing as told at the last visit, asked about danger: none."


def rounds_life(world: World, at: datetime) -> Life:
    """Three rounds a day, and one afternoon of calls to everyone whose time had passed when the check-ins began."""
    days = _days(world, at)
    steps = [Step(world.clock(day, *MORNING), "morning round", _morning) for day in days]
    steps += [Step(world.clock(day, *clock), "round", _round) for day in days for clock in (NOON, EVENING)]
    steps.append(Step(world.clock(days[0], 15), "call who was not asked", _call_everyone))
    return Life(name="check-ins", steps=steps)


def _days(world: World, at: datetime) -> list[date]:
    """Every day with rounds, up to the day after the demo began: longer it is not kept."""
    return [world.day_of(at) - timedelta(days=count) for count in range(BEGAN_DAYS, -2, -1)]


def followed(
    world: World, fared: Fared, visits: Sequence[datetime], at: datetime, *, missed: int = 0, quiet_from_day: int | None = None
) -> list[Step]:
    """What follows the doses given at `visits`, as at any of them: the talk, the PHQ-9 at the clinic, later the check-ins on the phone."""
    steps = follow.asking_steps(fared, until=world.clock(_days(world, at)[0], 0))
    for number, visit_at in enumerate(visits, start=1):
        steps += follow.talk_steps(world, fared, number, visit_at, missed=number == missed)
    return [*steps, *answering_steps(world, fared, at, quiet_from_day=quiet_from_day)]


def answering_steps(world: World, fared: Fared, at: datetime, *, quiet_from_day: int | None) -> list[Step]:
    """After each round the person answers what is open; `quiet_from_day`: from how many days before the demo on nothing is answered."""
    quiet_from = None if quiet_from_day is None else world.day_of(at) - timedelta(days=quiet_from_day)
    open_days = [day for day in _days(world, at) if quiet_from is None or day < quiet_from]
    times = [minutes(world.clock(day, *clock), ANSWERED_MIN) for day in open_days for clock in (MORNING, NOON, EVENING)]
    first = fared.first_at + timedelta(hours=2)
    return [Step(time, "answer on the phone", lambda world, life, at: _answer(world, life, at, fared)) for time in times if time > first]


def _morning(world: World, life: Life, at: datetime) -> None:
    jobs.plan(at)
    _round(world, life, at)


def _round(world: World, life: Life, at: datetime) -> None:
    """What the server does by itself at every tick: doses that are over, answers that came, messages that are due."""
    plan_after_doses(by=jobs.job(world.clinic_id), at=at)
    jobs.close(at)
    jobs.send(at)
    send_waiting(at)


def _answer(world: World, life: Life, at: datetime, fared: Fared) -> None:
    """Every questionnaire that is open to them, through a personal link of their own."""
    held = measures.open_assignments(person(life), channel="link", at=at)
    for row in held:
        if row.paper.instrument.id == "today":
            low, anxious, hopeless = fared.today(at)
            told = {"low_mood": low, "anxiety": anxious, "hopelessness": hopeless, "thoughts": 0}
        elif row.paper.instrument.id == "phq9":
            told = {f"q{number}": value for number, value in enumerate(fared.phq9(at), start=1)}
        else:
            continue
        give_answers(world, life, row.id, told, by=_holder(world, life, at), at=at, key=f"check-in {row.id}")


def _holder(world: World, life: Life, at: datetime) -> Actor:
    """The person, through the link that came with the first check-in."""
    if "check-in link" not in life.memo:
        _, token = links.make_link(
            clinic_id=world.clinic_id,
            person_id=person(life),
            holder=life.memo["name"],
            purpose="check_in",
            lasts=timedelta(days=14),
            by=jobs.job(world.clinic_id),
            at=at,
        )
        life.keep("check-in link", token)
    return links.open_by_token(life.memo["check-in link"], at=at)[0].actor()


def _call_everyone(world: World, life: Life, at: datetime) -> None:
    nurse, ana = world.staff["ben"], world.staff["ana"]
    for row in check_ins.waiting_calls(nurse):
        record_call(check_in_id=row.id, outcome="well", note=CALL_NOTE, called_at=at, key=life.key(f"call {row.id}"), by=nurse, at=at)
        for flag in flags.open_for(row.person_id, at):
            if flag.kind == "check_in_unanswered":
                if flag.owner_id != ana.user_id:
                    own_flag(flag_id=flag.id, by=ana, at=at)
                close_flag(flag_id=flag.id, note=CALL_NOTE, key=life.key(f"flag {flag.id}"), by=ana, at=at)
