"""The way from the first call to a signed plan, step by step, as the rooms are walked: enquiry, intake, screening, consent, plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from afterglow.doors.portal.invite import invite, on_call_ids
from afterglow.ground.access import links
from afterglow.ground.access.actor import Actor
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.actions.sign import sign
from afterglow.pathway.enquiry.actions.accept import accept
from afterglow.pathway.enquiry.actions.receive_enquiry import public_page, receive_enquiry
from afterglow.pathway.plan.actions.make_plan import make_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.open_case import open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.queries.known import knowledge
from afterglow.pathway.screening.rules.indications import FIRST
from afterglow.pathway.screening.rules.told import FROM_RECORDS
from afterglow.records.chart.access import fetch_person
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.join_care_team import join_care_team
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.actions.record_height import record_height
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_problem import record_problem
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.register_person import register_person
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.flags import queries as flags
from afterglow.records.flags.actions.close_flag import close_flag
from afterglow.records.flags.actions.own_flag import own_flag
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.simulator.people import Invented
from afterglow.simulator.script import Life, Step, World, minutes

YES = {
    "diagnosis.major_depression_confirmed",
    "workup.ecg_reviewed",
    "workup.prescription_monitoring_checked",
    "workup.urinalysis_reviewed",
    "workup.urine_drug_screen_reviewed",
    "workup.bladder_score_recorded",
    "workup.substance_questionnaires_read",
    "support.adult_escort",
    "suicide.same_day_assessment_complete",
}
"""Questions of the screening form that somebody fit for treatment answers with yes; every other yes-or-no one with no."""
MESSAGES = (
    "I have tried several antidepressants and none of them helped for long. My doctor mentioned ketamine.",
    "Two medicines did not work. I would like to know whether this could be something for me.",
    "I have been depressed for more than a year and I am tired of waiting.",
)


@dataclass(frozen=True, slots=True)
class Someone:
    """One invented person with the number that keeps their times apart from everyone else's."""

    number: int
    who: Invented
    record_no: str | None = None


def enquiry_steps(one: Someone, at: datetime) -> list[Step]:
    """The public page, and the desk's decision the next day."""
    return [
        Step(at, "enquire", lambda world, life, at: _enquire(world, life, at, one)),
        Step(at + timedelta(hours=21), "accept", lambda world, life, at: _accept(world, life, at, one)),
        Step(at + timedelta(hours=21, minutes=12), "register", lambda world, life, at: _register_details(world, life, at, one)),
    ]


def intake_steps(one: Someone, at: datetime, *, link: bool = True) -> list[Step]:
    """Questionnaires through the personal link or at the desk, then the visit: lists, trials, body and the questions asked in person."""
    return [
        Step(at, "send the intake", lambda world, life, at: _answer_measures(world, life, at, one, link=link)),
        Step(at + timedelta(minutes=58), "answer what was raised", answer_flags),
        Step(at + timedelta(hours=20), "take the history", lambda world, life, at: take_history(world, life, at, one)),
        Step(at + timedelta(hours=20, minutes=25), "ask in person", lambda world, life, at: ask_in_person(world, life, at, (0, 0, 0, 0))),
    ]


def screening_steps(one: Someone, at: datetime) -> list[Step]:
    return [
        Step(at, "open the case", lambda world, life, at: open_and_answer(world, life, at, one)),
        Step(minutes(at, 45), "decide", _clear),
    ]


def consent_steps(one: Someone, at: datetime) -> list[Step]:
    return [
        Step(at, "offer the consent", _offer),
        Step(at + timedelta(hours=3), "sign the consent", lambda world, life, at: _sign(world, life, at, one)),
        Step(at + timedelta(hours=5), "note capacity", _capacity),
    ]


def plan_steps(at: datetime) -> list[Step]:
    return [Step(at, "make the plan", make), Step(minutes(at, 15), "sign the plan", _sign_plan)]


def person(life: Life) -> UUID:
    return life.id_of("person")


def _enquire(world: World, life: Life, at: datetime, one: Someone) -> None:
    if one.record_no is not None:  # registered before, on paper, under a number that is kept
        who = one.who
        life.keep(
            "person",
            register_person(
                given_name=who.given_name,
                family_name=who.family_name,
                born_on=who.born_on,
                phone=who.phone,
                email=who.email,
                contact_by="phone",
                record_no=one.record_no,
                key=life.key("register"),
                by=world.staff["faye"],
                at=at,
            ),
        )
    life.keep("enquiry", enquire(world, life, at, one))


def enquire(world: World, life: Life, at: datetime, one: Someone, *, danger_now: str = "no") -> UUID:
    return receive_enquiry(
        channel="web",
        given_name=one.who.given_name,
        family_name=one.who.family_name,
        phone=one.who.phone,
        email=one.who.email,
        may_contact=True,
        message=MESSAGES[one.number % len(MESSAGES)],
        danger_now=danger_now,
        key=life.key("enquire"),
        by=public_page(world.clinic_id),
        at=at,
    )


def _accept(world: World, life: Life, at: datetime, one: Someone) -> None:
    known = person(life) if "person" in life.memo else None
    born_on = None if known else one.who.born_on
    accepted = accept(enquiry_id=life.id_of("enquiry"), born_on=born_on, person_id=known, key=life.key("accept"), by=world.staff["faye"], at=at)
    life.keep("person", accepted)


def _register_details(world: World, life: Life, at: datetime, one: Someone) -> None:
    who, desk = one.who, world.staff["faye"]
    changes = {
        "pronouns": who.pronouns,
        "could_be_pregnant": who.pregnant_possible,
        "needs_interpreter": "no",
        "emergency_name": who.escort,
        "emergency_phone": f"{who.phone[:-2]}{(one.number + 50) % 100:02d}",
    }
    edit_person(person_id=person(life), version=fetch_person(desk, person(life)).version, changes=changes, by=desk, at=at)
    join_care_team(person_id=person(life), user_id=world.user_id("theo"), duty="therapist", by=desk, at=at)
    join_care_team(person_id=person(life), user_id=world.user_id("ana"), duty="prescriber", by=desk, at=at)


def _answer_measures(world: World, life: Life, at: datetime, one: Someone, *, link: bool) -> None:
    """Both self-rated scales, as the person answered them."""
    told = {"phq9": one.who.phq9, "gad7": one.who.gad7}
    if link:
        by, answered_at = opened_intake(world, life, at, tuple(told)), minutes(at, 47)
    else:
        by, answered_at = world.staff["ben"], minutes(at, 10)
        for instrument in told:
            assign(person_id=person(life), instrument=instrument, occasion="screening", channel="staff", site_id=world.site_id, by=by, at=at)
    for row in measures.open_assignments(person(life)):
        if row.paper.instrument.id in told:
            numbers = {f"q{number}": value for number, value in enumerate(told[row.paper.instrument.id], start=1)}
            give_answers(world, life, row.id, numbers, by=by, at=answered_at, key=row.paper.instrument.id)


def opened_intake(world: World, life: Life, at: datetime, instruments: tuple[str, ...] = ("phq9", "gad7")) -> Actor:
    """The personal link is made and, a while later, opened on the person's own phone."""
    invited = invite(person_id=person(life), site_id=world.site_id, instruments=instruments, key=life.key("invite"), by=world.staff["faye"], at=at)
    return links.open_by_token(invited.token, at=minutes(at, 40))[0].actor()


def give_answers(world: World, life: Life, assignment_id: UUID, answers: Mapping[str, int], *, by: Actor, at: datetime, key: str) -> None:
    on_call = on_call_ids(world.site_id, at)
    answer(assignment_id=assignment_id, answers=answers, taken_at=at, on_call=on_call, key=life.key(f"answer {key}"), by=by, at=at)


def answer_flags(world: World, life: Life, at: datetime) -> None:
    """What a questionnaire raised is answered within its quarter of an hour: Ana takes it, calls, and writes what she found."""
    ana = world.staff["ana"]
    for number, row in enumerate(flags.open_for(person(life), at)):
        if row.owner_id != ana.user_id:
            own_flag(flag_id=row.id, by=ana, at=at)
        note = "Spoke with them on the phone: passive thoughts for years, no plan, no intent, not alone tonight. To be asked again face to face."
        close_flag(flag_id=row.id, note=note, key=life.key(f"flag {number} {at:%d%H%M}"), by=ana, at=at)


def take_history(world: World, life: Life, at: datetime, one: Someone) -> None:
    """Problems, allergies, medicines and treatment trials, item by item; weight and height at the site."""
    nurse, who, person_id = world.staff["ben"], one.who, person(life)
    record_problem(person_id=person_id, name="Major depressive disorder, recurrent, severe", code="F33.2", by=nurse, at=at)
    record_problem(person_id=person_id, name=who.problem[0], code=who.problem[1], by=nurse, at=at)
    name, dose, taken = who.medicine
    record_medicine(person_id=person_id, name=name, dose_text=dose, taken_text=taken, by=nurse, at=at)
    for trial in who.trials:
        record_trial(
            person_id=person_id,
            drug=trial.drug,
            daily_dose_ug=trial.daily_dose_ug,
            weeks=trial.weeks,
            improvement=trial.improvement,
            this_episode="yes",
            stopped_because=trial.stopped_because,
            by=nurse,
            at=at,
        )
    review_list(person_id=person_id, list_name="allergies", none_known=True, by=nurse, at=at)
    for listed in ("problems", "medicines", "trials"):
        review_list(person_id=person_id, list_name=listed, none_known=False, by=nurse, at=at)
    record_height(person_id=person_id, value=who.height_cm, unit="cm", on_site=True, taken_at=at, by=nurse, at=at)
    weigh(world, life, at, who.weight_kg)


def weigh(world: World, life: Life, at: datetime, kilograms: str) -> None:
    record_weight(person_id=person(life), value=kilograms, unit="kg", on_site=True, taken_at=at, confirmed=True, by=world.staff["ben"], at=at)


def ask_in_person(world: World, life: Life, at: datetime, asq: tuple[int, ...]) -> None:
    """The ASQ, by the nurse, face to face."""
    nurse = world.staff["ben"]
    assigned = assign(person_id=person(life), instrument="asq", occasion="screening", channel="staff", site_id=world.site_id, by=nurse, at=at)
    give_answers(world, life, assigned, {f"q{number}": value for number, value in enumerate(asq, start=1)}, by=nurse, at=at, key="asq")


def open_and_answer(
    world: World, life: Life, at: datetime, one: Someone, *, leave_out: tuple[str, ...] = (), different: Mapping[str, object] | None = None
) -> None:
    """Every question of the form, as somebody fit for treatment answers it, but for what is left out or `different`."""
    case_id = open_case(person_id=person(life), site_id=world.site_id, by=world.staff["ana"], at=at)
    life.keep("case", case_id)
    said = {**screening_answers(world, at, one), **(different or {})}
    record_facts(
        case_id=case_id,
        answers={fact: value for fact, value in said.items() if fact not in leave_out},
        key=life.key("facts"),
        by=world.staff["ana"],
        at=at,
    )


def screening_answers(world: World, at: datetime, one: Someone) -> dict[str, object]:
    """One answer to each question that staff ask, in the library's own list; dates of what never happened are not asked."""
    rng = Life(name=str(one.number), steps=[]).rng(world.seed, "screening")
    said: dict[str, object] = {
        "pressure.systolic_mmhg": rng.randint(112, 134),
        "pressure.diastolic_mmhg": rng.randint(68, 82),
        "lab.alt_times_uln": "0.8",
        "liver.child_pugh": "none",
        "pregnancy.test": "not_needed",
        "organs.uterus_or_ovaries": one.who.pregnant_possible,
        "episode.duration_months": rng.choice((7, 11, 16, 22, 30)),
        "episode.severity": rng.choice(("moderate", "severe")),
        "treatment.optimised_or_augmented_times": 0,
        "treatment.ect": "not_tried",
        "airway.stop_bang": rng.randint(0, 3),
        "airway.spo2_percent_at_rest": rng.randint(96, 99),
    }
    if one.who.pregnant_possible == "yes":
        said |= {"pregnancy.test": "negative", "pregnancy.tested_on": world.day_of(at).isoformat()}
    for asked in knowledge(FIRST)[0].catalogue.facts.values():
        if asked.kind == "yes_no" and asked.asked_of == "staff" and asked.key not in FROM_RECORDS and not asked.with_interaction:
            said.setdefault(asked.key, "yes" if asked.key in YES else "no")
    return said


def _clear(world: World, life: Life, at: datetime) -> None:
    decide(case_id=life.id_of("case"), outcome="cleared", signed=world.sign("ana", at), key=life.key("decide"), by=world.staff["ana"], at=at)


def decline(world: World, life: Life, at: datetime) -> None:
    decide(
        case_id=life.id_of("case"),
        outcome="declined",
        reason="An aneurysm is known; a rise in pressure may tear it. Talked through, and written to the family doctor.",
        signed=world.sign("ana", at),
        key=life.key("decide"),
        by=world.staff["ana"],
        at=at,
    )


def _offer(world: World, life: Life, at: datetime) -> None:
    life.keep("offer", offer(person_id=person(life), by=world.staff["ana"], at=at))


def _sign(world: World, life: Life, at: datetime, one: Someone) -> None:
    """Through the person's own link: the questions are answered right, the name is typed."""
    person_id, offer_id = person(life), life.id_of("offer")
    _, token = links.make_link(
        clinic_id=world.clinic_id, person_id=person_id, holder=one.who.name, purpose="consent", lasts=timedelta(days=7), by=world.staff["faye"], at=at
    )
    opened, _ = links.open_by_token(token, at=minutes(at, 20))
    by, at = opened.actor(), minutes(at, 35)
    questions = consent.offer(offer_id).document.content["comprehension"]
    right = {question["id"]: question["right"] for question in questions}
    save_answers(offer_id=offer_id, answers=right, key=life.key("understood"), by=by, at=at)
    page = consent.shown_for(offer_id)
    signed = sign(offer_id=offer_id, signer_name=one.who.name, answers=right, shown_sha256=page.sha256, key=life.key("sign"), by=by, at=at)
    life.keep("consent", signed)


def _capacity(world: World, life: Life, at: datetime) -> None:
    """Ana talks with the person alone and states that they can decide."""
    consent_id = life.id_of("consent")
    checks = consent.signed_documents(person(life), consent_id)[0].document.content["capacity"]["checks"]
    note_capacity(
        consent_id=consent_id,
        has_capacity=True,
        asked_alone=True,
        checks=[check["id"] for check in checks],
        note="Says back in own words what may go wrong and what else there is; nobody is pressing.",
        signed=world.sign("ana", at),
        by=world.staff["ana"],
        at=at,
    )


def make(world: World, life: Life, at: datetime) -> None:
    life.keep("plan", make_plan(person_id=person(life), site_id=world.site_id, key=life.key("plan"), by=world.staff["ana"], at=at))
    record_comfort(
        person_id=person(life),
        calm_by="a hand on the shoulder",
        touch="ask",
        music="quiet piano",
        light="dim",
        words="You are here, and it passes.",
        avoid_words="Relax.",
        position="Half sitting; nobody stands behind the chair.",
        triggers="A door that slams.",
        by=world.staff["ben"],
        at=at,
    )


def _sign_plan(world: World, life: Life, at: datetime) -> None:
    sign_plan(plan_id=life.id_of("plan"), signed=world.sign("ana", at), by=world.staff["ana"], at=at)
