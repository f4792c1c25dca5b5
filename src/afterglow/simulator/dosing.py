"""One dosing visit, from the evening before to the way home, with the times at which a careful clinic does each thing.

`played_from` is when the person arrives; the dose starts half an hour later.  Readings of a past session are one a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from afterglow.pathway.plan.actions.sign_order import sign_order
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.acknowledge import acknowledge
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.chart_vitals import chart_vitals
from afterglow.pathway.session.actions.check_in import check_in
from afterglow.pathway.session.actions.draw_drug import draw_drug
from afterglow.pathway.session.actions.finish import finish_dose
from afterglow.pathway.session.actions.leave import discharge
from afterglow.pathway.session.actions.leaving_item import answer_leaving_item, answer_suicide_again
from afterglow.pathway.session.actions.name_monitor import name_monitor
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.actions.record_pressure import record_pressure
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.actions.return_drug import account_for_rest
from afterglow.pathway.session.actions.start_session import start_session
from afterglow.pathway.session.queries.devices import devices_in
from afterglow.pathway.session.queries.draw import preparation
from afterglow.pathway.session.queries.gate_visit import visit
from afterglow.pathway.session.queries.given import dose_line, infusion
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.pathway.session.queries.trace import trace
from afterglow.pathway.session.rules.leaving_items import ALDRETE
from afterglow.pathway.session.rules.read_back import Said
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.actions.discard import discard
from afterglow.simulator.felt import detached, rate_mood
from afterglow.simulator.physiology import Monitor, person
from afterglow.simulator.script import Life, Step, World, minutes
from afterglow.simulator.walk import Someone, weigh

START_MIN, INFUSION_MIN, LEAVE_MIN = 30, 40, 163
CHECK_IN, GO_HOME = "check in", "go home"
"""The names of the first and the last step of a visit."""
MADE_UP_TO_UL = 50_000
TAPS = ("oriented", "speech", "reality", "gait", "nausea", "orthostatic", "no_drive_text")
SICK_EVERY = 9
"""One dose in about so many brings a little nausea."""
VITALS_EVERY_MIN = {"during": 10, "after": 15}


@dataclass(frozen=True, slots=True)
class Dose:
    """One dosing visit of one person: which dose, in which room, watched by whom."""

    one: Someone
    number: int
    room: str
    nurse: str

    @property
    def reader(self) -> str:
        """The second licensed person who reads back and witnesses."""
        return "nia" if self.nurse == "ben" else "ben"

    @property
    def session(self) -> str:
        return f"session {self.number}"

    @property
    def seed(self) -> int:
        return self.one.number * 100 + self.number


def order_step(dose: Dose, arrives: datetime) -> Step:
    return Step(arrives - timedelta(hours=18), f"sign order {dose.number}", lambda world, life, at: _sign_order(world, life, at, dose))


def check_in_steps(dose: Dose, arrives: datetime) -> list[Step]:
    """Arrival, the questions, the two pressures: everything but drug and start."""
    return [
        Step(arrives, CHECK_IN, lambda world, life, at: _check_in(world, life, at, dose)),
        Step(minutes(arrives, 4), "ask about the person", lambda world, life, at: _ask(world, life, at, dose, _about_the_person(world, at, dose))),
        Step(minutes(arrives, 7), "weigh and measure", lambda world, life, at: _measure(world, life, at, dose)),
        Step(minutes(arrives, 15), "second pressure", lambda world, life, at: _pressure(world, life, at, dose, "2")),
        Step(minutes(arrives, 16), "ask about the mood", lambda world, life, at: rate_mood(world, life, at, dose, "mood_before")),
        Step(minutes(arrives, 17), "ask about the day", lambda world, life, at: _ask(world, life, at, dose, _about_the_day(world, at))),
    ]


def start_steps(dose: Dose, arrives: datetime) -> list[Step]:
    return [
        Step(minutes(arrives, 22), "draw the drug", lambda world, life, at: _draw(world, life, at, dose)),
        Step(minutes(arrives, START_MIN), "start the dose", lambda world, life, at: _start(world, life, at, dose)),
    ]


def running_steps(dose: Dose, arrives: datetime) -> list[Step]:
    """The infusion: readings and a set of vital signs every ten minutes, then its end."""
    start, every = minutes(arrives, START_MIN), VITALS_EVERY_MIN["during"]
    steps = [
        Step(
            minutes(start, count), f"vitals at {count} min", lambda world, life, at: _watch(world, life, at, dose, start, VITALS_EVERY_MIN["during"])
        )
        for count in range(every, INFUSION_MIN + 1, every)
    ]
    return [
        *steps,
        Step(minutes(start, 18), "a word", lambda world, life, at: _note(world, life, at, dose)),
        Step(minutes(start, INFUSION_MIN) + timedelta(seconds=1), "end the dose", lambda world, life, at: _finish(world, life, at, dose)),
    ]


def recovery_steps(dose: Dose, arrives: datetime) -> list[Step]:
    """Recovery every fifteen minutes, the questions again, the list, the way home."""
    start, every = minutes(arrives, START_MIN), VITALS_EVERY_MIN["after"]
    end = minutes(start, INFUSION_MIN)
    steps = [
        Step(minutes(end, count), f"recovery at {count} min", lambda world, life, at: _watch(world, life, at, dose, start, VITALS_EVERY_MIN["after"]))
        for count in range(every, 91, every)
    ]
    return [
        *steps,
        Step(minutes(end, 20), "waste the rest", lambda world, life, at: _rest(world, life, at, dose)),
        Step(minutes(arrives, LEAVE_MIN - 4), "ask about the mood again", lambda world, life, at: rate_mood(world, life, at, dose, "mood_end")),
        Step(minutes(arrives, LEAVE_MIN - 2), "the leaving list", lambda world, life, at: _leaving(world, life, at, dose)),
        Step(minutes(arrives, LEAVE_MIN), GO_HOME, lambda world, life, at: _go_home(world, life, at, dose)),
    ]


def whole_visit(dose: Dose, arrives: datetime) -> list[Step]:
    return [
        order_step(dose, arrives),
        *check_in_steps(dose, arrives),
        *start_steps(dose, arrives),
        *running_steps(dose, arrives),
        *recovery_steps(dose, arrives),
    ]


def _sign_order(world: World, life: Life, at: datetime, dose: Dose) -> None:
    sign_order(
        plan_id=life.id_of("plan"),
        dose_no=dose.number,
        weight_confirmed=True,
        signed=world.sign("ana", at),
        key=life.key(f"order {dose.number}"),
        by=world.staff["ana"],
        at=at,
    )


def _check_in(world: World, life: Life, at: datetime, dose: Dose) -> None:
    nurse = world.staff[dose.nurse]
    session_id = open_session(appointment_id=life.id_of(f"visit {dose.number}"), by=nurse, at=at)
    life.keep(dose.session, session_id)
    check_in(session_id=session_id, room_id=world.places[dose.room], by=nurse, at=at)
    name_monitor(session_id=session_id, user_id=world.user_id(dose.nurse), by=nurse, at=at)


def _ask(world: World, life: Life, at: datetime, dose: Dose, said: dict[str, dict[str, Any]]) -> None:
    for item, value in said.items():
        key = life.key(f"{dose.number} {item}")
        answer_item(session_id=life.id_of(dose.session), item=item, value=value, key=key, by=world.staff[dose.nurse], at=at)


def _about_the_person(world: World, at: datetime, dose: Dose) -> dict[str, dict[str, Any]]:
    pregnancy = {"organs": "no"}
    if dose.one.who.pregnant_possible == "yes":
        pregnancy = {"organs": "yes", "result": "negative", "tested_on": world.day_of(at).isoformat(), "at_risk_since": "no"}
    return {
        "identity": {"identifiers": ["full name", "birth date"]},
        "allergies": {"said": "yes"},
        "ketamine_allergy": {"said": "no"},
        "capacity": {"said": "shown"},
        "intoxication": {"said": "no"},
        "withdrawal": {"said": "no"},
        "substances": {"said": "no"},
        "other_ketamine": {"said": "no"},
        "pregnancy": pregnancy,
        "suicide": dict.fromkeys(WORDS, "no"),
        "escort": {"kind": "adult", "adult_name": dose.one.who.escort},
        "night": {"name": dose.one.who.escort},
    }


def _about_the_day(world: World, at: datetime) -> dict[str, dict[str, Any]]:
    return {
        "fasting": {"meal": "light", "meal_at": (at - timedelta(hours=9)).isoformat(), "clear_fluid_at": (at - timedelta(hours=3)).isoformat()},
        "medicines": {"held": {}},
        "prescription_monitoring": {"looked_up_on": world.day_of(at).isoformat()},
        "iv_site": {"said": "yes"},
        "airway_person": {"user_id": str(world.user_id("ana"))},
        "both_roles": {"said": "yes"},
    }


def _measure(world: World, life: Life, at: datetime, dose: Dose) -> None:
    weigh(world, life, at, dose.one.who.weight_kg)
    rest = person(dose.seed)
    values = {"values_before": {"hr": round(rest.hr), "rr": round(rest.rr), "spo2": round(rest.spo2)}}
    _ask(world, life, at, dose, values)
    _pressure(world, life, at, dose, "1")


def _pressure(world: World, life: Life, at: datetime, dose: Dose, which: str) -> None:
    rest = person(dose.seed)
    more = 4 if which == "1" else 1
    record_pressure(
        session_id=life.id_of(dose.session),
        sbp=round(rest.sbp) + more,
        dbp=round(rest.dbp) + more,
        key=life.key(f"{dose.number} pressure {which}"),
        by=world.staff[dose.nurse],
        at=at,
    )


def _draw(world: World, life: Life, at: datetime, dose: Dose) -> None:
    """From the 50 mg/mL lot, made up to 50 mL; the second nurse reads back what vial, syringe and pump show."""
    nurse, session_id = world.staff[dose.nurse], life.id_of(dose.session)
    held = visit(access.fetch_session(nurse, session_id, need="session.session.read"), by=nurse, at=at)
    lot = cabinet.lot(world.places["ketamine_racemic_50"], world.clinic_id)
    prepared = preparation(held, lot, made_up_to_ul=MADE_UP_TO_UL)
    if prepared is None:
        raise ValueError("there is no order to draw for")
    said = Said(
        drug=prepared.order.drug,
        strength_ug_per_ml=lot.strength_ug_per_ml,
        volume_ul=prepared.volume_ul,
        rate_ul_per_h=prepared.rate_ul_per_h,
        record_no=held.person.record_no,
    )
    draw_drug(
        session_id=session_id,
        lot_id=lot.id,
        made_up_to_ul=MADE_UP_TO_UL,
        said=said,
        reader=world.sign(dose.reader, at),
        key=life.key(f"{dose.number} draw"),
        by=nurse,
        at=at,
    )


def _start(world: World, life: Life, at: datetime, dose: Dose) -> None:
    start_session(
        session_id=life.id_of(dose.session),
        signed=world.sign(dose.nurse, at),
        key=life.key(f"{dose.number} start"),
        by=world.staff[dose.nurse],
        at=at,
    )


def readings(world: World, life: Life, dose: Dose, start: datetime, *, first_s: int, last_s: int, every_s: int = 60) -> None:
    """What the room's monitor sent from the `first_s`th to the `last_s`th second after the start; what it sent already is left as it is."""
    device = devices_in([world.places[dose.room]])[world.places[dose.room]]
    monitor = Monitor(dose.seed, dosing_from_s=0.0, cuff_every_s=300)
    channels = {second: monitor.channels(second) for second in range(0, last_s + 1, every_s)}
    sent = trace(life.id_of(dose.session)).messages
    heard_until = max((each.values.taken_at for each in sent), default=start - timedelta(minutes=1))
    parcels = [
        Parcel(
            device=device,
            messages=[Message(id=f"{life.id_of(dose.session)}-{second}"[:64], taken_at=start + timedelta(seconds=second), values=channels[second])],
            at=start + timedelta(seconds=second + 1),
        )
        for second in range(first_s, last_s + 1, every_s)
        if start + timedelta(seconds=second) > heard_until
    ]
    if parcels:
        record_readings(parcels)


def _watch(world: World, life: Life, at: datetime, dose: Dose, start: datetime, every: int) -> None:
    """The readings since the last look, then a set of vital signs by hand."""
    now = round((at - start).total_seconds() / 60)
    readings(world, life, dose, start, first_s=(now - every) * 60, last_s=(now - 1) * 60)
    chart_set(world, life, at, dose, start)


def chart_set(world: World, life: Life, at: datetime, dose: Dose, start: datetime) -> None:
    """A set of vital signs by hand, as the person is so many minutes after the start."""
    now = round((at - start).total_seconds() / 60)
    seen = Monitor(dose.seed, dosing_from_s=-now * 60.0, cuff_every_s=1).channels(0)
    values = {code: {"value": seen[code][0], "unit": seen[code][1]} for code in ("sbp", "dbp", "hr", "spo2", "rr")}
    values["moaas"] = {"value": 5 if now < 8 or now > 55 else 4, "unit": "score"}
    values["detached"] = {"value": detached(now, dose.seed), "unit": "score"}
    words = {"contact": "answers", "iv_site": "sound", "oxygen": "air"}
    if now > INFUSION_MIN:
        words["orientation"] = "full" if now > 60 else "partly"
    chart_vitals(
        session_id=life.id_of(dose.session),
        values=values,
        words=words,
        key=life.key(f"{dose.number} vitals {now}"),
        by=world.staff[dose.nurse],
        at=at,
    )


def _note(world: World, life: Life, at: datetime, dose: Dose) -> None:
    words = (
        "Eyes closed, breathing calmly. Music on.",
        "Says the room feels far away and that this is all right.",
        "Tears, wants a hand held. Stays with it.",
    )
    chart_note(
        session_id=life.id_of(dose.session),
        text=words[dose.seed % len(words)],
        key=life.key(f"{dose.number} note"),
        by=world.staff[dose.nurse],
        at=at,
    )

    if dose.seed % SICK_EVERY == 0:
        chart_event(
            session_id=life.id_of(dose.session),
            kind="nausea",
            grade=1,
            done="Cool cloth, head up; passed within ten minutes without medicine.",
            key=life.key(f"{dose.number} nausea"),
            by=world.staff[dose.nurse],
            at=minutes(at, 1),
        )


def _finish(world: World, life: Life, at: datetime, dose: Dose) -> None:
    held = infusion(life.id_of(dose.session))
    if held is None:
        raise ValueError("no dose was started")
    finish_dose(
        session_id=life.id_of(dose.session),
        final_volume_ul=round(dose_line(held, at=at).given.volume_ul),
        key=life.key(f"{dose.number} finish"),
        by=world.staff[dose.nurse],
        at=at,
    )


def _rest(world: World, life: Life, at: datetime, dose: Dose) -> None:
    left = cabinet.draws_of(life.id_of(dose.session)).open_ug
    if left > 0:
        account_for_rest(
            session_id=life.id_of(dose.session),
            how="wasted",
            amount_ug=left,
            witness=world.sign(dose.reader, at),
            reason="left in the line",
            key=life.key(f"{dose.number} rest"),
            by=world.staff[dose.nurse],
            at=at,
        )
    lot_id = world.places["ketamine_racemic_50"]
    if opened_ul := cabinet.vials(lot_id).opened_ul.get(str(life.id_of(dose.session)), 0):
        discard(
            lot_id=lot_id,
            session_id=str(life.id_of(dose.session)),
            volume_ul=opened_ul,
            witness=world.sign(dose.reader, at),
            reason="rest of the opened vial",
            key=life.key(f"{dose.number} vial"),
            by=world.staff[dose.nurse],
            at=at,
        )


def _leaving(world: World, life: Life, at: datetime, dose: Dose) -> None:
    nurse, session_id, escort = world.staff[dose.nurse], life.id_of(dose.session), dose.one.who.escort
    if any(raised.mark.level == "act" for raised in standing_marks(access.fetch_session(nurse, session_id), at=at)):
        acknowledge(
            session_id=session_id, saw="Sits up, talks, breathes calmly; sensor taken off.", key=life.key(f"{dose.number} seen"), by=nurse, at=at
        )
    said: dict[str, dict[str, Any]] = {item: {"ok": True} for item in TAPS}
    said["aldrete"] = {"parts": dict.fromkeys(ALDRETE, 2)}
    said["night"] = {"person": escort}
    said["escort"] = {"kind": "adult", "to_name": escort, "adult_present": True, "has_the_keys": True}
    for item, value in said.items():
        answer_leaving_item(session_id=session_id, item=item, value=value, key=life.key(f"{dose.number} leave {item}"), by=nurse, at=at)
    answer_suicide_again(session_id=session_id, value=dict.fromkeys(WORDS, "no"), key=life.key(f"{dose.number} suicide again"), by=nurse, at=at)


def _go_home(world: World, life: Life, at: datetime, dose: Dose) -> None:
    discharge(session_id=life.id_of(dose.session), key=life.key(f"{dose.number} discharge"), by=world.staff[dose.nurse], at=at)
