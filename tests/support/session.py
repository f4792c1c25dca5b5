"""A person on the way to a dose, by the real actions only: screened, consented, planned, ordered, checked in, drawn, started.

Each step returns what the next one needs and may be called for anybody; `ready()` brings Dan to a gate without an open item, `dosing()` starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.pathway.consent import queries as consents
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.offer import offer
from afterglow.pathway.consent.actions.save_answers import save_answers
from afterglow.pathway.consent.actions.sign import sign
from afterglow.pathway.plan.actions.make_plan import make_plan
from afterglow.pathway.plan.actions.sign_order import sign_order
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.actions.open_case import open_case
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.accept_limit import accept_limits
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.actions.check_equipment import check_equipment
from afterglow.pathway.session.actions.check_in import check_in
from afterglow.pathway.session.actions.draw_drug import draw_drug
from afterglow.pathway.session.actions.name_monitor import name_monitor
from afterglow.pathway.session.actions.open_session import open_session
from afterglow.pathway.session.actions.record_pressure import record_pressure
from afterglow.pathway.session.actions.register_device import register_device
from afterglow.pathway.session.actions.start_session import SessionStarted, start_session
from afterglow.pathway.session.queries.draw import Preparation, preparation
from afterglow.pathway.session.queries.gate_visit import visit
from afterglow.pathway.session.queries.limits import site_limits
from afterglow.pathway.session.rules.read_back import Said
from afterglow.pathway.session.rules.suicide import WORDS
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.actions.receive import receive
from afterglow.records.chart import queries as chart
from afterglow.records.chart.actions.record_height import record_height
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.chart.actions.record_weight import record_weight
from afterglow.records.chart.actions.register_person import register_person
from afterglow.records.chart.actions.review_list import review_list
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.records.schedule.actions.book import book
from tests.spec.screening_library import ANSWERS
from tests.support.cast import Cast

LOT_PRODUCT = "ketamine_racemic_50"
FROM_RECORDS = ("score.", "body.", "pressure.")
FIVE_NO = dict.fromkeys(WORDS, "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """Where a person stands; `at` is the moment of the last step, and each later step is handed its own."""

    cast: Cast
    person_id: UUID
    plan_id: UUID
    session_id: UUID
    room_id: UUID
    at: datetime


def signature(actor: Actor, at: datetime) -> Signature:
    """As if this person had just typed their password."""
    assert actor.user_id is not None
    return Signature(actor.user_id, actor.name, at)


def screened(cast: Cast, person_id: UUID, at: datetime) -> None:
    """Cleared by Ana on a whole case: every question answered, two adequate trials failed, no medicines."""
    for drug, dose_ug, weeks in (("sertraline", 150_000, 8), ("bupropion", 300_000, 7)):
        record_trial(
            person_id=person_id, drug=drug, daily_dose_ug=dose_ug, weeks=weeks, improvement="under_25", this_episode="yes",
            stopped_because="no_effect", by=cast.ben, at=at,
        )  # fmt: skip
    for name in ("problems", "medicines", "allergies"):
        review_list(person_id=person_id, list_name=name, none_known=True, by=cast.ben, at=at)
    record_height(person_id=person_id, value="175", unit="cm", on_site=True, taken_at=at, by=cast.ben, at=at)
    for instrument, given in (("phq9", {f"q{n}": 2 for n in range(1, 9)} | {"q9": 0, "q10": 1}), ("asq", {f"q{n}": 0 for n in range(1, 5)})):
        paper = assign(person_id=person_id, instrument=instrument, occasion="screening", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
        answer(assignment_id=paper, answers=given, taken_at=at, key=f"{instrument} {person_id}", by=cast.ben, at=at)
    case_id = open_case(person_id=person_id, site_id=cast.site_id, by=cast.ana, at=at)
    asked = {key: value for key, value in ANSWERS.items() if not key.startswith(("score.", "body."))}
    record_facts(case_id=case_id, answers=asked, key=f"facts {person_id}", by=cast.ana, at=at)
    decide(case_id=case_id, outcome="cleared", signed=signature(cast.ana, at), key=f"decide {person_id}", by=cast.ana, at=at)


def consented(cast: Cast, person_id: UUID, name: str, at: datetime) -> UUID:
    """The treatment consent signed at the clinic's screen with Ben as witness, capacity noted by Ana."""
    offer_id = offer(person_id=person_id, by=cast.ana, at=at)
    row = consents.offer(offer_id)
    right = {question["id"]: question["right"] for question in row.document.content["comprehension"]}
    save_answers(offer_id=offer_id, answers=right, key=f"tries {person_id}", by=cast.ben, at=at)
    shown = consents.shown_for(offer_id)
    consent_id = sign(
        offer_id=offer_id, signer_name=name, answers=right, shown_sha256=shown.sha256, witness=signature(cast.ben, at),
        key=f"sign {person_id}", by=cast.ben, at=at,
    )  # fmt: skip
    checks = [check["id"] for check in row.document.content["capacity"]["checks"]]
    note_capacity(
        consent_id=consent_id, has_capacity=True, asked_alone=True, checks=checks, note="Says it back in own words.",
        signed=signature(cast.ana, at), by=cast.ana, at=at,
    )  # fmt: skip
    return consent_id


def planned(cast: Cast, person_id: UUID, at: datetime) -> UUID:
    plan_id = make_plan(person_id=person_id, site_id=cast.site_id, key=f"plan {person_id}", by=cast.ana, at=at)
    sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    return plan_id


def ordered(cast: Cast, plan_id: UUID, at: datetime, dose_no: int = 1, **more: Any) -> UUID:
    return sign_order(
        plan_id=plan_id, dose_no=dose_no, signed=signature(cast.ana, at), key=f"order {plan_id} {dose_no} {at}", by=cast.ana, at=at, **more
    )


def site_ready(cast: Cast, at: datetime) -> None:
    """Limits accepted unchanged by Ana, equipment checked by Ben."""
    accept_all_limits(cast.site_id, cast.ana, at)
    check_equipment(site_id=cast.site_id, items=dict.fromkeys(EQUIPMENT, True), key=f"equipment {at}", by=cast.ben, at=at)


EQUIPMENT = ("oxygen", "suction", "bag_mask", "monitor", "defibrillator", "rescue_drugs", "call")


def accept_all_limits(site_id: UUID, by: Actor, at: datetime) -> int:
    rows = site_limits(site_id).rows
    values = {row.id: {number["name"]: float(number["proposed"]) for number in row.numbers} for row in rows}
    return accept_limits(site_id=site_id, values=values, reasons={}, signed=signature(by, at), key=f"limits {site_id}", by=by, at=at)


def a_monitor_in(cast: Cast, room_id: UUID, at: datetime) -> None:
    """A patient monitor that sends to this room."""
    register_device(site_id=cast.site_id, room_id=room_id, name=f"Monitor {room_id}"[:80], profile="bedside_seconds", by=cast.ben, at=at)


def booked(cast: Cast, person_id: UUID, plan_id: UUID, at: datetime, *, room_id: UUID | None = None, dose_no: int = 1, staff: bool = False) -> UUID:
    """A dosing appointment of the plan that begins in five minutes, with its integration visit the afternoon of the day after."""
    starts_at = at + timedelta(minutes=5)
    talk_booked(cast, person_id, plan_id, at, dose_no=dose_no)
    return book(
        person_id=person_id, site_id=cast.site_id, room_id=room_id or cast.room_id, staff_user_id=cast.ben.user_id if staff else None, kind="dosing",
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=160), purpose_kind="plan", purpose_id=str(plan_id), dose_no=dose_no,
        key=f"book {plan_id} {dose_no}", by=cast.faye, at=at,
    )  # fmt: skip


def talk_booked(cast: Cast, person_id: UUID, plan_id: UUID, at: datetime, *, dose_no: int = 1, after_h: float = 31) -> UUID:
    """An integration visit so many hours after `at`, with nobody named yet."""
    starts_at = at + timedelta(hours=after_h)
    return book(
        person_id=person_id, site_id=cast.site_id, room_id=None, staff_user_id=None, kind="integration", starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50), purpose_kind="plan", purpose_id=str(plan_id), dose_no=dose_no,
        key=f"talk {plan_id} {dose_no} {after_h}", by=cast.faye, at=at,
    )  # fmt: skip


def checked_in(cast: Cast, at: datetime, *, person_id: UUID | None = None, name: str = "Dan Marsh", room_id: UUID | None = None) -> OnTheWay:
    """Screened, consented, planned, ordered, booked and checked in; nothing answered yet, the site not ready yet."""
    who, room = person_id or cast.dan_id, room_id or cast.room_id
    screened(cast, who, at)
    consented(cast, who, name, at)
    plan_id = planned(cast, who, at)
    ordered(cast, plan_id, at)
    session_id = open_session(appointment_id=booked(cast, who, plan_id, at, room_id=room), by=cast.ben, at=at)
    check_in(session_id=session_id, by=cast.ben, at=at)
    return OnTheWay(cast=cast, person_id=who, plan_id=plan_id, session_id=session_id, room_id=room, at=at)


def good_answers(cast: Cast, at: datetime) -> dict[str, Mapping[str, Any]]:
    """Every check-in question answered so that nothing is open."""
    return {
        "identity": {"identifiers": ["full name", "birth date"]},
        "allergies": {"said": "yes"},
        "ketamine_allergy": {"said": "no"},
        "capacity": {"said": "shown"},
        "intoxication": {"said": "no"},
        "withdrawal": {"said": "no"},
        "substances": {"said": "no", "taken": []},
        "other_ketamine": {"said": "no"},
        "pregnancy": {"organs": "no"},
        "suicide": FIVE_NO,
        "escort": {"kind": "adult", "adult_name": "Mia Marsh"},
        "night": {"name": "Mia Marsh"},
        "values_before": {"hr": 68, "rr": 14, "spo2": 98},
        "fasting": {"meal": "none", "clear_fluid_at": (at - timedelta(hours=4)).isoformat()},
        "medicines": {"held": {}},
        "iv_site": {"said": "yes"},
        "airway_person": {"user_id": str(cast.ana.user_id)},
        "both_roles": {"said": "yes"},
    }


def answered(way: OnTheWay, at: datetime, *, monitor: Actor | None = None, but: Mapping[str, Mapping[str, Any] | None] | None = None) -> None:
    """The whole check-in; `but` gives other answers for some items, None leaves an item unasked."""
    cast = way.cast
    for item, value in {**good_answers(cast, at), **(but or {})}.items():
        if value is not None:
            answer_item(session_id=way.session_id, item=item, value=value, key=f"{item} {way.session_id} {at}", by=cast.ben, at=at)
    for minutes, sbp in ((12, 124), (4, 122)):
        seated(way, sbp, 78, at - timedelta(minutes=minutes), at)
    record_weight(person_id=way.person_id, value="70", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    named = monitor or cast.ben
    assert named.user_id is not None
    name_monitor(session_id=way.session_id, user_id=named.user_id, by=cast.ben, at=at)


def seated(way: OnTheWay, sbp: float, dbp: float, taken_at: datetime, at: datetime) -> UUID:
    return record_pressure(
        session_id=way.session_id, sbp=sbp, dbp=dbp, taken_at=taken_at, key=f"bp {way.session_id} {taken_at}", by=way.cast.ben, at=at
    )


def a_lot(cast: Cast, at: datetime, *, product: str = LOT_PRODUCT, lot_no: str = "K50", vials: int = 5, days: int = 300) -> UUID:
    return receive(
        site_id=cast.site_id, product=product, lot_no=lot_no, expires_on=(at + timedelta(days=days)).date(), vials=vials,
        key=f"receive {lot_no}", by=cast.ben, at=at,
    )  # fmt: skip


def prepared(way: OnTheWay, lot_id: UUID, at: datetime, made_up_to_ul: int | None = None) -> Preparation:
    held = visit(access.fetch_session(way.cast.ben, way.session_id), by=way.cast.ben, at=at)
    found = preparation(held, cabinet.lot(lot_id, way.cast.clinic_id), made_up_to_ul=made_up_to_ul)
    assert found is not None
    return found


def read_from(found: Preparation, record_no: str = "0412") -> Said:
    """What a careful reader reads."""
    return Said(
        drug=found.order.drug,
        strength_ug_per_ml=found.lot.strength_ug_per_ml,
        volume_ul=found.volume_ul,
        rate_ul_per_h=found.rate_ul_per_h,
        record_no=record_no,
    )


def drawn(way: OnTheWay, lot_id: UUID, at: datetime, *, made_up_to_ul: int | None = 20_000, record_no: str = "0412", **other: Any) -> UUID:
    """Drawn by Ben, read back by Ana, made up to 20 mL."""
    said = replace(read_from(prepared(way, lot_id, at, made_up_to_ul), record_no), **other)
    return draw_drug(
        session_id=way.session_id, lot_id=lot_id, made_up_to_ul=made_up_to_ul, said=said, reader=signature(way.cast.ana, at),
        key=f"draw {way.session_id} {at}", by=way.cast.ben, at=at,
    )  # fmt: skip


def ready(cast: Cast, at: datetime, **more: Any) -> OnTheWay:
    """A person whose gate has no open item: only Start is left."""
    site_ready(cast, at)
    way = checked_in(cast, at)
    a_monitor_in(cast, way.room_id, at)
    answered(way, at, **more)
    drawn(way, a_lot(cast, at), at)
    return way


def started(way: OnTheWay, at: datetime, *, key: str = "start", by: Actor | None = None) -> SessionStarted:
    who = by or way.cast.ben
    return start_session(session_id=way.session_id, signed=signature(who, at), key=key, by=who, at=at)


def dosing(cast: Cast, at: datetime) -> OnTheWay:
    """A person whose dose runs since `at`."""
    way = ready(cast, at)
    started(way, at)
    return way


def somebody(cast: Cast, at: datetime, given_name: str) -> UUID:
    """One more synthetic person of 70 kg, whose organs were asked about."""
    who = register_person(
        given_name=given_name, family_name="Example", born_on=date(1980, 1, 2), more={"could_be_pregnant": "no", "state": "CA"},
        key=f"register {given_name}", by=cast.faye, at=at,
    )  # fmt: skip
    record_weight(person_id=who, value="70", unit="kg", on_site=True, taken_at=at, by=cast.ben, at=at)
    return who


def record_no(way: OnTheWay) -> str:
    return chart.identity(way.person_id).record_no
