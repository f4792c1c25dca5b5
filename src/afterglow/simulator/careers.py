"""Who went through the course before the demo, and how it went with each: people who finished, who stopped, who are under way.

Doses fall on two days of the week, as in a small clinic: every first dose lies 4, 11, 18 ... or 1 day before today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from afterglow.simulator import dosing, follow, lives, rounds
from afterglow.simulator.courses import kind_named
from afterglow.simulator.people import invent
from afterglow.simulator.script import Life, Step, World
from afterglow.simulator.walk import Someone

FIRST_NUMBER = 15
"""Numbers below are those of `lives`: a dozen people and the three of the live rooms."""
ROOMS = {"room_6": "mei", "room_7": "raj"}
"""The rooms of past doses, each with its nurse, so that nobody waits for a room or watches two."""
HOURS = (7, 10, 13, 16, 19)
CALLED_HOUR = 13
QUIET_DAYS = 2
"""Since how many days before the demo the one who has gone quiet answers nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """`days_ago`: of the first dose; `doses`: how many were given; `slot`: index of the hour, then of the room.

    `after_three`, `after_last`: what the review decided, "" where none is signed yet.  `leaves`: why the course ended without a review.
    `booster_days_ago`, `missed_talk`, `bridging`, `quiet`: a booster on that day; the visit after this dose missed; a fourth dose without a
    review; answers no check-in any more.
    """

    kind: str
    days_ago: int
    doses: int
    slot: tuple[int, int]
    after_three: str = ""
    after_last: str = ""
    leaves: str = ""
    booster_days_ago: int = 0
    missed_talk: int = 0
    bridging: bool = False
    quiet: bool = False


CAREERS = (
    Career(kind="remits", days_ago=60, doses=6, slot=(0, 0), after_three="continue", after_last="aftercare", booster_days_ago=18),
    Career(kind="responds and relapses", days_ago=60, doses=6, slot=(0, 1), after_three="continue", after_last="aftercare"),
    Career(kind="responds", days_ago=46, doses=6, slot=(1, 0), after_three="continue", after_last="aftercare"),
    Career(kind="does not respond", days_ago=46, doses=3, slot=(1, 1), after_three="stop"),
    Career(kind="responds in part", days_ago=32, doses=3, slot=(0, 0), after_three="refer"),
    Career(kind="responds", days_ago=32, doses=2, slot=(0, 1), leaves="Moved to another town; the new doctor was written to."),
    Career(kind="remits", days_ago=25, doses=6, slot=(1, 0), after_three="continue", after_last="aftercare"),
    Career(kind="gets worse", days_ago=25, doses=1, slot=(1, 1), leaves="Did not want to go on after the first dose; felt worse for days."),
    Career(kind="responds", days_ago=18, doses=6, slot=(2, 0), after_three="continue"),
    Career(kind="does not respond", days_ago=18, doses=3, slot=(2, 1), after_three="stop"),
    Career(kind="remits", days_ago=11, doses=4, slot=(0, 0), after_three="continue", missed_talk=2),
    Career(kind="responds in part", days_ago=11, doses=3, slot=(0, 1)),
    Career(kind="responds", days_ago=11, doses=4, slot=(3, 0), bridging=True),
    Career(kind="responds", days_ago=4, doses=2, slot=(1, 0)),
    Career(kind="remits", days_ago=4, doses=2, slot=(1, 1), quiet=True),
    Career(kind="responds in part", days_ago=4, doses=2, slot=(3, 1)),
    Career(kind="does not respond", days_ago=1, doses=1, slot=(4, 0)),
    Career(kind="remits", days_ago=1, doses=1, slot=(4, 1)),
)


def like(wanted: Callable[[Career], object]) -> str:
    """The name of the first life whose career is wanted.  Raises StopIteration where nobody has such a one."""
    return f"person {next(number for number, career in enumerate(CAREERS, start=FIRST_NUMBER) if wanted(career))}"


def career_lives(world: World, at: datetime) -> list[Life]:
    """One life for each row, seen from `at`, the start of the demo."""
    made = []
    for number, career in enumerate(CAREERS, start=FIRST_NUMBER):
        one = Someone(number, invent(world.seed, number, world.day_of(at)))
        life = Life(name=f"person {number}", steps=career_steps(world, one, career, at))
        life.keep("name", one.who.name)
        made.append(life)
    return made


def career_steps(world: World, one: Someone, career: Career, at: datetime) -> list[Step]:
    """From the first call to what comes after the last dose; what lies after `at` is played at a later start."""
    today = world.day_of(at)
    course = _course(world, one, career, at)
    fared = follow.Fared(one=one, kind=kind_named(career.kind), first_at=course.visit_at(1), doses=career.doses)
    steps = lives.course_steps(course, called=world.clock(world.day_of(course.visit_at(1)) - timedelta(days=lives.FIRST_CALL_DAYS), CALLED_HOUR))
    for number in range(1, career.doses + 1):
        steps += dosing.whole_visit(course.dose(number), course.visit_at(number))[0 if number > 1 else 1 :]
    visits = [course.visit_at(number) for number in range(1, career.doses + 1)]
    steps += rounds.followed(world, fared, visits, at, missed=career.missed_talk, quiet_from_day=QUIET_DAYS if career.quiet else None)
    steps += _decisions(world, fared, career, course)
    if career.leaves:
        ended = world.clock(world.day_of(course.visit_at(career.doses)) + timedelta(days=2), 20)
        steps.append(Step(ended, "leave the course", lambda world, life, at: follow.leave(world, life, at, career.leaves)))
    if career.booster_days_ago:
        booster = dosing.Dose(one=one, number=career.doses + 1, room=course.room, nurse=course.nurse)
        booster_at = world.clock(today - timedelta(days=career.booster_days_ago), HOURS[-1])
        steps += [*follow.booster_steps(world, booster, booster_at), *follow.talk_steps(world, fared, booster.number, booster_at, missed=False)]
    return steps


def _course(world: World, one: Someone, career: Career, at: datetime) -> lives.Course:
    room = list(ROOMS)[career.slot[1]]
    first = world.clock(world.day_of(at) - timedelta(days=career.days_ago), HOURS[career.slot[0]])
    return lives.Course(one=one, now=1, arrives=first, room=room, before=room, after=room, nurse=ROOMS[room])


def _decisions(world: World, fared: follow.Fared, career: Career, course: lives.Course) -> list[Step]:
    """The reviews, each in the evening of the day after its dose, and what they lead to."""
    steps = []
    if career.after_three:
        steps.append(follow.review_step(world, fared, course.visit_at(3), career.after_three))
    elif career.doses == 3 and not career.bridging:
        steps.append(follow.put_off_step(world, course.visit_at(4)))
    if career.bridging:
        steps.append(follow.bridging_step(world, course.visit_at(3)))
    if career.after_last:
        steps.append(follow.review_step(world, fared, course.visit_at(career.doses), career.after_last))
        steps += follow.aftercare_steps(world, fared, course.visit_at(career.doses))
    return steps
