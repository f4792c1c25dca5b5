"""Limits as tables for a clinician: a reading, and what is marked; a moment, and whether the person may go home."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.discharge import earliest, may_leave
from afterglow.pathway.session.rules.discharge_facts import Measured, Pressure, Rescue
from afterglow.pathway.session.rules.limits import may_accept
from afterglow.pathway.session.rules.marks import Raised
from afterglow.pathway.session.rules.suicide import Assessment, SuicideInterview
from afterglow.science.verdict import Finding
from afterglow.science.vitals.devices import BEDSIDE_SECONDS, BY_HAND
from afterglow.science.vitals.limits import REQUIRED
from afterglow.science.vitals.marks import EMERGENCY_SIGNS, Mark, Reading, mark_reading, mark_sign
from tests.spec.table import Row, Table
from tests.unit.session_rules.facts import AT, ENDED, HOME, TODAY, alert_file, finding, home, interview, limits, minutes, with_tap


def values(cell: str) -> dict[str, float]:
    """`sbp 180, dbp 80` as a mapping."""
    return {name: float(number) for name, number in (part.split() for part in cell.split(",") if part.strip() != "-")}


def read(cell: str, own: str = "-", profile: Any = BEDSIDE_SECONDS) -> tuple[Mark, ...]:
    return mark_reading(Reading(taken_at=AT, values=values(cell)), limits(), None, values(own), profile)


RANGES = Table("""
    reading   | own     | level
    sbp 160   | -       | -
    sbp 161   | -       | notify
    sbp 180   | -       | act
    sbp 100   | -       | -
    sbp 99    | -       | notify
    sbp 90    | -       | notify
    sbp 89    | -       | act
    dbp 100   | -       | -
    dbp 101   | -       | notify
    dbp 110   | -       | act
    dbp 50    | -       | -
    dbp 49    | -       | act
    hr 110    | -       | -
    hr 111    | -       | notify
    hr 130    | -       | notify
    hr 131    | -       | act
    hr 50     | -       | -
    hr 49     | -       | notify
    hr 40     | -       | notify
    hr 39     | -       | act
    pulse 131 | -       | act
    pulse 39  | -       | act
    spo2 94   | -       | -
    spo2 93.9 | -       | notify
    spo2 90   | -       | notify
    spo2 89.9 | -       | act
    spo2 95   | spo2 98 | -
    spo2 94   | spo2 98 | act
    spo2 94   | spo2 94 | -
    spo2 91   | spo2 94 | notify
    spo2 90   | spo2 94 | act
    rr 10     | -       | -
    rr 9      | -       | notify
    rr 8      | -       | notify
    rr 7      | -       | act
    rr 24     | -       | -
    rr 25     | -       | notify
    no_breath 19 | -    | -
    no_breath 20 | -    | act
    etco2 50  | -       | -
    etco2 51  | -       | notify
    etco2 61  | -       | act
    etco2 45  | etco2 35 | notify
    etco2 44  | etco2 35 | -
    etco2 0   | -       | act
    temp 37   | -       | -
    moaas 5   | -       | -
    moaas 4   | -       | none
    moaas 3   | -       | notify
    moaas 2   | -       | act
    moaas 1   | -       | act
    moaas 0   | -       | act
""")


# req: S68 S69 S70 S71
# hazard: H12
@RANGES.each
def test_one_value_and_its_level(row: Row) -> None:
    marks = read(row.reading, row.own, BY_HAND)
    worst = marks[0].level if marks else "-"
    assert worst == row.level
    assert all(mark.says for mark in marks if mark.level in ("act", "notify"))


TIERS = Table("""
    moaas | code          | says
    3     | notify        | Tell the prescriber and stay with the person.
    2     | stop_and_call | Stop dosing. Prescriber to the bedside.
    1     | emergency     | Stop dosing. Emergency: call now.
    0     | emergency     | Stop dosing. Emergency: call now.
""")


# req: S71
@TIERS.each
def test_alertness_says_what_to_do(row: Row) -> None:
    (mark,) = read(f"moaas {row.moaas}", profile=BY_HAND)
    assert (mark.code, mark.says) == (row.code, row.says)


ZEROS = Table("""
    reading                        | codes              | says
    hr 0, pulse 70, rr 14, spo2 98 | sensor             | Check the sensor, look at the patient.
    hr 70, pulse 70, rr 14, spo2 0 | sensor             | Check the sensor, look at the patient.
    hr 70, pulse 0, rr 14, spo2 0  | sensor sensor      | Check the sensor, look at the patient.
    hr 0, pulse 0, rr 14, spo2 0   | no_signal          | No signal: check the person now.
    hr 70, pulse 0, spo2 0         | no_signal          | No signal: check the person now.
    hr 0, pulse 70, rr 14, spo2 0  | no_signal          | No signal: check the person now.
    hr 70, pulse 70, rr 0, spo2 98 | no_signal          | No signal: check the person now.
    hr 70, rr 0.3, spo2 98         | no_signal          | No signal: check the person now.
    hr 0, pulse 0, rr 0, spo2 0    | no_signal          | No signal: check the person now.
    spo2 0                         | no_signal          | No signal: check the person now.
    hr 70, rr 14, sbp 0, dbp 0     | sensor sensor      | Check the sensor, look at the patient.
    spo2 0, moaas 5                | no_signal          | No signal: check the person now.
    hr 0, pulse 277, rr 14, spo2 96 | implausible sensor | Check the sensor, look at the patient.
""")


# req: S71
# hazard: H11
@ZEROS.each
def test_a_zero_is_never_harmless(row: Row) -> None:
    marks = read(row.reading)
    assert sorted(mark.code for mark in marks) == row.codes.split()
    assert {mark.says for mark in marks} == {row.says}


# hazard: H11
def test_channels_that_share_no_probe_are_counted_one_by_one() -> None:
    assert [mark.code for mark in read("hr 70, pulse 0, rr 14, spo2 0", profile=BY_HAND)] == ["no_signal"]


GAPS = Table("""
    reading                          | disagree
    hr 70, pulse 89                  | no
    hr 70, pulse 90                  | yes
    hr 90, pulse 70                  | yes
    hr 0, pulse 90                   | no
    hr 62, pulse 116, spo2 63, rr 14 | yes
""")


# hazard: H11
@GAPS.each
def test_pulse_and_heart_rate_disagree(row: Row) -> None:
    marks = read(row.reading, profile=BY_HAND)
    assert ("disagree" in {mark.code for mark in marks}) == (row.disagree == "yes")


# hazard: H11
def test_a_disagreement_mutes_nothing() -> None:
    marks = read("hr 62, pulse 116, spo2 63, rr 14")
    assert {("low", "act", "spo2"), ("disagree", "notify", "pulse")} <= {(mark.code, mark.level, mark.channel) for mark in marks}


# req: S71
# hazard: H58
def test_signs_that_are_an_emergency_whatever_the_numbers_say() -> None:
    assert set(EMERGENCY_SIGNS) >= {"chest_pain", "focal_deficit", "seizure", "stridor", "no_pulse"}
    for sign in EMERGENCY_SIGNS:
        mark = mark_sign(sign)
        assert (mark.code, mark.level, mark.urgency) == ("emergency", "act", "high")


@pytest.mark.parametrize("vignette", alert_file("site_limits")["vignettes"], ids=str)
def test_the_vignettes_of_the_library_file(vignette: dict[str, Any]) -> None:
    marks = mark_reading(Reading(taken_at=AT, values=vignette["reading"]), limits())
    assert [mark.level for mark in marks] == vignette["marks"]


# hazard: H50
def test_the_library_proposes_every_number_that_the_code_reads_and_no_other() -> None:
    entries = alert_file("site_limits")["limits"]
    assert {entry["id"]: tuple(sorted(entry["values"])) for entry in entries} == {name: tuple(sorted(names)) for name, names in REQUIRED.items()}
    assert len(entries) == len(REQUIRED)
    for entry in entries:
        proposed = {name: value["proposed"] for name, value in entry["values"].items()}
        assert may_accept(entry, proposed).met, entry["id"]
        assert entry["source"] in {source["id"] for source in alert_file("site_limits")["sources"]}


LEAVING = Table("""
    route         | minutes since the end | plan asks | rescue (minutes ago) | may go | because
    iv            | 89                    | -         | -                   | no     | 1 min to go
    iv            | 90                    | -         | -                   | yes    | 90 min after the end
    iv            | 100                   | 120       | -                   | no     | 20 min to go
    iv            | 120                   | 120       | -                   | yes    | 120 min after the end
    iv            | 120                   | -         | midazolam 59        | no     | 1 min to go: 60 min after midazolam
    iv            | 120                   | -         | midazolam 60        | yes    | 60 min after midazolam
    iv            | 90                    | -         | midazolam 85        | yes    | 90 min after the end
    im            | 89                    | -         | -                   | no     | 1 min to go
    sc            | 90                    | -         | -                   | yes    | 90 min after the end
    sl            | 119                   | -         | -                   | no     | 1 min to go
    oral          | 120                   | -         | -                   | yes    | 120 min after the end
    nasal         | 119                   | -         | -                   | no     | 1 min to go
    long_infusion | 60                    | -         | -                   | yes    | 60 min after the end
""")


# req: S88 R35
# hazard: H20
@LEAVING.each
def test_time_counts_from_the_end_and_from_a_rescue_drug(row: Row) -> None:
    rescues: tuple[Rescue, ...] = ()
    if row.rescue != "-":
        name, ago = row.rescue.split()
        rescues = (Rescue(kind="sedative", name=name, given_at=AT - minutes(float(ago))),)
    route: Any = row.route
    plan = None if row.plan_asks == "-" else int(row.plan_asks)
    facts = home(route=route, dose_ended_at=AT - minutes(float(row.minutes_since_the_end)), plan_minimum_min=plan, rescues=rescues)
    found = finding(may_leave(facts, limits()), "time")
    assert found.is_met == (row.may_go == "yes") and row.because in found.sentence
    until, why = earliest(facts, limits())
    assert until is not None and (until <= AT) == found.is_met and why in found.sentence


HOME_PRESSURES = Table("""
    pressures (minutes ago)         | own | signed | in range | near own
    20: 132/82, 5: 126/80           | 124 | -      | met      | met
    5: 126/80                       | 124 | -      | unknown  | unknown
    12: 132/82, 5: 126/80           | 124 | -      | unknown  | unknown
    40: 132/82, 16: 126/80          | 124 | -      | unknown  | unknown
    100: 120/80, 5: 126/80          | 124 | -      | unknown  | unknown
    20: 132/82, 5: 161/80           | 150 | -      | unmet    | met
    20: 155/82, 5: 150/101          | 150 | -      | unmet    | met
    20: 89/60, 5: 95/60             | 100 | -      | unmet    | met
    20: 130/80, 5: 141/80           | 140 | -      | unmet    | met
    20: 130/80, 5: 140/80           | 140 | -      | met      | met
    15: 165/80, 5: 150/80           | 150 | -      | unmet    | met
    20: 130/80, 12: 185/80, 5: 132/80 | 130 | -    | unmet    | met
    20: 130/80, 15: 130/80, 10: 185/80, 5: 132/80 | 130 | - | unmet | met
    20: 150/80, 5: 150/80           | 124 | -      | met      | unmet
    20: 150/80, 5: 150/80           | 124 | Ana    | met      | met
    20: 94/60, 5: 94/60             | 118 | -      | met      | unmet
    20: 120/80, 5: 120/80           | -   | -      | met      | unknown
    20: 120/80, 5: 120/80           | -   | Ana    | met      | met
""")


# req: S68 S88
# hazard: H20
@HOME_PRESSURES.each
def test_pressure_before_going_home(row: Row) -> None:
    taken = []
    for part in row.pressures.split(", "):
        ago, pair = part.split(": ")
        sbp, dbp = pair.split("/")
        taken.append(Pressure(taken_at=AT - minutes(float(ago)), sbp=float(sbp), dbp=float(dbp)))
    own = None if row.own == "-" else Pressure(taken_at=ENDED - minutes(60), sbp=float(row.own), dbp=78)
    verdict = may_leave(home(pressures=tuple(taken), baseline=own, pressure_signed_by=row.signed.strip("-")), limits())
    assert (finding(verdict, "pressure").state, finding(verdict, "pressure_near_own").state) == (row.in_range, row.near_own)


LIST = Table("""
    changed                                     | item       | state
    nothing                                     | (all)      | met
    the dose has not ended                      | time       | unknown
    heart rate not read                         | heart_rate | unknown
    heart rate 16 min old                       | heart_rate | unknown
    heart rate 50                               | (all)      | met
    heart rate 49                               | heart_rate | unmet
    heart rate 110                              | (all)      | met
    heart rate 111                              | heart_rate | unmet
    heart rate 44, own 44                       | (all)      | met
    heart rate 43, own 44                       | heart_rate | unmet
    heart rate 39, own 38                       | heart_rate | unmet
    heart rate 116, own 118                     | (all)      | met
    heart rate 131, own 140                     | heart_rate | unmet
    heart rate 72, own not known                | (all)      | met
    heart rate 112, own not known               | heart_rate | unmet
    saturation 16 min old                       | saturation | unknown
    saturation from before the end of the dose  | saturation | unknown
    saturation 93                               | saturation | unmet
    saturation 93, own 93                       | (all)      | met
    saturation 94, own not known                | (all)      | met
    on oxygen                                   | saturation | unmet
    oxygen not recorded                         | saturation | unknown
    saturation not read                         | saturation | unknown
    MOAA/S 4                                    | alertness  | unmet
    MOAA/S not scored                           | alertness  | unknown
    Aldrete not scored                          | aldrete    | unknown
    Aldrete without respiration                 | aldrete    | unknown
    Aldrete with a 3                            | aldrete    | unknown
    Aldrete 9, respiration 1                    | aldrete    | unmet
    Aldrete 9, consciousness 1                  | aldrete    | unmet
    Aldrete 9 on oxygen (saturation 1)          | aldrete    | unmet
    Aldrete 9, saturation 1 but the person's own | (all)     | met
    Aldrete 8, activity 1 and circulation 1     | aldrete    | unmet
    Aldrete 9, activity 1                       | (all)      | met
    gait: unsteady                              | gait       | unmet
    gait: tapped before the end of the dose     | gait       | unknown
    gait: tapped 31 min ago                     | gait       | unknown
    orientation never tapped                    | oriented   | unknown
    suicide questions not asked again           | suicide    | unknown
    suicide question declined after the dose    | suicide    | unmet
    suicide question unanswered after the dose  | suicide    | unknown
    thoughts after the dose, said not new       | suicide    | unmet
    thoughts after the dose, newness not asked  | suicide    | unmet
    a yes beside a question not asked           | suicide    | unknown
    an old wish, assessed since the dose        | (all)      | met
    nobody stays the night                      | night      | unmet
    nobody handed over                          | escort     | unknown
    handed over before the dose ended           | escort     | unknown
    escort without a name                       | escort     | unmet
    escort not here                             | escort     | unmet
    keys not asked                              | escort     | unmet
    escort has no keys                          | escort     | unmet
    stay, documented                            | (all)      | met
    stay, not documented                        | escort     | unmet
    a mark at act not answered                  | marks      | unmet
    a mark at notify not answered               | (all)      | met
""")


def aldrete(**scores: Any) -> dict[str, Any]:
    assert HOME.aldrete is not None
    return {"aldrete": replace(HOME.aldrete, **scores)}


def handover(**changes: Any) -> dict[str, Any]:
    assert HOME.handover is not None
    return {"handover": replace(HOME.handover, **changes)}


def raised(level: Any) -> tuple[Raised, ...]:
    return (Raised(mark=Mark(code="low", level=level, channel="spo2", sentence="Low."), first_at=AT, last_at=AT),)


def heart_rate(value: float, minutes_ago: float = 3) -> dict[str, Any]:
    return {"heart_rate": Measured(value=value, taken_at=AT - minutes(minutes_ago))}


def saturation(value: float, minutes_ago: float) -> dict[str, Any]:
    return {"saturation": Measured(value=value, taken_at=AT - minutes(minutes_ago))}


SEEN_SINCE = Assessment(by="Ana", qualified=True, completed_at=AT - minutes(1), on=TODAY, allows=True)


def asked_again(*, new_or_worse: bool | None = None, assessment: Assessment | None = None, **said: Any) -> SuicideInterview:
    """The five since the dose, no but where said otherwise."""
    answers = replace(interview().answers, **said)
    return interview(answers, asked_at=AT - minutes(5), new_or_worse=new_or_worse, assessment=assessment)


CHANGES: dict[str, Any] = {
    "nothing": {},
    "the dose has not ended": {"dose_ended_at": None},
    "heart rate not read": {"heart_rate": None},
    "heart rate 16 min old": heart_rate(72, 16),
    "heart rate 50": heart_rate(50),
    "heart rate 49": heart_rate(49),
    "heart rate 110": heart_rate(110),
    "heart rate 111": heart_rate(111),
    "heart rate 44, own 44": {**heart_rate(44), "baseline_heart_rate": 44},
    "heart rate 43, own 44": {**heart_rate(43), "baseline_heart_rate": 44},
    "heart rate 39, own 38": {**heart_rate(39), "baseline_heart_rate": 38},
    "heart rate 116, own 118": {**heart_rate(116), "baseline_heart_rate": 118},
    "heart rate 131, own 140": {**heart_rate(131), "baseline_heart_rate": 140},
    "heart rate 72, own not known": {**heart_rate(72), "baseline_heart_rate": None},
    "heart rate 112, own not known": {**heart_rate(112), "baseline_heart_rate": None},
    "saturation 16 min old": saturation(98, 16),
    "saturation from before the end of the dose": {**saturation(98, 14), "rescues": (Rescue(kind="opioid", name="x", given_at=AT - minutes(13)),)},
    "saturation 93": saturation(93, 3),
    "saturation 93, own 93": {**saturation(93, 3), "baseline_saturation": 93},
    "saturation 94, own not known": {**saturation(94, 3), "baseline_saturation": None},
    "on oxygen": {"on_oxygen": True},
    "oxygen not recorded": {"on_oxygen": None},
    "saturation not read": {"saturation": None},
    "MOAA/S 4": {"alertness": Measured(value=4, taken_at=AT - minutes(1))},
    "MOAA/S not scored": {"alertness": None},
    "Aldrete not scored": {"aldrete": None},
    "Aldrete without respiration": aldrete(respiration=None),
    "Aldrete with a 3": aldrete(activity=3),
    "Aldrete 9, respiration 1": aldrete(respiration=1),
    "Aldrete 9, consciousness 1": aldrete(consciousness=1),
    "Aldrete 9 on oxygen (saturation 1)": aldrete(saturation=1),
    "Aldrete 9, saturation 1 but the person's own": aldrete(saturation=1, saturation_is_own=True),
    "Aldrete 8, activity 1 and circulation 1": aldrete(activity=1, circulation=1),
    "Aldrete 9, activity 1": aldrete(activity=1),
    "gait: unsteady": {"taps": with_tap("gait", ok=False).taps},
    "gait: tapped before the end of the dose": {"taps": with_tap("gait", at=ENDED - minutes(1)).taps},
    "gait: tapped 31 min ago": {"taps": with_tap("gait", at=AT - minutes(31)).taps},
    "orientation never tapped": {"taps": {item: tap for item, tap in HOME.taps.items() if item != "oriented"}},
    "suicide questions not asked again": {"suicide": interview(asked_at=ENDED - minutes(60))},
    "suicide question declined after the dose": {"suicide": interview(replace(interview().answers, thoughts="declined"), asked_at=AT - minutes(5))},
    "thoughts after the dose, said not new": {"suicide": asked_again(thoughts="yes", new_or_worse=False)},
    "thoughts after the dose, newness not asked": {"suicide": asked_again(thoughts="yes")},
    "a yes beside a question not asked": {"suicide": asked_again(thoughts="yes", method="not_asked", new_or_worse=False)},
    "an old wish, assessed since the dose": {"suicide": asked_again(wish_to_be_dead="yes", new_or_worse=False, assessment=SEEN_SINCE)},
    "suicide question unanswered after the dose": {"suicide": interview(replace(interview().answers, method="not_asked"), asked_at=AT - minutes(5))},
    "nobody stays the night": {"night_person": ""},
    "nobody handed over": {"handover": None},
    "handed over before the dose ended": handover(at=ENDED - minutes(1)),
    "escort without a name": handover(to_name=""),
    "escort not here": handover(adult_present=False),
    "keys not asked": handover(has_the_keys=None),
    "escort has no keys": handover(has_the_keys=False),
    "stay, documented": handover(kind="stay", documented=True),
    "stay, not documented": handover(kind="stay"),
    "a mark at act not answered": {"standing": raised("act")},
    "a mark at notify not answered": {"standing": raised("notify")},
}


# req: S69 S75 S76 S88 R35 R36
# hazard: H20 H21 H22 H55
@LIST.each
def test_the_discharge_list(row: Row) -> None:
    verdict = may_leave(home(**CHANGES[row.changed]), limits())
    if row.item == "(all)":
        assert verdict.met, verdict.sentence
        return
    found: Finding = finding(verdict, row.item)
    assert found.state == row.state and found.sentence and not verdict.met
    assert found.lifted_by == "", "no signature discharges a person"
    if row.changed not in ("the dose has not ended", "saturation from before the end of the dose"):
        assert [each.item for each in verdict.open] == [row.item]


def test_every_change_stands_in_the_table() -> None:
    assert {row.changed for row in LIST} == set(CHANGES)


# hazard: H20
def test_the_library_lists_every_item_in_the_same_order() -> None:
    listed = [item["id"] for item in sorted(alert_file("discharge")["items"], key=lambda item: item["order"])]
    assert listed == [each.item for each in may_leave(HOME, limits())]


# hazard: H20
def test_drug_after_the_values_makes_them_old() -> None:
    """A rescue drug two minutes ago: every number and every tap from before it counts no more."""
    just_now = Rescue(kind="antihypertensive", name="labetalol", given_at=AT - minutes(0.5))
    open_ = {each.item for each in may_leave(home(rescues=(just_now,)), limits()).open}
    assert {"time", "pressure", "pressure_near_own", "heart_rate", "saturation", "alertness", "aldrete", "oriented", "gait", "nausea"} <= open_
