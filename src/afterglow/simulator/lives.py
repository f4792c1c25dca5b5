"""Who is in the demo clinic and how far each of them came: a dozen people between the first call and the way home, and the two live rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.enquiry.actions.decide_against import refer
from afterglow.pathway.session.actions.call_off import call_off
from afterglow.pathway.session.actions.leave import ExitWords, leave_against_advice
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.queries.devices import devices_in
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.save_draft import save_draft
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import mark
from afterglow.simulator import dosing, follow, replay, rounds, walk
from afterglow.simulator.courses import kind_named
from afterglow.simulator.dosing import Dose
from afterglow.simulator.follow import DOSE_DAYS, VISIT_MIN
from afterglow.simulator.house import DAY_BEGINS
from afterglow.simulator.people import dan, invent
from afterglow.simulator.script import Deed, Life, Step, World, minutes
from afterglow.simulator.walk import Someone, person

FIRST_CALL_DAYS = 14
"""How long before the first infusion the person called."""
MONITOR_RUNS_MIN, RECORDING_RUNS_MIN, ARRIVED_MIN = 12, 2, 12
"""How long, when the demo starts, the dose with the virtual monitor and the one with the recording run, and the newcomer has been here."""
LIVE_NUMBER, LATER_NUMBER = 12, 60
"""The numbers of the people in the live rooms: at the first start, and from where on at later ones."""
FARE = {"monitor": "responds", "recording": "remits"}
"""How those in the two live rooms of the first start fare."""
NOBODY_CAME_MIN = 110
"""After this time a newcomer with whom nobody went on is called off: before both live rooms are over and new ones open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course whose dose `now` falls on the visit that begins at `arrives`, in `room`; its other visits are `before` and `after` it.

    Past visits lie in rooms whose monitor sends once a minute, as is kept of them; so the live rooms stay free, too.
    """

    one: Someone
    now: int
    arrives: datetime
    room: str
    before: str = "room_4"
    after: str = "room_4"
    nurse: str = "ben"
    whole: bool = True
    """False: only this one visit is booked, for people who are made up at a later start of the demo."""

    def visit_at(self, number: int) -> datetime:
        return self.arrives + timedelta(days=DOSE_DAYS[number - 1] - DOSE_DAYS[self.now - 1])

    def room_of(self, number: int) -> str:
        return self.room if number == self.now else self.before if number < self.now else self.after

    def dose(self, number: int) -> Dose:
        return Dose(one=self.one, number=number, room=self.room_of(number), nurse=self.nurse)


def course_steps(course: Course, called: datetime | None = None) -> list[Step]:
    """From the first call, two weeks before the first dose or at `called`, to the evening before dose `now`, with every dose before it given."""
    one, first = course.one, course.visit_at(1)
    called = called or first - timedelta(days=FIRST_CALL_DAYS)
    day = timedelta(days=1)
    steps = [
        *walk.enquiry_steps(one, called),
        *walk.intake_steps(one, called + day * 2),
        *walk.screening_steps(one, called + day * 4),
        *walk.consent_steps(one, called + day * 5),
        *walk.plan_steps(called + day * 6),
        Step(minutes(called + day * 6, 30), "book the visits", lambda world, life, at: _book(world, life, at, course)),
        Step(first - day * 2, "prepare", lambda world, life, at: _prepare(world, life, at, one)),
    ]
    for number in range(1, course.now):
        steps += dosing.whole_visit(course.dose(number), course.visit_at(number))
    return [*steps, dosing.order_step(course.dose(course.now), course.arrives)]


def followed(world: World, course: Course, kind: str, at: datetime) -> list[Step]:
    """What follows every dose up to `now`, seen from `at`, the start of the demo."""
    fared = follow.Fared(one=course.one, kind=kind_named(kind), first_at=course.visit_at(1), doses=course.now)
    return rounds.followed(world, fared, [course.visit_at(number) for number in range(1, course.now + 1)], at)


def fixed_lives(world: World, at: datetime) -> list[Life]:
    """Everyone but the live rooms, seen from `at`, the start of the demo."""
    day, today = timedelta(days=1), world.clock(world.day_of(at), 9)
    people = [Someone(number, invent(world.seed, number, world.day_of(at))) for number in range(12)]
    yesterday = today - day
    return [
        _life(people[0], [Step(at - timedelta(hours=3), "enquire", _enquire(people[0]))]),
        _life(people[1], [Step(at - timedelta(minutes=50), "enquire in danger", _enquire(people[1], danger_now="yes"))]),
        _life(people[2], [Step(today - day * 3, "enquire", _enquire(people[2])), Step(today - day * 2, "refer", _refer)]),
        _life(people[3], [*walk.enquiry_steps(people[3], today - day * 4), Step(yesterday, "begin the intake", _half_an_intake(people[3]))]),
        _life(people[4], _positive_asq(people[4], at)),
        _life(people[5], _in_screening(people[5], today)),
        _life(people[6], _not_cleared(people[6], today)),
        _life(people[7], [*_cleared(people[7], today - day * 8), Step(yesterday, "offer the consent", _offer)]),
        _life(people[8], _plan_to_sign(people[8], today)),
        _life(
            people[9],
            course_steps(Course(one=people[9], now=1, arrives=today + day * 2 + timedelta(hours=1), room="room_1", after="room_1", nurse="nia")),
        ),
        _life(people[10], _went_home(world, people[10], at)),
        _life(people[11], _left_early(world, people[11], at)),
    ]


def live_courses(world: World, at: datetime, *, start_no: int) -> dict[str, Course]:
    """Who is in the live rooms of one start of the demo, by what their monitor is: Dan first, later other people each time."""
    first = start_no == 0
    offset = LIVE_NUMBER if first else LATER_NUMBER + 3 * start_no
    who = [Someone(offset + count, invent(world.seed, offset + count, world.day_of(at))) for count in range(3)]
    if first:
        who[0] = Someone(offset, dan(), record_no="0412")
    return {
        "monitor": Course(
            one=who[0], now=3 if first else 1, arrives=minutes(monitor_starts(at), -dosing.START_MIN), room="room_1", nurse="ben", whole=first
        ),
        "recording": Course(
            one=who[1],
            now=2 if first else 1,
            arrives=minutes(recording_starts(at), -dosing.START_MIN),
            room="room_2",
            before="room_5",
            after="room_5",
            nurse="nia",
            whole=first,
        ),
        "arriving": Course(
            one=who[2], now=2 if first else 1, arrives=minutes(at, -ARRIVED_MIN), room="room_3", after="room_3", nurse="sol", whole=first
        ),
    }


def live_lives(world: World, at: datetime, *, start_no: int) -> list[Life]:
    """Two rooms with a dose under way at `at`, and somebody who has just come in and can be started by hand."""
    courses = live_courses(world, at, start_no=start_no)
    steps = {source: [*course_steps(course), *_to_the_start(course)] for source, course in courses.items()}
    steps["monitor"] += [*_so_far(courses["monitor"]), *_later(courses["monitor"], at)]
    steps["recording"] += [Step(at, "so far", lambda world, life, at: _recorded_until(world, life, courses["recording"], at))]
    steps["recording"] += _later(courses["recording"], at)
    if start_no == 0:
        for source, kind in FARE.items():
            steps[source] += followed(world, courses[source], kind, at)
    newcomer = courses["arriving"]
    dose = newcomer.dose(newcomer.now)
    steps["arriving"] = [
        *course_steps(newcomer),
        *dosing.check_in_steps(dose, newcomer.arrives)[:2],
        *(followed(world, newcomer, "responds in part", at) if start_no == 0 else ()),
        Step(minutes(at, NOBODY_CAME_MIN), "call off", lambda world, life, at: _call_off(world, life, at, dose)),
    ]
    return [_life(course.one, steps[source], name=f"live {start_no} {source}") for source, course in courses.items()]


def monitor_starts(at: datetime) -> datetime:
    return minutes(at, -MONITOR_RUNS_MIN)


def recording_starts(at: datetime) -> datetime:
    return minutes(at, -RECORDING_RUNS_MIN)


def _life(one: Someone, steps: list[Step], *, name: str = "") -> Life:
    life = Life(name=name or f"person {one.number}", steps=steps)
    life.keep("name", one.who.name)
    return life


def _to_the_start(course: Course) -> list[Step]:
    dose = course.dose(course.now)
    return [*dosing.check_in_steps(dose, course.arrives), *dosing.start_steps(dose, course.arrives)]


def _so_far(course: Course) -> list[Step]:
    """The minutes that the dose with the virtual monitor runs already: a reading each second, and the set of vital signs that was due."""
    dose, start = course.dose(course.now), minutes(course.arrives, dosing.START_MIN)
    return [
        Step(minutes(start, 10), "vitals at 10 min", lambda world, life, at: dosing.chart_set(world, life, at, dose, start)),
        Step(minutes(start, MONITOR_RUNS_MIN), "so far", lambda world, life, at: sent_until(world, life, course, at)),
    ]


def sent_until(world: World, life: Life, course: Course, at: datetime) -> None:
    """The virtual monitor's readings up to `at`, one a second; from then on its process sends."""
    start = minutes(course.arrives, dosing.START_MIN)
    dosing.readings(world, life, course.dose(course.now), start, first_s=0, last_s=int((at - start).total_seconds()) - 1, every_s=1)


def _recorded_until(world: World, life: Life, course: Course, at: datetime) -> None:
    """The rows of the recording up to `at`, one a minute: its second minute has a pressure that nobody has answered yet."""
    start = minutes(course.arrives, dosing.START_MIN)
    device = devices_in([world.places[course.room]])[world.places[course.room]]
    named = life.id_of(course.dose(course.now).session)
    record_readings(
        [
            Parcel(device=device, messages=[Message(id=f"{named}-minute-{minute}", taken_at=minutes(start, minute), values=channels)], at=at)
            for minute, channels in replay.rows()
            if minutes(start, minute) <= at
        ]
    )


def _later(course: Course, at: datetime) -> list[Step]:
    """What would come after `at` is played at the next start, so that nobody lies in a room for ever."""
    dose = course.dose(course.now)
    return [step for step in (*dosing.running_steps(dose, course.arrives), *dosing.recovery_steps(dose, course.arrives)) if step.at > at]


def _enquire(one: Someone, *, danger_now: str = "no") -> Deed:
    def deed(world: World, life: Life, at: datetime) -> None:
        life.keep("enquiry", walk.enquire(world, life, at, one, danger_now=danger_now))

    return deed


def _refer(world: World, life: Life, at: datetime) -> None:
    refer(
        enquiry_id=life.id_of("enquiry"),
        where="Harbour Eating Disorder Service",
        reason="Needs care for an eating disorder first; sent on with their agreement.",
        key=life.key("refer"),
        by=world.staff["ana"],
        at=at,
    )


def _half_an_intake(one: Someone) -> Deed:
    """The link was sent and opened; PHQ-9 is half filled in and waits."""

    def deed(world: World, life: Life, at: datetime) -> None:
        by = walk.opened_intake(world, life, at)
        for row in measures.open_assignments(person(life)):
            if row.paper.instrument.id == "phq9":
                save_draft(assignment_id=row.id, answers={"q1": 2, "q2": 3, "q3": 1}, by=by, at=minutes(at, 45))

    return deed


def _positive_asq(one: Someone, at: datetime) -> list[Step]:
    """Asked in person an hour ago: a wish to be dead; the flag is open and owned by the nurse who asked."""
    called = at - timedelta(days=3)
    return [
        *walk.enquiry_steps(one, called),
        Step(at - timedelta(minutes=80), "take the history", lambda world, life, at: walk.take_history(world, life, at, one)),
        Step(at - timedelta(minutes=9), "ask in person", lambda world, life, at: walk.ask_in_person(world, life, at, (1, 1, 0, 0, 0))),
    ]


def _in_screening(one: Someone, today: datetime) -> list[Step]:
    """The case is open with a handful of questions that nobody has answered yet."""
    day = timedelta(days=1)
    open_items = ("workup.ecg_reviewed", "workup.urinalysis_reviewed", "bladder.cystitis_or_symptoms", "history.bipolar", "decision.coerced")
    return [
        *walk.enquiry_steps(one, today - day * 7),
        *walk.intake_steps(one, today - day * 5, link=False),
        Step(today - day * 2, "open the case", lambda world, life, at: walk.open_and_answer(world, life, at, one, leave_out=open_items)),
    ]


def _not_cleared(one: Someone, today: datetime) -> list[Step]:
    """An aneurysm in the history: nobody may lift it, and the prescriber declines with the reason."""
    day = timedelta(days=1)
    found = {"history.aneurysm_or_avm": "yes"}
    return [
        *walk.enquiry_steps(one, today - day * 11),
        *walk.intake_steps(one, today - day * 9),
        Step(today - day * 6, "open the case", lambda world, life, at: walk.open_and_answer(world, life, at, one, different=found)),
        Step(today - day * 6 + timedelta(hours=1), "decline", walk.decline),
    ]


def _cleared(one: Someone, called: datetime) -> list[Step]:
    day = timedelta(days=1)
    return [*walk.enquiry_steps(one, called), *walk.intake_steps(one, called + day * 2), *walk.screening_steps(one, called + day * 5)]


def _plan_to_sign(one: Someone, today: datetime) -> list[Step]:
    """Consented; the draft of the plan waits for the prescriber's signature."""
    day = timedelta(days=1)
    return [
        *_cleared(one, today - day * 11),
        *walk.consent_steps(one, today - day * 4),
        Step(today - day * 2, "make the plan", walk.make),
    ]


def _offer(world: World, life: Life, at: datetime) -> None:
    life.keep("offer", offer(person_id=person(life), by=world.staff["ana"], at=at))


def _earlier_today(world: World, at: datetime, hours: float) -> datetime:
    """So many hours before `at`, or yesterday in the afternoon where the clinic was not open then."""
    begins, opens = at - timedelta(hours=hours), world.clock(world.day_of(at), DAY_BEGINS + 1)
    return begins if begins >= opens else world.clock(world.day_of(at) - timedelta(days=1), 14)


def _went_home(world: World, one: Someone, at: datetime) -> list[Step]:
    """The third dose is over and the person is at home."""
    course = Course(one=one, now=3, arrives=_earlier_today(world, at, 5), room="room_5", before="room_5", after="room_5", nurse="nia")
    return [*course_steps(course), *dosing.whole_visit(course.dose(3), course.arrives)[1:], *followed(world, course, "responds", at)]


def _left_early(world: World, one: Someone, at: datetime) -> list[Step]:
    """The first dose: walked out half an hour into recovery, half an hour ago; the calls are somebody's task."""
    course = Course(one=one, now=1, arrives=_earlier_today(world, at, 2.3), room="room_4", after="room_2", nurse="raj")
    dose, left_at = course.dose(1), minutes(course.arrives, dosing.START_MIN + dosing.INFUSION_MIN + 33)
    visit = [step for step in dosing.whole_visit(dose, course.arrives)[1:] if step.at < left_at]
    return [*course_steps(course), *visit, Step(left_at, "leave", lambda world, life, at: _walk_out(world, life, at, dose))]


def _walk_out(world: World, life: Life, at: datetime, dose: Dose) -> None:
    told = ExitWords(
        last_state="Awake, oriented, steady; upset by a telephone call and would not stay.",
        flag_owner="Theo Lind",
        called=("the person, no answer",),
        warned=True,
    )
    leave_against_advice(session_id=life.id_of(dose.session), words=told, key=life.key("left"), by=world.staff[dose.nurse], at=at)


def _call_off(world: World, life: Life, at: datetime, dose: Dose) -> None:
    call_off(session_id=life.id_of(dose.session), reason="Nobody went on with this visit of the demo.", by=world.staff[dose.nurse], at=at)


def _book(world: World, life: Life, at: datetime, course: Course) -> None:
    """Every infusion in its room; preparation and integration with Theo, who has an hour of the day for each person."""
    desk, person_id, plan_id = world.staff["faye"], person(life), life.id_of("plan")
    for number in range(1, len(DOSE_DAYS) + 1) if course.whole else (course.now,):
        starts_at = course.visit_at(number)
        booked = book(
            person_id=person_id,
            site_id=world.site_id,
            room_id=world.places[course.room_of(number)],
            staff_user_id=None,
            kind="dosing",
            starts_at=starts_at,
            ends_at=minutes(starts_at, VISIT_MIN),
            purpose_kind="plan",
            purpose_id=str(plan_id),
            dose_no=number,
            key=life.key(f"book {number}"),
            by=desk,
            at=at,
        )
        life.keep(f"visit {number}", booked)
    for number in range(1, len(DOSE_DAYS) + 1) if course.whole else (course.now,):
        follow.book_integration(world, life, at, course.one, number, course.visit_at(number))
    if course.whole:
        follow.book_preparation(world, life, at, course.one, course.visit_at(1))


def _prepare(world: World, life: Life, at: datetime, one: Someone) -> None:
    """Weighed at the preparation visit, so that the first order rests on a fresh weight."""
    walk.weigh(world, life, at, one.who.weight_kg)
    if "preparation" in life.memo:
        mark(appointment_id=life.id_of("preparation"), state="arrived", by=world.staff["faye"], at=at)
        mark(appointment_id=life.id_of("preparation"), state="done", by=world.staff["faye"], at=minutes(at, 60))
