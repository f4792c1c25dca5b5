"""The dose gate as tables for a clinician: one fact of a ready person changed, and what the gate says.

`who lifts`: nobody, two (a reason and two signatures by different people), do (simply done first; no signature stands in), - (met).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from afterglow.pathway.session.rules import gate_facts as f
from afterglow.pathway.session.rules.gate import may_start
from afterglow.pathway.session.rules.suicide import Assessment, FiveAnswers
from afterglow.science.verdict import Finding, Verdict
from tests.spec.table import Row, Table
from tests.unit.session_rules.facts import ALL_NO, AT, BEN_MONITORS, READY, TODAY, alert_file, finding, interview, limits, minutes, ready, seated

WHO = {"nobody": "nobody", "two_signatures": "two", "": "do"}


def said(answers: str) -> FiveAnswers:
    """The five answers in order: y yes, n no, d declined, ? not asked."""
    words: dict[str, Any] = {"y": "yes", "n": "no", "d": "declined", "?": "not_asked"}
    names = ("wish_to_be_dead", "thoughts", "method", "intent_or_plan", "act_or_preparation")
    return FiveAnswers(**{name: words[letter] for name, letter in zip(names, answers, strict=True)})


ASSESSED = Assessment(by="Ana", qualified=True, completed_at=AT - minutes(5), on=TODAY, allows=True)
EXPIRED = date(2026, 12, 6)


def credentials(kind: str, ends_on: date | None) -> tuple[f.Credential, ...]:
    return tuple(replace(each, ends_on=ends_on) if each.kind == kind else each for each in READY.credentials)


BEN: dict[str, Any] = {"drawn_by": "Ben", "drawn_by_id": UUID(int=1), "read_by": "Ana", "read_by_id": UUID(int=2)}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "nobody compared identifiers": {"identifiers": None},
    "a stop typed over today": {"answers_taken_back": 1},
    "a mania score is above its line": {"waits_for_prescriber": 1},
    "one identifier only": {"identifiers": ("full name",)},
    "the same identifier twice": {"identifiers": ("full name", "full name")},
    "birth date not known": {"born_on": None},
    "18th birthday is tomorrow": {"born_on": date(2008, 12, 8)},
    "18th birthday is today": {"born_on": date(2008, 12, 7)},
    "allergies not read": {"allergies_reread": None},
    "ketamine allergy not asked": {"ketamine_allergy": None},
    "allergic to ketamine": {"ketamine_allergy": True},
    "capacity not recorded": {"capacity": None},
    "capacity not shown": {"capacity": "not_shown"},
    "intoxication not recorded": {"intoxicated": None},
    "intoxicated": {"intoxicated": True},
    "withdrawal not asked": {"withdrawal": None},
    "in alcohol withdrawal": {"withdrawal": True},
    "substances not asked": {"substances_today": None},
    "cocaine today": {"substances_today": ("cocaine",)},
    "no consent on file": {"consent": None},
    "consent absent": {"consent": f.Consent(state="absent")},
    "consent withdrawn": {"consent": f.Consent(state="withdrawn", signed_version="1", current_version="1")},
    "consent for another course": {"consent": f.Consent(state="other_course", signed_version="4", current_version="4")},
    "older consent version": {"consent": f.Consent(state="superseded", signed_version="3", current_version="4")},
    "no order": {"order": None},
    "order not in force": {"order": Finding.unmet("order.signed", "The order ended yesterday.")},
    "licence not on file": {"credentials": credentials("licence", None)},
    "licence ended yesterday": {"credentials": credentials("licence", EXPIRED)},
    "DEA registration ended": {"credentials": credentials("dea", EXPIRED)},
    "privilege ended": {"credentials": credentials("privilege", EXPIRED)},
    "licence ends today": {"credentials": credentials("licence", TODAY)},
    "dose above the hard stop": {"dose": Finding.unmet("dose.total", "130 mg is a hard stop.", lifted_by="nobody")},
    "dose outside say-why": {"dose": Finding.unmet("dose.total", "65 mg: say why.", lifted_by="two_signatures")},
    "dose not checked": {"dose": None},
    "last dose 19 h ago": {"interval": Finding.unmet("interval.last", "19 h is a hard stop.", lifted_by="nobody")},
    "other ketamine not asked": {"interval": None},
    "dose 4 of 3 allowed": {"dose_number": 4},
    "dose number not known": {"dose_number": None},
    "weight not checked": {"weight": None},
    "weight changed 6%": {"weight": Finding.unmet("weight.unchanged", "The order is void.", lifted_by="nobody")},
    "screening not on file": {"screening": None},
    "screening did not clear": {"screening": f.Screening(cleared=False, decided_on=TODAY)},
    "screening 91 days old": {"screening": f.Screening(cleared=True, decided_on=TODAY - timedelta(days=91), pdmp_checked_on=TODAY)},
    "prescription monitoring not looked up": {"screening": f.Screening(cleared=True, decided_on=TODAY)},
    "prescription monitoring 8 days old": {"screening": f.Screening(cleared=True, decided_on=TODAY, pdmp_checked_on=TODAY - timedelta(days=8))},
    "lot not chosen": {"stock": None},
    "lot expired": {"stock": f.Stock(lot="K1", expires_on=EXPIRED, recalled=False, enough=True)},
    "lot recalled": {"stock": f.Stock(lot="K1", expires_on=date(2027, 5, 31), recalled=True, enough=True)},
    "lot holds too little": {"stock": f.Stock(lot="K1", expires_on=date(2027, 5, 31), recalled=False, enough=False)},
    "nothing drawn": {"draw": None},
    "nobody read back": {"read_back": None},
    "read back by the one who drew": {"read_back": f.ReadBack(**BEN | {"read_by": "Ben", "read_by_id": UUID(int=1)}, reader_licensed=True)},
    "read back by the one who drew, renamed": {
        "read_back": f.ReadBack(**BEN | {"read_by": "Benno", "read_by_id": UUID(int=1)}, reader_licensed=True)
    },
    "read back by another Ben": {"read_back": f.ReadBack(**BEN | {"read_by": "Ben", "read_by_id": UUID(int=2)}, reader_licensed=True)},
    "read back, who drew is not known": {"read_back": f.ReadBack(**BEN | {"drawn_by_id": None}, reader_licensed=True)},
    "read back by an unlicensed person": {"read_back": f.ReadBack(**BEN | {"read_by": "Faye"}, reader_licensed=False)},
    "pump not set": {"pump_agreement": None},
    "pump 6% off": {"pump_agreement": Finding.unmet("pump.agrees", "more than 5% apart.")},
    "IV site not looked at": {"iv_site_sound": None},
    "IV site swollen": {"iv_site_sound": False},
    "route not stated": {"route": None},
    "IV at home": {"place": "home"},
    "lozenge at home": {"place": "home", "route": "sl"},
    "esketamine, uncertified site": {"drug": "esketamine", "route": "nasal", "site_certified_esketamine": False},
    "esketamine, certification unknown": {"drug": "esketamine", "route": "nasal"},
    "esketamine, certified site": {"drug": "esketamine", "route": "nasal", "site_certified_esketamine": True},
    "esketamine at home": {"drug": "esketamine", "route": "nasal", "place": "home", "site_certified_esketamine": True},
    "nobody for the airway": {"airway_person": None},
    "airway person not on site": {"airway_person": replace(READY.airway_person, on_site=False)},  # type: ignore[type-var]
    "airway certificate ended": {"airway_person": f.AirwayPerson(name="Ana", on_site=True, certified_until=EXPIRED)},
    "airway certificate has no date": {"airway_person": f.AirwayPerson(name="Ana", on_site=True, certified_until=None)},
    "equipment never checked": {"equipment": None},
    "equipment checked yesterday": {"equipment": f.EquipmentCheck(checked_on=EXPIRED, checked_by="Ben")},
    "suction missing today": {"equipment": f.EquipmentCheck(checked_on=TODAY, checked_by="Ben", missing=("suction",))},
    "no monitor named": {"monitor": None},
    "monitor also in another dosing room": {"monitor": replace(BEN_MONITORS, other_dosing_rooms=1)},
    "monitor also watches a recovery": {"monitor": replace(BEN_MONITORS, other_recovering=1)},
    "the therapist is the monitor": {"monitor": replace(BEN_MONITORS, is_this_sessions_therapist=True)},
    "a family therapist is the monitor": {"monitor": replace(BEN_MONITORS, profession="LMFT")},
    "the monitor's licence ended": {"monitor": replace(BEN_MONITORS, licence_current=False)},
    "the monitor's licence not recorded": {"monitor": replace(BEN_MONITORS, licence_current=None)},
    "therapist not recorded": {"therapist_present": None},
    "no therapist": {"therapist_present": False},
    "device not recorded": {"device": None},
    "monitor bound to another session": {"device": "bound_elsewhere"},
    "no monitor sends": {"device": "none"},
    "limits not looked at": {"limits_open": None},
    "two limits not accepted": {"limits_open": ("sbp", "rr")},
    "escort not asked": {"escort": None},
    "nobody takes the person home": {"escort": f.Escort(kind="none")},
    "escort without a name": {"escort": f.Escort(kind="adult", adult_name=" ")},
    "ride-share driver": {"escort": f.Escort(kind="ride_share", adult_name="driver")},
    "stays until tomorrow, documented": {"escort": f.Escort(kind="stay", documented=True)},
    "stays until tomorrow, not documented": {"escort": f.Escort(kind="stay")},
    "medical transport to an adult at home": {"escort": f.Escort(kind="medical_transport", adult_name="Mia", documented=True)},
    "medical transport, nobody at home": {"escort": f.Escort(kind="medical_transport", documented=True)},
    "first dose, nobody stays the night": {"night_person": ""},
    "no reason for a night, nobody stays": {"night_reasons": (), "night_person": ""},
    "fasting not asked": {"fasting": None},
    "light meal 5 h ago": {"fasting": f.Fasting(meal="light", meal_at=AT - timedelta(hours=5), clear_fluid_at=AT - timedelta(hours=3))},
    "fatty meal 7 h ago": {"fasting": f.Fasting(meal="fatty", meal_at=AT - timedelta(hours=7), clear_fluid_at=AT - timedelta(hours=3))},
    "fatty meal 8 h ago": {"fasting": f.Fasting(meal="fatty", meal_at=AT - timedelta(hours=8), clear_fluid_at=AT - timedelta(hours=3))},
    "water 1 h ago": {"fasting": f.Fasting(meal="none", clear_fluid_at=AT - timedelta(hours=1))},
    "no food today, water 2 h ago": {"fasting": f.Fasting(meal="none", clear_fluid_at=AT - timedelta(hours=2))},
    "meal without a time": {"fasting": f.Fasting(meal="light", clear_fluid_at=AT - timedelta(hours=3))},
    "held medicines not read": {"held_medicines": None},
    "lorazepam not asked": {"held_medicines": (f.HeldMedicine(name="lorazepam", held=None),)},
    "lorazepam taken": {"held_medicines": (f.HeldMedicine(name="lorazepam", held=False),)},
    "nothing to hold": {"held_medicines": ()},
    "interactions not run": {"interactions": None},
    "a medicine no list knows": {"unchecked_medicines": ("ashwagandha",)},
    "the same, read by the prescriber": {"unchecked_medicines": ("ashwagandha",), "unchecked_read_by": "Ana"},
    "saturation before the dose missing": {"saturation": None},
    "saturation before the dose 0": {"saturation": 0.0},
    "saturation before the dose 89": {"saturation": 89.0},
    "device rebound, an empty verdict for the order": {"order": Verdict.of()},
}

GATE = Table("""
    changed                                        | item                    | state   | who lifts
    nothing                                        | (all)                   | met     | -
    nobody compared identifiers                    | identity                | unknown | nobody
    a stop typed over today                        | nothing_taken_back      | unmet   | two
    a mania score is above its line                | prescriber_decides      | unmet   | two
    one identifier only                            | identity                | unknown | nobody
    the same identifier twice                      | identity                | unknown | nobody
    birth date not known                           | age                     | unknown | nobody
    18th birthday is tomorrow                      | age                     | unmet   | nobody
    18th birthday is today                         | (all)                   | met     | -
    allergies not read                             | allergies               | unknown | do
    ketamine allergy not asked                     | ketamine_allergy        | unknown | nobody
    allergic to ketamine                           | ketamine_allergy        | unmet   | nobody
    capacity not recorded                          | capacity                | unknown | nobody
    capacity not shown                             | capacity                | unmet   | nobody
    intoxication not recorded                      | intoxication            | unknown | nobody
    intoxicated                                    | intoxication            | unmet   | nobody
    withdrawal not asked                           | withdrawal              | unknown | nobody
    in alcohol withdrawal                          | withdrawal              | unmet   | nobody
    substances not asked                           | substances              | unknown | do
    cocaine today                                  | substances              | unmet   | two
    no consent on file                             | consent                 | unknown | nobody
    consent absent                                 | consent                 | unknown | nobody
    consent withdrawn                              | consent                 | unmet   | nobody
    consent for another course                     | consent                 | unmet   | nobody
    older consent version                          | consent                 | unmet   | two
    no order                                       | order                   | unknown | nobody
    order not in force                             | order.signed            | unmet   | nobody
    device rebound, an empty verdict for the order | order                   | unknown | nobody
    licence not on file                            | credential.licence      | unknown | nobody
    licence ended yesterday                        | credential.licence      | unmet   | nobody
    DEA registration ended                         | credential.dea          | unmet   | nobody
    privilege ended                                | credential.privilege    | unmet   | nobody
    licence ends today                             | (all)                   | met     | -
    dose above the hard stop                       | dose.total              | unmet   | nobody
    dose outside say-why                           | dose.total              | unmet   | two
    dose not checked                               | dose                    | unknown | do
    last dose 19 h ago                             | interval.last           | unmet   | nobody
    other ketamine not asked                       | interval                | unknown | do
    dose 4 of 3 allowed                            | plan_allows             | unmet   | two
    dose number not known                          | plan_allows             | unknown | do
    weight not checked                             | weight                  | unknown | do
    weight changed 6%                              | weight.unchanged        | unmet   | nobody
    screening not on file                          | screening               | unknown | nobody
    screening did not clear                        | screening               | unmet   | nobody
    screening 91 days old                          | screening               | unmet   | two
    prescription monitoring not looked up          | prescription_monitoring | unknown | two
    prescription monitoring 8 days old             | prescription_monitoring | unmet   | two
    lot not chosen                                 | stock                   | unknown | do
    lot expired                                    | stock                   | unmet   | do
    lot recalled                                   | stock                   | unmet   | do
    lot holds too little                           | stock                   | unmet   | do
    nothing drawn                                  | draw                    | unknown | do
    nobody read back                               | read_back               | unknown | do
    read back by the one who drew                  | read_back               | unmet   | do
    read back by the one who drew, renamed         | read_back               | unmet   | do
    read back by another Ben                       | (all)                   | met     | -
    read back, who drew is not known               | read_back               | unmet   | do
    read back by an unlicensed person              | read_back               | unmet   | do
    pump not set                                   | pump                    | unknown | do
    pump 6% off                                    | pump.agrees             | unmet   | do
    IV site not looked at                          | iv_site                 | unknown | do
    IV site swollen                                | iv_site                 | unmet   | do
    route not stated                               | setting                 | unknown | nobody
    IV at home                                     | setting                 | unmet   | nobody
    lozenge at home                                | (all)                   | met     | -
    esketamine, uncertified site                   | setting                 | unmet   | nobody
    esketamine, certification unknown              | setting                 | unmet   | nobody
    esketamine, certified site                     | (all)                   | met     | -
    esketamine at home                             | setting                 | unmet   | nobody
    nobody for the airway                          | airway_person           | unknown | nobody
    airway person not on site                      | airway_person           | unmet   | nobody
    airway certificate ended                       | airway_person           | unmet   | nobody
    airway certificate has no date                 | airway_person           | unknown | nobody
    equipment never checked                        | equipment               | unknown | nobody
    equipment checked yesterday                    | equipment               | unmet   | nobody
    suction missing today                          | equipment               | unmet   | nobody
    no monitor named                               | monitor.named           | unknown | do
    monitor also in another dosing room            | monitor.only_here       | unmet   | nobody
    monitor also watches a recovery                | monitor.only_here       | unmet   | two
    the therapist is the monitor                   | monitor.not_therapist   | unmet   | two
    a family therapist is the monitor              | monitor.licensed        | unmet   | nobody
    the monitor's licence ended                    | monitor.licensed        | unmet   | nobody
    the monitor's licence not recorded             | monitor.licensed        | unknown | do
    therapist not recorded                         | both_roles              | unknown | do
    no therapist                                   | both_roles              | unmet   | two
    device not recorded                            | device                  | unknown | do
    monitor bound to another session               | device                  | unmet   | do
    no monitor sends                               | device                  | unmet   | two
    limits not looked at                           | limits                  | unknown | do
    two limits not accepted                        | limits                  | unmet   | do
    escort not asked                               | escort                  | unknown | do
    nobody takes the person home                   | escort                  | unmet   | two
    escort without a name                          | escort                  | unmet   | two
    ride-share driver                              | escort                  | unmet   | two
    stays until tomorrow, documented               | (all)                   | met     | -
    stays until tomorrow, not documented           | escort                  | unmet   | two
    medical transport to an adult at home          | (all)                   | met     | -
    medical transport, nobody at home              | escort                  | unmet   | two
    first dose, nobody stays the night             | night                   | unmet   | two
    no reason for a night, nobody stays            | (all)                   | met     | -
    fasting not asked                              | fasting                 | unknown | do
    light meal 5 h ago                             | fasting                 | unmet   | two
    fatty meal 7 h ago                             | fasting                 | unmet   | two
    fatty meal 8 h ago                             | (all)                   | met     | -
    water 1 h ago                                  | fasting                 | unmet   | two
    no food today, water 2 h ago                   | (all)                   | met     | -
    meal without a time                            | fasting                 | unknown | do
    held medicines not read                        | held_medicines          | unknown | do
    lorazepam not asked                            | held_medicines          | unknown | do
    lorazepam taken                                | held_medicines          | unmet   | two
    nothing to hold                                | (all)                   | met     | -
    interactions not run                           | interactions            | unknown | do
    a medicine no list knows                       | unchecked_medicines     | unknown | do
    the same, read by the prescriber               | (all)                   | met     | -
    saturation before the dose missing             | values_before           | unknown | do
    saturation before the dose 0                   | values_before           | unknown | do
    saturation before the dose 89                  | values_before           | unmet   | two
""")


def check(verdict: Verdict, row: Row) -> None:
    """Only the named item is open, in that state, lifted by that; "(all)": everything is met."""
    if row.item == "(all)":
        assert verdict.met, verdict.sentence
        return
    assert [each.item for each in verdict.open] == [row.item]
    found = finding(verdict, row.item)
    assert (found.state, WHO[found.lifted_by]) == (row.state, row.who_lifts)
    assert len(found.sentence) > 10 and not verdict.met


# req: N1 S29 S32 S33 S34 S38 S88
# hazard: H1 H3 H6 H7 H20 H21 H22 H26 H27 H29 H37 H39 H40 H45 H46 H50 H56
@GATE.each
def test_one_changed_fact(row: Row) -> None:
    check(may_start(ready(**CHANGES[row.changed]), limits()), row)


def test_every_change_stands_in_the_table() -> None:
    assert {row.changed for row in GATE} == set(CHANGES)


PRESSURES = Table("""
    seated pressures, in order        | state   | who lifts | because
    (none)                            | unknown | do        | Two seated readings are needed
    124/78                            | unknown | do        | Two seated readings are needed
    124/78 122/76                     | met     | -         | 123/77
    200/115 124/78 122/76             | met     | -         | 123/77
    138/88 142/90                     | met     | -         | 140/89
    140/90 142/90                     | met     | -         | weigh whether to delay
    158/90 160/90                     | met     | -         | weigh whether to delay
    158/90 162/90                     | unmet   | two       | hold
    130/100 130/100                   | unmet   | two       | hold
    178/90 179/90                     | unmet   | two       | hold
    178/90 181/90                     | unmet   | nobody    | the last reading
    120/70 180/80                     | unmet   | nobody    | the last reading
    120/70 120/110                    | unmet   | nobody    | the last reading
    195/90 170/90                     | unmet   | nobody    | 182.5/90 mmHg (mean
    120/112 120/109                   | unmet   | nobody    | 120/110.5 mmHg (mean
    190/90 120/70                     | met     | -         | weigh whether to delay
    180/90 180/90                     | unmet   | nobody    | no dose
    130/110 130/110                   | unmet   | nobody    | no dose
    88/60 90/60                       | unmet   | two       | below 90
    90/60 90/60                       | met     | -         | 90/60
""")


# req: N1 S68
# hazard: H12 H15
@PRESSURES.each
def test_seated_pressure(row: Row) -> None:
    pairs = [tuple(float(n) for n in cell.split("/")) for cell in row.seated_pressures_in_order.split() if "/" in cell]
    found = finding(may_start(ready(pressures=seated(*pairs)), limits()), "pressure")  # type: ignore[arg-type]
    assert found.state == row.state and row.because in found.sentence
    assert row.who_lifts == ("-" if found.is_met else WHO[found.lifted_by])


RETRIES = Table("""
    readings | minutes apart | retried
    3        | 2             | met
    4        | 5             | unmet
    4        | 6             | met
    5        | 2             | unmet
""")


# hazard: H15
@RETRIES.each
def test_a_cuff_is_not_retried_until_it_passes(row: Row) -> None:
    pairs = [(120.0, 70.0)] * int(row.readings)
    verdict = may_start(ready(pressures=seated(*pairs, apart=float(row.minutes_apart))), limits())
    assert finding(verdict, "pressure_retries").state == row.retried
    assert verdict.met == (row.retried == "met")


# hazard: H13
def test_an_old_pressure_is_no_pressure() -> None:
    old = tuple(replace(each, taken_at=each.taken_at - minutes(26)) for each in READY.pressures)
    assert finding(may_start(ready(pressures=old), limits()), "pressure").state == "unknown"


# hazard: H13
def test_both_pressures_of_the_mean_are_fresh() -> None:
    for apart, state in ((25, "met"), (26, "unknown")):
        found = finding(may_start(ready(pressures=seated((124, 78), (122, 76), apart=apart)), limits()), "pressure")
        assert found.state == state
    third_is_old = seated((190, 115), (124, 78), (122, 76), apart=20)
    assert finding(may_start(ready(pressures=third_is_old), limits()), "pressure").is_met


SUICIDE = Table("""
    wish thoughts how intent act | new or worse | assessed today        | state   | who lifts
    nnnnn                        | not asked    | no                    | met     | -
    ?????                        | not asked    | no                    | unknown | do
    nnnn?                        | not asked    | no                    | unknown | do
    dnnnn                        | not asked    | no                    | unmet   | nobody
    nnnnd                        | no           | yes, allows           | unmet   | nobody
    ynnnn                        | not asked    | no                    | unknown | nobody
    yynnn                        | no           | no                    | met     | -
    yyynn                        | no           | no                    | met     | -
    yyyyn                        | no           | no                    | unmet   | nobody
    nnnyn                        | no           | no                    | unmet   | nobody
    nnnyn                        | no           | yesterday             | unmet   | nobody
    nnnyn                        | no           | by someone unqualified| unmet   | nobody
    nnnyn                        | no           | yes, advises against  | unmet   | nobody
    nnnyn                        | no           | yes, allows           | met     | -
    nnnyn                        | not asked    | yes, allows           | unknown | nobody
    nnnny                        | no           | no                    | unmet   | nobody
    nnnny                        | no           | yes, allows           | met     | -
    nnnny                        | not asked    | no                    | unknown | nobody
    yynnn                        | yes          | no                    | unmet   | two
    yyyyn                        | yes          | no                    | unmet   | nobody
    nnnny                        | yes          | no                    | unmet   | nobody
    yyyyn                        | yes          | yes, allows           | met     | -
    yyyyn                        | yes          | yes, advises against  | unmet   | nobody
    yyyyn                        | yes          | begun, not completed  | unmet   | nobody
    yyyyn                        | yes          | by someone unqualified| unmet   | nobody
    yyyyn                        | yes          | yesterday             | unmet   | nobody
    yyyyn                        | yes          | before the questions  | unmet   | nobody
""")
ASSESSMENTS: dict[str, Assessment | None] = {
    "no": None,
    "yes, allows": ASSESSED,
    "yes, advises against": replace(ASSESSED, allows=False),
    "begun, not completed": replace(ASSESSED, completed_at=None),
    "by someone unqualified": replace(ASSESSED, qualified=False),
    "yesterday": replace(ASSESSED, on=EXPIRED),
    "before the questions": replace(ASSESSED, completed_at=AT - minutes(25)),
}


# req: N1 N43
# hazard: H16 H17
@SUICIDE.each
def test_suicide_interview(row: Row) -> None:
    asked = interview(
        said(row.wish_thoughts_how_intent_act),
        new_or_worse={"yes": True, "no": False, "not asked": None}[row.new_or_worse],
        assessment=ASSESSMENTS[row.assessed_today],
    )
    found = finding(may_start(ready(suicide=asked), limits()), "suicide")
    assert found.state == row.state
    assert row.who_lifts == ("-" if found.is_met else WHO[found.lifted_by])


# hazard: H16
def test_yesterdays_interview_is_no_interview() -> None:
    for asked in (None, interview(ALL_NO, asked_on=EXPIRED)):
        assert finding(may_start(ready(suicide=asked), limits()), "suicide").state == "unknown"


PREGNANCY = Table("""
    needed  | result     | days ago | possible since | item         | state   | who lifts
    no      | -          | -        | -              | pregnancy    | met     | -
    unknown | -          | -        | -              | pregnancy    | unknown | do
    yes     | -          | -        | -              | pregnancy    | unknown | two
    yes     | not_tested | -        | -              | pregnancy    | unknown | two
    yes     | negative   | -        | no             | pregnancy    | unknown | two
    yes     | negative   | -1       | no             | pregnancy    | unknown | two
    yes     | negative   | 0        | no             | pregnancy    | met     | -
    yes     | negative   | 0        | yes            | pregnancy    | met     | -
    yes     | negative   | 7        | no             | pregnancy    | met     | -
    yes     | negative   | 7        | not asked      | pregnancy    | unknown | do
    yes     | negative   | 7        | yes            | pregnancy    | unmet   | two
    yes     | negative   | 8        | no             | pregnancy    | unmet   | two
    yes     | declined   | -        | -              | pregnancy    | unmet   | two
    yes     | positive   | 0        | no             | private_talk | unmet   | nobody
""")


# req: N1
# hazard: H19 H38
@PREGNANCY.each
def test_pregnancy(row: Row) -> None:
    result: Any = None if row.result == "-" else row.result
    held = f.Pregnancy(
        applies={"yes": True, "no": False, "unknown": None}[row.needed],
        result=result,
        tested_on=None if row.days_ago == "-" else TODAY - timedelta(days=int(row.days_ago)),
        at_risk_since={"yes": True, "no": False}.get(row.possible_since),
    )
    found = finding(may_start(ready(pregnancy=held), limits()), row.item)
    assert found.state == row.state
    assert row.who_lifts == ("-" if found.is_met else WHO[found.lifted_by])
    assert "positive" not in found.sentence.lower()


def test_pregnancy_not_asked() -> None:
    assert finding(may_start(ready(pregnancy=None), limits()), "pregnancy").state == "unknown"


# req: N1
# hazard: H50
def test_the_check_in_list_asks_for_every_item_of_the_gate() -> None:
    """The library's list and the gate name the same items; a question that no item answers, or an item nobody is asked, is red."""
    asked = {name for item in alert_file("check_in")["items"] for name in item["gate"]}
    bare = f.GateFacts(at=AT, today=TODAY)
    items = {each.item for each in may_start(bare, limits())} | {each.item for each in may_start(READY, limits())}
    positive = f.Pregnancy(applies=True, result="positive", tested_on=TODAY)
    items |= {each.item for each in may_start(ready(pregnancy=positive), limits())}
    families = {name.split(".")[0] if name.split(".")[0] in asked else name for name in items}
    assert asked == families


# req: N1
def test_a_person_about_whom_nothing_is_known_never_starts() -> None:
    """No item but those that need nobody's answer is met for an empty record."""
    verdict = may_start(f.GateFacts(at=AT, today=TODAY), limits())
    assert {each.item for each in verdict if each.is_met} == {
        "night",
        "nothing_taken_back",
        "prescriber_decides",
        "pressure_retries",
        "unchecked_medicines",
    }
