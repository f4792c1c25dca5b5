"""What follows the doses of a course: questionnaires, integration visits, reviews, aftercare, a booster, or an early end."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare.actions.decide_booster import Elsewhere, decide_booster
from afterglow.pathway.aftercare.actions.record_check import record_check
from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare
from afterglow.pathway.aftercare.actions.tasks import set_task, tick_days
from afterglow.pathway.aftercare.queries import aftercare as looks
from afterglow.pathway.integration.actions.give_practice import give_practice
from afterglow.pathway.integration.actions.practice_done import practice_done
from afterglow.pathway.integration.actions.record_visit import record_visit
from afterglow.pathway.integration.actions.set_goal import set_goal
from afterglow.pathway.integration.actions.write_therapy_note import write_therapy_note
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.response.actions.sign_review import sign_review
from afterglow.records.flags import queries as flags
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.queries.contact import scale_of_change
from afterglow.records.measures.rules.contact import INTERVIEW, SCALE, AskedAtContact
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.actions.book import book
from afterglow.records.schedule.actions.change import cancel
from afterglow.simulator import courses, dosing, walk
from afterglow.simulator.courses import Kind
from afterglow.simulator.dosing import Dose
from afterglow.simulator.script import Life, Step, World, minutes
from afterglow.simulator.walk import Someone, person

DOSE_DAYS = (0, 3, 7, 10, 14, 17)
"""Six infusions twice a week, as days after the first."""
ASKED_DAYS = (7, 14, 21, 28, 38, 51, 59)
"""When the PHQ-9 is asked at the clinic, as days after the first dose: weekly during the course, then at the end of the first months."""
VISIT_MIN = 160
FIRST_HOUR, HOURS = 6, 14
"""Theo has time from six in the morning for so many hours."""
TALK_STAYS = timedelta(hours=36)
"""A review is signed in the evening after a dose; the talk about that dose is within so many hours of it."""
SAID = (
    "Came on time. Slept better after the dose, cried once and was glad of it. Talked about what the week can hold.",
    "Quiet. The pictures of the dose are fading; what stays is the wish to call the sister. Danger was asked about: none.",
    "Lighter than last week, and afraid that it will not last. Went through the plan for a bad day.",
)
MISSED = "Did not come. Reached by telephone in the afternoon: had slept through the alarm, is doing well, asked about danger: none."
GOALS = (
    ("Call my sister once a week", "I have kept away from the people who want me near.", "family"),
    ("Walk before breakfast", "My body wants to move before my thoughts start.", "body"),
    ("Write one line each evening", "I do not have to finish a thought to be allowed to keep it.", "rest"),
)
SEEN_TO = (
    "Spoke with them: sleep is worse since the night shifts, no thoughts of death. Walks again from today; the questionnaire decides about more."
)
PRACTICES = ("Ten minutes' walk before breakfast", "Call one person", "One line in the notebook before bed")
BY_LINK = "Goes by link this week; not asked twice."
THERAPY_NOTE = "Own working note: the image of the harbour came back. Ask about the father when there is ground for it."
REASONS = {
    "continue": "Better on the questionnaire and by their own account, no harm seen; the course goes on as planned.",
    "stop": "Three infusions brought no relief that can be told from chance, and the person agrees that more of the same is not worth its burden.",
    "refer": "Better only in part, and the trauma stands in the way of more; goes on at the trauma clinic with our summary.",
    "aftercare": "The course is complete. What it brought is told above; from here on we look at fixed days, and earlier if it fades.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """How one invented person fares: the kind of course, when its first dose began and how many were given."""

    one: Someone
    kind: Kind
    first_at: datetime
    doses: int

    def day(self, at: datetime) -> float:
        return (at - self.first_at).total_seconds() / 86_400

    def phq9(self, at: datetime) -> tuple[int, ...]:
        rng = random.Random(f"{self.one.number} {self.one.who.family_name} {self.day(at):.1f}")
        return courses.phq9(self.kind, self.one.who.phq9, DOSE_DAYS[: self.doses], self.day(at), rng=rng)

    def today(self, at: datetime) -> tuple[int, int, int]:
        rng = random.Random(f"{self.one.number} today {self.day(at):.2f}")
        return courses.today(self.kind, self.one.who.phq9, DOSE_DAYS[: self.doses], self.day(at), rng=rng)


def asking_steps(fared: Fared, *, until: datetime) -> list[Step]:
    """The PHQ-9 at the clinic or by telephone, asked by the nurse, on its days up to `until`, when check-ins by link began, and on the last one."""
    last_day = DOSE_DAYS[fared.doses - 1] + 7 if fared.doses < len(DOSE_DAYS) else max(ASKED_DAYS)
    days = [day for day in ASKED_DAYS if day <= last_day and (day == ASKED_DAYS[-1] or fared.first_at + timedelta(days=day) <= until)]
    return [
        Step(minutes(fared.first_at + timedelta(days=day), -25), "ask the PHQ-9", lambda world, life, at: ask(world, life, at, fared)) for day in days
    ]


def ask(world: World, life: Life, at: datetime, fared: Fared) -> None:
    nurse, day = world.staff["ben"], f"{fared.day(at):.0f}"
    assigned = assign(person_id=person(life), instrument="phq9", occasion=f"day {day}", channel="staff", site_id=world.site_id, by=nurse, at=at)
    numbers = {f"q{number}": value for number, value in enumerate(fared.phq9(at), start=1)}
    walk.give_answers(world, life, assigned, numbers, by=nurse, at=at, key=f"phq9 day {day}")


def book_preparation(world: World, life: Life, at: datetime, one: Someone, dose_at: datetime) -> None:
    """Two days before the first dose."""
    _book_first_free(world, life, at, one, _hours_of(world, one, [world.day_of(dose_at) - timedelta(days=2)]), kind="preparation", number=None)


def book_integration(world: World, life: Life, at: datetime, one: Someone, number: int, dose_at: datetime) -> None:
    """Booked before the dose, two days after it if Theo has time, always 24 to 72 hours after its planned end."""
    ends = minutes(dose_at, dosing.START_MIN + dosing.INFUSION_MIN)
    wished = _hours_of(world, one, [world.day_of(ends) + timedelta(days=ahead) for ahead in (2, 1, 3)])
    inside = [each for each in wished if timedelta(hours=24) <= each - ends <= timedelta(hours=72)]
    _book_first_free(world, life, at, one, inside, kind="integration", number=number)


def _hours_of(world: World, one: Someone, days: Sequence[date]) -> list[datetime]:
    """Every hour of Theo's days, day after day, the person's own hour first."""
    return [world.clock(day, FIRST_HOUR + (one.number + count) % HOURS) for day in days for count in range(HOURS)]


def _book_first_free(world: World, life: Life, at: datetime, one: Someone, wished: Sequence[datetime], *, kind: str, number: int | None) -> None:
    """Raises RuntimeError where none of the times is free."""
    for starts_at in wished:
        try:
            life.keep(kind if number is None else f"{kind} {number}", _book_talk(world, life, at, kind, starts_at, number=number))
        except Refusal as refusal:
            if refusal.code != "schedule.not_booked":
                raise
        else:
            return
    raise RuntimeError(f"No hour is free for {kind} of {one.who.name}.")


def _book_talk(world: World, life: Life, at: datetime, kind: str, starts_at: datetime, *, number: int | None) -> UUID:
    """With Theo in the blue room."""
    return book(
        person_id=person(life),
        site_id=world.site_id,
        room_id=world.places["blue"],
        staff_user_id=world.user_id("theo"),
        kind=kind,
        starts_at=starts_at,
        ends_at=minutes(starts_at, 50),
        purpose_kind="plan",
        purpose_id=str(life.id_of("plan")),
        dose_no=number,
        key=life.key(f"book {kind} {starts_at}"),
        by=world.staff["faye"],
        at=at,
    )


def talk_steps(world: World, fared: Fared, number: int, dose_at: datetime, *, missed: bool) -> list[Step]:
    """The integration visit two days after a dose, or three where Theo had no time before, written up in the evening of its day."""
    evenings = [world.clock(world.day_of(dose_at) + timedelta(days=ahead), 20, 10) for ahead in (2, 3)]
    state = "missed" if missed else "held"
    return [Step(evening, f"talk after dose {number}", lambda world, life, at: _talk(world, life, at, fared, number, state)) for evening in evenings]


def _talk(world: World, life: Life, at: datetime, fared: Fared, number: int, state: str) -> None:
    appointment_id, theo = life.id_of(f"integration {number}"), world.staff["theo"]
    row = schedule.appointment(appointment_id, world.clinic_id)
    if row.starts_at > at or row.state != "booked":
        return
    key = life.key(f"talk {number}")
    if state == "missed":
        record_visit(appointment_id=appointment_id, state="missed", happened=MISSED, danger="no", key=key, by=theo, at=at)
        return
    said = SAID[(fared.one.number + number) % len(SAID)]
    visit_id = record_visit(
        appointment_id=appointment_id,
        state="held",
        held_at=row.starts_at,
        happened=said,
        danger="no",
        asked=_five_no(life, at, fared),
        key=key,
        by=theo,
        at=at,
    )
    if number == 1:
        _first_goal(world, life, at, fared, visit_id)
    else:
        _next_practice(world, life, at, number)


def _five_no(life: Life, at: datetime, fared: Fared) -> AskedAtContact:
    """The suicide interview, every question asked and answered no; a questionnaire that is due is left to its link."""
    questions = measures.paper(INTERVIEW).questions
    due = scale_of_change(person(life), SCALE, first_dose_at=fared.first_at, at=at).due
    return AskedAtContact(said={question.id: 0 for question in questions}, why_no_scale=BY_LINK if due else "")


def _first_goal(world: World, life: Life, at: datetime, fared: Fared, visit_id: UUID) -> None:
    text, insight, theme = GOALS[fared.one.number % len(GOALS)]
    theo = world.staff["theo"]
    goal_id = set_goal(
        person_id=person(life), text=text, insight=insight, theme=theme, visit_id=visit_id, key=life.key("goal"), by=theo, at=minutes(at, 2)
    )
    life.keep("goal", goal_id)
    write_therapy_note(
        appointment_id=life.id_of("integration 1"), text=THERAPY_NOTE, danger="no", key=life.key("therapy note"), by=theo, at=minutes(at, 4)
    )
    _next_practice(world, life, minutes(at, 5), 1)


def _next_practice(world: World, life: Life, at: datetime, number: int) -> None:
    """One week's practice after every second dose; the days of the one before are ticked off as the person tells."""
    theo, today = world.staff["theo"], world.day_of(at)
    if number % 2 == 0 or "goal" not in life.memo:
        if "practice" in life.memo:
            for day in range(1, 3):
                practice_done(practice_id=life.id_of("practice"), on=today - timedelta(days=day), by=theo, at=at)
        return
    practice = give_practice(
        goal_id=life.id_of("goal"),
        text=PRACTICES[number % len(PRACTICES)],
        times_a_week=3,
        starts_on=today,
        key=life.key(f"practice {number}"),
        by=theo,
        at=at,
    )
    life.keep("practice", practice)


def review_step(world: World, fared: Fared, dose_at: datetime, decision: str) -> Step:
    """Ana reviews in the evening of the day after the dose."""
    evening = world.clock(world.day_of(dose_at) + timedelta(days=1), 19, 20)
    return Step(evening, "review", lambda world, life, at: _review(world, life, at, decision))


def _review(world: World, life: Life, at: datetime, decision: str) -> None:
    sign_review(
        plan_id=life.id_of("plan"),
        decision=decision,
        reason=REASONS[decision],
        signed=world.sign("ana", at),
        key=life.key(f"review {decision} {world.day_of(at)}"),
        by=world.staff["ana"],
        at=at,
    )
    if decision in ("stop", "refer"):
        _free_visits(world, life, at, "no longer needed")


def bridging_step(world: World, dose_at: datetime) -> Step:
    """Nobody could review in time: Ana signs for one dose, so that an abrupt stop does no harm."""
    evening = world.clock(world.day_of(dose_at) + timedelta(days=1), 19, 40)
    return Step(evening, "allow a bridging dose", _bridge)


def _bridge(world: World, life: Life, at: datetime) -> None:
    allow_doses(
        plan_id=life.id_of("plan"),
        up_to=4,
        reason="The review waits for the letter of the cardiologist; one dose bridges the days, because the hard thoughts came back when it paused.",
        reviewed=False,
        signed=world.sign("ana", at),
        by=world.staff["ana"],
        at=at,
    )


def put_off_step(world: World, dose_at: datetime) -> Step:
    """The review is not signed, so the next dose cannot be given: the desk calls in the morning and cancels."""
    return Step(minutes(dose_at, -45), "put off the dose", _put_off)


def _put_off(world: World, life: Life, at: datetime) -> None:
    for name in ("visit 4", "integration 4"):
        cancel(appointment_id=life.id_of(name), cause="no longer needed", by=world.staff["faye"], at=at)


def leave(world: World, life: Life, at: datetime, why: str) -> None:
    """The course ends by the person's own wish, between two reviews."""
    end_plan(plan_id=life.id_of("plan"), reason=why, by=world.staff["ana"], at=at)
    _free_visits(world, life, at, "the person asked for it")


def _free_visits(world: World, life: Life, at: datetime, cause: str) -> None:
    """Every visit of doses that will not be given; the talk about the last one stays."""
    for row in schedule.of_person(person(life)):
        if row.state == "booked" and row.starts_at > at + TALK_STAYS:
            cancel(appointment_id=row.id, cause=cause, by=world.staff["faye"], at=at)


def aftercare_steps(world: World, fared: Fared, last_dose_at: datetime) -> list[Step]:
    """Aftercare begins the day after the review; the first month's check is made two days after it was due."""
    last = world.day_of(last_dose_at)
    begins, month = world.clock(last + timedelta(days=2), 11, 30), world.clock(last + timedelta(days=30), 15, 5)
    return [
        Step(begins, "begin aftercare", _begin_aftercare),
        Step(begins + timedelta(days=6), "tick the tasks", _tick),
        Step(month, "look after a month", lambda world, life, at: _look(world, life, at, fared)),
        Step(minutes(month, 95), "see to what was found", _see_to),
    ]


def _begin_aftercare(world: World, life: Life, at: datetime) -> None:
    aftercare_id = start_aftercare(person_id=person(life), by=world.staff["ana"], at=at)
    life.keep("aftercare", aftercare_id)
    task = set_task(
        aftercare_id=aftercare_id, text="Walk for half an hour", per_week=3, key=life.key("task"), by=world.staff["theo"], at=minutes(at, 5)
    )
    life.keep("task", task)


def _tick(world: World, life: Life, at: datetime) -> None:
    today = world.day_of(at)
    tick_days(task_id=life.id_of("task"), days={today - timedelta(days=day): True for day in (1, 3, 5)}, by=world.staff["theo"], at=at)


def _look(world: World, life: Life, at: datetime, fared: Fared) -> None:
    """The first check that is open: by telephone, the question about suicide asked and answered no."""
    page = looks.page(life.id_of("aftercare"), at)
    check = next(row for row in page.checks if row.state in ("due", "overdue"))
    faded = fared.kind.name == "responds and relapses"
    record_check(
        check_id=check.id,
        reached=True,
        how="phone",
        asked=_five_no(life, at, fared),
        note="Sleeps worse again and has stopped walking; asked for an earlier look."
        if faded
        else "Works half days, walks, sees friends; no new medicine.",
        next_step="prescriber" if faded else "continue",
        key=life.key("look"),
        by=world.staff["ben"],
        at=at,
    )


def _see_to(world: World, life: Life, at: datetime) -> None:
    """A check that asked for a prescriber is answered the same afternoon."""
    ana = world.staff["ana"]
    for row in flags.open_for(person(life), at):
        if row.kind == "aftercare_look":
            own_flag(flag_id=row.id, by=ana, at=at)
            close_flag(flag_id=row.id, note=SEEN_TO, key=life.key(f"flag {row.id}"), by=ana, at=at)


def booster_steps(world: World, dose: Dose, at: datetime) -> list[Step]:
    """A booster: decided five days ahead, with its own order, visit and gate; the visit is that of any dose."""
    return [
        Step(at - timedelta(days=5), "decide the booster", lambda world, life, now: _decide_booster(world, life, now, dose, at)),
        *dosing.whole_visit(dose, at),
    ]


def _decide_booster(world: World, life: Life, at: datetime, dose: Dose, visit_at: datetime) -> None:
    walk.weigh(world, life, at, dose.one.who.weight_kg)
    number = decide_booster(
        aftercare_id=life.id_of("aftercare"),
        earliest_on=world.day_of(visit_at),
        reason="Still well, with a first dip in sleep and mood; wishes for one booster. No licence for a bladder scale here: asked, no urgency, no pain, no blood.",
        elsewhere=Elsewhere(had=False),
        signed=world.sign("ana", at),
        second=world.sign("ben", at),
        key=life.key("booster"),
        by=world.staff["ana"],
        at=at,
    )
    booked = book(
        person_id=person(life),
        site_id=world.site_id,
        room_id=world.places[dose.room],
        staff_user_id=None,
        kind="dosing",
        starts_at=visit_at,
        ends_at=minutes(visit_at, VISIT_MIN),
        purpose_kind="plan",
        purpose_id=str(life.id_of("plan")),
        dose_no=number,
        key=life.key("book the booster"),
        by=world.staff["faye"],
        at=minutes(at, 20),
    )
    life.keep(f"visit {number}", booked)
    book_integration(world, life, minutes(at, 22), dose.one, number, visit_at)
