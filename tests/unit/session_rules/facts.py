"""Dan, ready to be dosed, and Dan, ready to go home: every item met.  Tests change one fact at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.session.rules.discharge_facts import TAPS, Aldrete, DischargeFacts, Handover, Measured, Pressure, Tap
from afterglow.pathway.session.rules.gate import Override, Signer
from afterglow.pathway.session.rules.gate_facts import (
    AirwayPerson,
    Consent,
    Credential,
    EquipmentCheck,
    Escort,
    Fasting,
    GateFacts,
    HeldMedicine,
    Pregnancy,
    ReadBack,
    Screening,
    SeatedPressure,
    Stock,
)
from afterglow.pathway.session.rules.staffing import Monitor
from afterglow.pathway.session.rules.suicide import FiveAnswers, SuicideInterview
from afterglow.science.verdict import Finding, Verdict
from afterglow.science.vitals.limits import SiteLimits, proposed_limits

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
TODAY = date(2026, 12, 7)
ALL_NO = FiveAnswers(wish_to_be_dead="no", thoughts="no", method="no", intent_or_plan="no", act_or_preparation="no")
ANA = Signer(staff_id="ana", name="Ana", licensed=True, of_this_site=True, prescriber=True)
BEN = Signer(staff_id="ben", name="Ben", licensed=True, of_this_site=True, prescriber=False)


@cache
def alert_file(name: str) -> Any:
    """The content of `library/alerts/<name>` in its newest version."""
    return max((file for file in load_kind(LIBRARY_ROOT, "alerts") if file.id == name), key=lambda file: file.version).content


@cache
def limits() -> SiteLimits:
    """What the library proposes, as a site that accepted every number unchanged."""
    return proposed_limits(alert_file("site_limits")["limits"])


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def seated(*pairs: tuple[float, float], apart: float = 10) -> tuple[SeatedPressure, ...]:
    """Seated pressures, the last one 5 minutes ago."""
    last = AT - minutes(5)
    return tuple(SeatedPressure(taken_at=last - minutes(apart) * (len(pairs) - 1 - i), sbp=s, dbp=d) for i, (s, d) in enumerate(pairs))


def interview(answers: FiveAnswers = ALL_NO, **changes: Any) -> SuicideInterview:
    return replace(SuicideInterview(answers=answers, asked_at=AT - minutes(20), asked_on=TODAY, asked_by="Ben"), **changes)


BEN_MONITORS = Monitor(name="Ben", profession="RN", licence_current=True, is_this_sessions_therapist=False, other_dosing_rooms=0, other_recovering=0)

READY = GateFacts(
    at=AT,
    today=TODAY,
    identifiers=("full name", "birth date"),
    born_on=date(1982, 3, 4),
    allergies_reread=True,
    ketamine_allergy=False,
    capacity="shown",
    intoxicated=False,
    withdrawal=False,
    substances_today=(),
    pregnancy=Pregnancy(applies=False),
    suicide=interview(),
    escort=Escort(kind="adult", adult_name="Mia"),
    night_reasons=("first dose",),
    night_person="Mia",
    pressures=seated((124, 78), (122, 76)),
    heart_rate=68,
    breathing_rate=14,
    saturation=98,
    weight=Verdict.of(Finding.met("weight.current"), Finding.met("weight.unchanged")),
    fasting=Fasting(meal="light", meal_at=AT - timedelta(hours=9), clear_fluid_at=AT - timedelta(hours=3)),
    held_medicines=(HeldMedicine(name="lorazepam", held=True),),
    interactions=Finding.met("interactions"),
    screening=Screening(cleared=True, decided_on=date(2026, 11, 20), pdmp_checked_on=date(2026, 12, 6)),
    consent=Consent(state="in_force", signed_version="1", current_version="1"),
    order=Finding.met("order.signed"),
    credentials=(
        Credential(kind="licence", holder="Ana", ends_on=date(2027, 12, 31)),
        Credential(kind="dea", holder="Ana", ends_on=date(2027, 6, 30)),
        Credential(kind="privilege", holder="Ana", ends_on=date(2028, 1, 1)),
    ),
    dose=Finding.met("dose.total"),
    interval=Finding.met("interval.last"),
    dose_number=1,
    doses_allowed=3,
    stock=Stock(lot="K1", expires_on=date(2027, 5, 31), recalled=False, enough=True),
    draw=Finding.met("draw.volume"),
    read_back=ReadBack(drawn_by="Ben", drawn_by_id=UUID(int=1), read_by="Ana", read_by_id=UUID(int=2), reader_licensed=True),
    pump_agreement=Finding.met("pump.agrees"),
    iv_site_sound=True,
    late_effects=(),
    drug="ketamine",
    route="iv",
    place="site",
    airway_person=AirwayPerson(name="Ana", on_site=True, certified_until=date(2027, 3, 1)),
    equipment=EquipmentCheck(checked_on=TODAY, checked_by="Ben"),
    monitor=BEN_MONITORS,
    therapist_present=True,
    device="bound_here",
    limits_open=(),
)

ENDED = AT - minutes(95)

HOME = DischargeFacts(
    at=AT,
    today=TODAY,
    route="iv",
    dose_ended_at=ENDED,
    plan_minimum_min=90,
    pressures=(Pressure(taken_at=AT - minutes(20), sbp=132, dbp=82), Pressure(taken_at=AT - minutes(5), sbp=126, dbp=80)),
    baseline=Pressure(taken_at=ENDED - minutes(60), sbp=124, dbp=78),
    heart_rate=Measured(value=72, taken_at=AT - minutes(3)),
    baseline_heart_rate=68,
    saturation=Measured(value=98, taken_at=AT - minutes(3)),
    on_oxygen=False,
    baseline_saturation=98,
    alertness=Measured(value=5, taken_at=AT - minutes(3)),
    aldrete=Aldrete(at=AT - minutes(4), activity=2, respiration=2, circulation=2, consciousness=2, saturation=2),
    taps={item: Tap(ok=True, by="Ben", at=AT - minutes(2)) for item in TAPS},
    suicide=interview(asked_at=AT - minutes(10)),
    night_reasons=("first dose",),
    night_person="Mia",
    handover=Handover(kind="adult", to_name="Mia", adult_present=True, has_the_keys=True, documented=False, by="Ben", at=AT - minutes(1)),
)


def with_tap(item: str, **changes: Any) -> DischargeFacts:
    """Going home, with one tap changed."""
    return replace(HOME, taps={**HOME.taps, item: replace(HOME.taps[item], **changes)})


def ready(**changes: Any) -> GateFacts:
    return replace(READY, **changes)


def home(**changes: Any) -> DischargeFacts:
    return replace(HOME, **changes)


def finding(verdict: Any, item: str) -> Finding:
    """The one finding of that item."""
    found = [each for each in verdict if each.item == item]
    assert len(found) == 1, f"{item}: {len(found)} findings"
    return found[0]


def override(open_: Finding, **changes: Any) -> Override:
    """A reason and two signatures, two minutes ago, for this open item."""
    given = Override(
        item=open_.item, saw=open_.covers, reason="Seen by the cardiologist this morning.", first=ANA, second=BEN, signed_at=AT - minutes(2)
    )
    return replace(given, **changes)
