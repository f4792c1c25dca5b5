"""Dose, draw, pump, interval and order as tables that a clinician can read and sign."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from afterglow.pathway.plan.rules.changes import Change, individualise
from afterglow.pathway.plan.rules.course import course_dates, pattern_from
from afterglow.pathway.plan.rules.orders import Credential, OrderFacts, may_sign_order
from afterglow.science.dosing.amounts import micrograms, milligrams_text, millilitres_text
from afterglow.science.dosing.dose import PlannedDose, dose_from_weight, guardrails
from afterglow.science.dosing.interval import EarlierDose, intervals
from afterglow.science.dosing.pump import draw_agrees, lot_is_as_ordered, pump_agrees, pump_rate_ul_per_h, undiluted, volume_to_draw_ul
from afterglow.science.dosing.weight import DosingWeight, WeighedOn, weight_is_current, weight_is_ordinary
from afterglow.science.verdict import Verdict
from tests.spec.table import Table
from tests.unit.science_dosing.protocol import DRUGS, INTERVALS, LIMITS, PRODUCTS, PROTOCOL, RACEMATE, VIALS, WEIGHTS

TODAY = date(2026, 12, 7)
NOON = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)


def answer(verdict: Verdict) -> str:
    """The verdict in one of four phrases: met, say why, hard stop, or do this first."""
    if verdict.met:
        return "met"
    if verdict.never:
        return "hard stop"
    return "say why" if len(verdict.liftable) == len(verdict.open) else "do this first"


def number(text: str) -> Decimal:
    return Decimal(re.search(r"-?[0-9.]+", text).group())


GUARDRAILS = Table("""
    drug              | weight   | dose     | over   | verdict   | because
    ketamine_racemic  | 70 kg    | 35 mg    | 40 min | met       | Everything asked is met
    ketamine_racemic  | 70 kg    | 17.5 mg  | 40 min | met       | Everything asked is met
    ketamine_racemic  | 70 kg    | 42 mg    | 40 min | met       | Everything asked is met
    ketamine_racemic  | 70 kg    | 17 mg    | 40 min | say why   | below 0.25 mg/kg: this is 0.242 mg/kg
    ketamine_racemic  | 70 kg    | 42.5 mg  | 40 min | say why   | above 0.6 mg/kg: this is 0.608 mg/kg
    ketamine_racemic  | 130 kg   | 65 mg    | 40 min | say why   | the total is above 60 mg: this is 65 mg
    ketamine_racemic  | 70 kg    | 70 mg    | 40 min | say why   | above 0.6 mg/kg: this is 1 mg/kg
    ketamine_racemic  | 70 kg    | 70.5 mg  | 40 min | hard stop | 1.008 mg/kg is above 1 mg/kg
    ketamine_racemic  | 140 kg   | 121 mg   | 40 min | hard stop | 121 mg is above 120 mg in total
    ketamine_racemic  | 70 kg    | 35 mg    | 29 min | hard stop | 29 min is shorter than 30 min
    ketamine_racemic  | 70 kg    | 350 mg   | 40 min | hard stop | 5 mg/kg is above 1 mg/kg
    esketamine        | 70 kg    | 17.5 mg  | 40 min | met       | Everything asked is met
    esketamine        | 70 kg    | 35 mg    | 40 min | say why   | above 0.3 mg/kg: this is 0.5 mg/kg
    esketamine        | 70 kg    | 35.5 mg  | 40 min | hard stop | 0.508 mg/kg is above 0.5 mg/kg
    (not listed)      | 70 kg    | 35 mg    | 40 min | hard stop | not one of the listed ones
    ketamine_racemic  | (none)   | 35 mg    | 40 min | do this first | a dose and a weight
""")  # req: S36


# req: S36 S42
# hazard: H2
# hazard: H4
@GUARDRAILS.each
def test_guardrails(row):
    weight_g = None if row.weight == "(none)" else micrograms(number(row.weight))
    dose = PlannedDose(drug=DRUGS.get(row.drug), dose_ug=micrograms(number(row.dose)), weight_g=weight_g, over_min=int(number(row.over)))
    verdict = guardrails(dose, LIMITS)
    assert answer(verdict) == row.verdict
    assert row.because in verdict.sentence


DRAW = Table("""
    dose    | vial                 | lot says  | draw    | rate       | verdict | because
    35 mg   | ketamine_racemic_10  | 10 mg/mL  | 3.5 mL  | 5.25 mL/h  | met     | 5.25 mL/h for 40 min gives 35 mg
    35 mg   | ketamine_racemic_50  | 50 mg/mL  | 0.7 mL  | 1.05 mL/h  | met     | 1.05 mL/h for 40 min gives 35 mg
    35 mg   | ketamine_racemic_100 | 100 mg/mL | 0.35 mL | 0.52 mL/h  | met     | 0.52 mL/h for 40 min gives 34.67 mg
    65 mg   | ketamine_racemic_10  | 10 mg/mL  | 6.5 mL  | 9.75 mL/h  | met     | 9.75 mL/h for 40 min gives 65 mg
    35 mg   | ketamine_racemic_10  | 100 mg/mL | 3.5 mL  | 5.25 mL/h  | stop    | The lot says 100 mg/mL
    35 mg   | ketamine_racemic_100 | 100 mg/mL | 3.5 mL  | 5.25 mL/h  | stop    | holds 350 mg; 35 mg is ordered
    35 mg   | ketamine_racemic_10  | 10 mg/mL  | 3.5 mL  | 52.5 mL/h  | stop    | gives 350 mg; 35 mg is ordered
    35 mg   | ketamine_racemic_10  | 10 mg/mL  | 3.5 mL  | 4.9 mL/h   | stop    | gives 32.67 mg; 35 mg is ordered
    35 mg   | esketamine_5         | 5 mg/mL   | 7 mL    | 10.5 mL/h  | stop    | another drug is ordered
""")  # req: S38


# req: S38
# hazard: H3
# hazard: H7
@DRAW.each
def test_draw_and_pump(row):
    dose_ug, product, lot = micrograms(number(row.dose)), PRODUCTS[row.vial], micrograms(number(row.lot_says))
    volume_ul, rate = micrograms(number(row.draw)), micrograms(number(row.rate))
    mixture = undiluted(volume_ul=volume_ul, strength_ug_per_ml=lot)
    verdict = Verdict.of(
        lot_is_as_ordered(product, strength_ug_per_ml=lot, ordered_drug_id="ketamine_racemic"),
        draw_agrees(volume_ul=volume_ul, strength_ug_per_ml=lot, dose_ug=dose_ug),
        pump_agrees(rate_ul_per_h=rate, over_min=40, mixture=mixture, dose_ug=dose_ug),
    )
    said = " ".join(finding.sentence for finding in verdict)
    assert ("met" if verdict.met else "stop") == row.verdict
    assert row.because in said
    assert not verdict.liftable
    if verdict.met:
        assert millilitres_text(volume_to_draw_ul(dose_ug=dose_ug, strength_ug_per_ml=lot)) == row.draw
        assert pump_rate_ul_per_h(mixture=mixture, dose_ug=dose_ug, over_min=40, step_ul_per_h=10) == rate


WEIGHT = Table("""
    weight   | measured                        | height | verdict       | because
    70 kg    | here, today                     | 175 cm | met           | Everything asked is met
    70 kg    | 7 days ago, confirmed           | 175 cm | met           | Everything asked is met
    70 kg    | 8 days ago, confirmed           | 175 cm | say why       | 8 days old; at most 7
    70 kg    | 3 days ago, not asked           | 175 cm | do this first | Nobody has asked whether the weight still holds
    70 kg    | 3 days ago, denied              | 175 cm | say why       | was not confirmed
    34 kg    | here, today                     | 145 cm | say why       | outside 35 to 150 kg
    151 kg   | here, today                     | 190 cm | say why       | outside 35 to 150 kg
    45 kg    | here, today                     | 170 cm | say why       | body mass index of 15.57
    120 kg   | here, today                     | 160 cm | say why       | body mass index of 46.88
    70 kg    | here, today                     | (none) | say why       | no height
    (none)   | (none)                          | 175 cm | do this first | Weigh the person here, today
""")


# hazard: H2
@WEIGHT.each
def test_weight(row):
    weight = None
    if row.weight != "(none)":
        days = 0 if "today" in row.measured else int(number(row.measured))
        confirmed = {"confirmed": True, "denied": False}.get(row.measured.split(", ")[1])
        weight = WeighedOn(weight_g=micrograms(number(row.weight)), measured_on=TODAY - timedelta(days=days), at_site=days == 0, confirmed=confirmed)
    height_mm = None if row.height == "(none)" else int(number(row.height) * 10)
    verdict = Verdict.of(weight_is_current(weight, TODAY, WEIGHTS), weight_is_ordinary(weight, height_mm, WEIGHTS))
    assert answer(verdict) == row.verdict
    assert row.because in verdict.sentence


INTERVAL = Table("""
    earlier doses, hours ago                                  | other ketamine | verdict       | because
    (none)                                                    | asked          | met           | Everything asked is met
    72                                                        | asked          | met           | Everything asked is met
    44                                                        | asked          | met           | Everything asked is met
    43                                                        | asked          | say why       | 43 h away: say why it is under 44 h
    24                                                        | asked          | say why       | 24 h away: say why it is under 44 h
    19                                                        | asked          | hard stop     | under 20 h is a hard stop
    72                                                        | not asked      | do this first | Nobody has asked this time about ketamine from elsewhere
    48, 96, 144                                               | asked          | say why       | dose 4 within 7 days
    (not read)                                                | asked          | do this first | Read the dose history first
    72, 168, 264, 360, 456, 552, 648, 744, 840, 936, 1032, 1128 | asked        | say why       | dose 13 within 8 weeks
""")


# hazard: H6
# hazard: H42
@INTERVAL.each
def test_interval(row):
    earlier = None
    if row.earlier_doses_hours_ago != "(not read)":
        hours = [] if row.earlier_doses_hours_ago == "(none)" else [int(part) for part in row.earlier_doses_hours_ago.split(",")]
        earlier = [EarlierDose(last_at=NOON - timedelta(hours=ago), where="this or another clinic", kind="course") for ago in hours]
    verdict = intervals(at=NOON, earlier=earlier, asked_elsewhere=row.other_ketamine == "asked" or None, booster=False, rules=INTERVALS)
    assert answer(verdict) == row.verdict
    assert row.because in verdict.sentence


ORDER = Table("""
    what is different                      | verdict       | because
    nothing                                | met           | Everything asked is met
    the licence ended yesterday            | hard stop     | licence to prescribe ended on 06 Dec 2026
    the licence is for another state       | hard stop     | No licence to prescribe is on record for CA
    no DEA registration                    | hard stop     | No DEA registration
    consent withdrawn                      | hard stop     | Consent was withdrawn
    consent is an earlier version          | say why       | earlier version
    the plan is a draft                    | hard stop     | plan is draft
    infusion 4 before the review           | do this first | 3 are allowed so far
    infusion 1 is ordered already          | hard stop     | ordered already
    infusion 1 was started already         | hard stop     | not ordered a second time
    40 mg instead of the planned 35 mg     | say why       | The plan gives 35 mg over 40 min; this order gives 40 mg
    80 mg                                  | hard stop     | above 1 mg/kg
""")


def changed_order(what: str, facts: OrderFacts) -> OrderFacts:
    licence, dea, privilege = facts.credentials
    dose = facts.dose
    changes = {
        "nothing": {},
        "the licence ended yesterday": {"credentials": (replace(licence, expires_on=date(2026, 12, 6)), dea, privilege)},
        "the licence is for another state": {"credentials": (replace(licence, state="NV"), dea, privilege)},
        "no DEA registration": {"credentials": (licence, privilege)},
        "consent withdrawn": {"consent": "withdrawn"},
        "consent is an earlier version": {"consent": "superseded"},
        "the plan is a draft": {"plan": "draft"},
        "infusion 4 before the review": {"dose_number": 4},
        "infusion 1 is ordered already": {"already_ordered": True},
        "infusion 1 was started already": {"already_given": True},
        "40 mg instead of the planned 35 mg": {"dose": replace(dose, dose_ug=40_000)},
        "80 mg": {"dose": replace(dose, dose_ug=80_000)},
    }
    return replace(facts, **changes[what])


# req: S32
@ORDER.each
def test_order(row):
    facts = OrderFacts(
        plan="in_force",
        consent="in_force",
        credentials=tuple(
            Credential(kind=kind, state=state, expires_on=date(2027, 6, 30))
            for kind, state in (("prescriber_licence", "CA"), ("dea", ""), ("privilege", ""))
        ),
        site_state="CA",
        today=TODAY,
        dose_number=1,
        doses_allowed=3,
        infusions=6,
        guardrails_open=(),
        already_ordered=False,
        already_given=False,
        planned_drug_id="ketamine_racemic",
        planned_ug_per_kg=500,
        planned_over_min=40,
        dose=PlannedDose(drug=RACEMATE, dose_ug=35_000, weight_g=70_000, over_min=40),
        weight=WeighedOn(weight_g=70_000, measured_on=TODAY, at_site=True, confirmed=None),
        dosing_weight=DosingWeight(weight_g=70_000, basis="actual weight"),
        height_mm=1750,
    )
    verdict = may_sign_order(changed_order(row.what_is_different, facts), LIMITS, WEIGHTS)
    assert answer(verdict) == row.verdict
    assert row.because in verdict.sentence


COURSE = Table("""
    starts       | closed                 | open          | infusions on
    7 Dec 2026   | (none)                 | Mon to Fri    | 7, 10, 14, 17, 21, 24 Dec
    9 Dec 2026   | (none)                 | Mon to Fri    | 10, 14, 17, 21, 24, 28 Dec
    7 Dec 2026   | 24, 25 Dec             | Mon to Fri    | 7, 10, 14, 17, 21, 23 Dec
    7 Dec 2026   | (none)                 | Tue, Fri      | 8, 11, 15, 18, 22, 25 Dec
    7 Dec 2026   | (none)                 | Mon           | (none fits)
""")
OPEN = {"Mon to Fri": frozenset(range(5)), "Tue, Fri": frozenset({1, 4}), "Mon": frozenset({0})}


# req: S49
# req: S50
@COURSE.each
def test_course(row):
    start_on = datetime.strptime(row.starts, "%d %b %Y").replace(tzinfo=UTC).date()
    closed = [] if row.closed == "(none)" else [date(2026, 12, int(day)) for day in re.findall(r"\d+", row.closed)]
    course = course_dates(start_on, pattern_from(PROTOCOL), today=date(2026, 12, 1), blocked=frozenset(closed), open_weekdays=OPEN[row.open])
    infusions = [visit.on for visit in course.visits if visit.kind == "infusion"]
    assert (f"{', '.join(str(day.day) for day in infusions)} Dec" if infusions else "(none fits)") == row.infusions_on


CHANGES = Table("""
    change                                    | reason            | verdict       | because
    (none)                                    | (none)            | met           | Everything asked is met
    dose.mg_per_kg to 0.4                     | frail             | met           | Everything asked is met
    dose.mg_per_kg to 0.4                     | (none)            | do this first | Say why the dose per kg differs
    dose.mg_per_kg to 0.75                    | earlier response  | say why       | 0.75 mg/kg, outside 0.25 mg/kg to 0.6 mg/kg
    dose.mg_per_kg to 1.2                     | earlier response  | hard stop     | above 1 mg/kg
    dose.over_min to 50                       | nausea            | met           | Everything asked is met
    dose.over_min to 25                       | shorter day       | hard stop     | outside 30 to 120 min
    block_min.recovery to 60                  | lives next door   | say why       | outside 90 to 240 min
    block_min.recovery to 45                  | lives next door   | hard stop     | outside 60 to 480 min
    intervals.hard_stop_under_h to 12         | holiday           | hard stop     | cannot be changed in a plan
""")  # req: S45


# req: S45
@CHANGES.each
def test_individual_plan(row):
    changes = []
    if row.change != "(none)":
        path, value = row.change.split(" to ")
        changes = [Change(path=path, value=value if path == "dose.mg_per_kg" else int(value), reason="" if row.reason == "(none)" else row.reason)]
    verdict = individualise(PROTOCOL, changes).verdict
    assert answer(verdict) == row.verdict
    assert row.because in verdict.sentence


@pytest.mark.parametrize("vignette", PROTOCOL["vignettes"], ids=lambda vignette: f"{vignette['weight_kg']} kg {vignette.get('mg_per_kg', '')}")
def test_the_protocols_own_vignettes(vignette):
    """What the file says it gives, asks and refuses is what the code does."""
    drug = DRUGS[vignette.get("drug", PROTOCOL["drug"])]
    weight_g = micrograms(vignette["weight_kg"])
    ug_per_kg = micrograms(vignette.get("mg_per_kg", PROTOCOL["dose"]["mg_per_kg"]))
    dose_ug = dose_from_weight(ug_per_kg=ug_per_kg, weight_g=weight_g, step_ug=LIMITS.step_ug)
    assert dose_ug == micrograms(vignette["gives_mg"])
    verdict = guardrails(PlannedDose(drug=drug, dose_ug=dose_ug, weight_g=weight_g, over_min=vignette["over_min"]), LIMITS)
    for findings, phrases in ((verdict.liftable, vignette["asks"]), (verdict.never, vignette["refuses"])):
        assert len(findings) == len(phrases)
        assert all(phrase in finding.sentence for finding, phrase in zip(findings, phrases, strict=True))


@pytest.mark.parametrize(
    "vignette", VIALS["vignettes"], ids=lambda vignette: f"{vignette['product']} {vignette['dose_mg']} mg {vignette['lot_mg_per_ml']}"
)
def test_the_vials_own_vignettes(vignette):
    product, lot = PRODUCTS[vignette["product"]], micrograms(vignette["lot_mg_per_ml"])
    finding = lot_is_as_ordered(product, strength_ug_per_ml=lot, ordered_drug_id=vignette.get("orders", product.drug.id))
    if "refuses" in vignette:
        assert vignette["refuses"] in finding.sentence
        assert finding.lifted_by == "nobody"
    else:
        assert finding.is_met
        volume_ul = volume_to_draw_ul(dose_ug=micrograms(vignette["dose_mg"]), strength_ug_per_ml=lot)
        assert volume_ul == micrograms(vignette["draws_ml"])


def test_the_standard_course_of_the_file_is_the_one_asked_for():
    """Six infusions of 0.5 mg/kg over 40 minutes, twice a week, in blocks of 30 + 40 + 90 minutes; orders last 7 days."""
    assert (PROTOCOL["dose"]["mg_per_kg"], PROTOCOL["dose"]["over_min"]) == (0.5, 40)
    assert (PROTOCOL["course"]["infusions"], PROTOCOL["course"]["per_week"]) == (6, 2)
    assert [PROTOCOL["block_min"][part] for part in ("before", "infusion", "recovery")] == [30, 40, 90]
    assert PROTOCOL["order"]["valid_days"] == 7
    assert milligrams_text(LIMITS.hard_total_ug) == "120 mg"


def test_every_number_of_the_files_names_one_of_its_own_sources():
    def sources_in(value):
        if isinstance(value, dict):
            yield from ([value["source"]] if "source" in value else [])
            for part in value.values():
                yield from sources_in(part)
        elif isinstance(value, list):
            for part in value:
                yield from sources_in(part)

    for content in (PROTOCOL, VIALS):
        used = set(sources_in({key: value for key, value in content.items() if key != "sources"}))
        assert used
        assert used <= {source["id"] for source in content["sources"]}
