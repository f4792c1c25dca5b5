"""May an order be signed, and does it still hold?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.pathway.plan.rules.orders import Credential, OrderFacts, OrderState, may_sign_order, order_in_force
from afterglow.science.dosing.weight import DosingWeight, WeighedOn
from tests.unit.science_dosing.protocol import LIMITS, RACEMATE, S_FORM, WEIGHTS, planned

TODAY = date(2026, 12, 7)
AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def credential(kind, expires_on=date(2027, 6, 30), state="CA"):
    return Credential(kind=kind, state=state, expires_on=expires_on)


ANA = (credential("prescriber_licence"), credential("dea", state=""), credential("privilege", state=""))
SIGNABLE = OrderFacts(
    plan="in_force",
    consent="in_force",
    credentials=ANA,
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
    dose=planned(),
    weight=WeighedOn(weight_g=70_000, measured_on=TODAY, at_site=True, confirmed=None),
    dosing_weight=DosingWeight(weight_g=70_000, basis="actual weight"),
    height_mm=1750,
)


def open_items(**changes):
    return {finding.item: (finding.state, finding.lifted_by) for finding in may_sign_order(replace(SIGNABLE, **changes), LIMITS, WEIGHTS).open}


# req: S63
def test_a_booster_that_was_signed_for_may_be_ordered():
    assert "order.dose_number" not in open_items(dose_number=7, doses_allowed=3, boosters=1)
    assert "order.dose_number" not in open_items(dose_number=8, boosters=2)


# req: S32
def test_everything_in_order_may_be_signed():
    verdict = may_sign_order(SIGNABLE, LIMITS, WEIGHTS)
    assert verdict.met
    assert len(verdict.findings) == 19


# req: S32
@pytest.mark.parametrize(
    ("changes", "item", "state", "lifted_by"),
    [
        ({"guardrails_open": None}, "order.guardrails", "unknown", "nobody"),
        ({"guardrails_open": ("Weight",)}, "order.guardrails", "unmet", "nobody"),
        ({"plan": None}, "order.plan", "unknown", "nobody"),
        ({"plan": "draft"}, "order.plan", "unmet", "nobody"),
        ({"plan": "ended"}, "order.plan", "unmet", "nobody"),
        ({"consent": None}, "order.consent", "unknown", "nobody"),
        ({"consent": "absent"}, "order.consent", "unmet", "nobody"),
        ({"consent": "withdrawn"}, "order.consent", "unmet", "nobody"),
        ({"consent": "capacity_not_shown"}, "order.consent", "unmet", "nobody"),
        ({"consent": "other_course"}, "order.consent", "unmet", "nobody"),
        ({"consent": "superseded"}, "order.consent", "unmet", "two_signatures"),
        ({"dose_number": 4}, "order.dose_number", "unmet", ""),
        ({"dose_number": 7, "doses_allowed": 9}, "order.dose_number", "unmet", "nobody"),
        ({"dose_number": 0}, "order.dose_number", "unmet", "nobody"),
        ({"dose_number": 8, "doses_allowed": 6, "boosters": 1}, "order.dose_number", "unmet", "nobody"),
        ({"dose_number": 4, "boosters": 3}, "order.dose_number", "unmet", ""),  # a booster opens nothing inside the course
        ({"already_ordered": True}, "order.only_one", "unmet", "nobody"),
        ({"already_ordered": None}, "order.only_one", "unknown", "nobody"),
        ({"already_given": True}, "order.not_given", "unmet", "nobody"),
        ({"already_given": None}, "order.not_given", "unknown", "nobody"),
        ({"planned_over_min": 60}, "order.as_planned", "unmet", "two_signatures"),
        ({"planned_ug_per_kg": 400}, "order.as_planned", "unmet", "two_signatures"),
        ({"planned_drug_id": "esketamine"}, "order.drug", "unmet", "nobody"),
    ],
)
def test_each_fact_opens_its_own_item_alone(changes, item, state, lifted_by):
    assert open_items(**changes) == {item: (state, lifted_by)}


# hazard: H4
def test_another_drug_than_the_plans_is_a_change_of_plan():
    assert open_items(dose=planned(drug=S_FORM))["order.drug"] == ("unmet", "nobody")
    assert open_items(dose=planned(drug=None))["order.drug"] == ("unknown", "nobody")
    assert "order.drug" not in open_items(dose=planned(drug=RACEMATE))


# req: S32
@pytest.mark.parametrize(
    ("licences", "state", "says"),
    [
        ([credential("prescriber_licence", TODAY)], "met", "in date until 07 Dec 2026"),
        ([credential("prescriber_licence", date(2026, 12, 6))], "unmet", "ended on 06 Dec 2026"),
        ([credential("prescriber_licence", date(2026, 12, 6)), credential("prescriber_licence")], "met", "30 Jun 2027"),
        ([credential("prescriber_licence", None)], "unknown", "no last day"),
        ([credential("prescriber_licence", state="NV")], "unmet", "No licence to prescribe is on record for CA"),
        ([], "unmet", "No licence to prescribe"),
    ],
)
def test_the_licence_is_for_the_sites_state_and_in_date(licences, state, says):
    facts = replace(SIGNABLE, credentials=(*licences, *ANA[1:]))
    finding = next(finding for finding in may_sign_order(facts, LIMITS, WEIGHTS) if finding.item == "order.prescriber_licence")
    assert finding.state == state
    assert says in finding.sentence
    assert finding.lifted_by == ("" if state == "met" else "nobody")


@pytest.mark.parametrize("kind", ["prescriber_licence", "dea", "privilege"])
def test_each_credential_is_needed(kind):
    assert open_items(credentials=[entry for entry in ANA if entry.kind != kind]) == {f"order.{kind}": ("unmet", "nobody")}


def test_credentials_that_nobody_looked_up_are_unknown():
    assert set(open_items(credentials=None)) == {"order.prescriber_licence", "order.dea", "order.privilege"}
    assert "this site" in may_sign_order(replace(SIGNABLE, credentials=(), site_state=""), LIMITS, WEIGHTS).sentence


# hazard: H2
def test_the_bounds_were_checked_with_the_measured_weight():
    assert open_items(dose=planned(weight_g=71_000)) == {"order.one_weight": ("unmet", "nobody")}
    assert open_items(weight=None)["order.one_weight"] == ("unknown", "")
    assert open_items(dose=planned(weight_g=None))["order.one_weight"] == ("unknown", "")


@pytest.mark.parametrize(
    "changes",
    [
        {"dosing_weight": None},
        {"dosing_weight": DosingWeight(weight_g=0, basis="actual weight")},
        {"dose": planned(dose_ug=None)},
        {"dose": planned(over_min=None)},
    ],
)
def test_an_order_that_cannot_be_compared_with_the_plan_is_unknown(changes):
    assert open_items(**changes)["order.as_planned"] == ("unknown", "")


def test_dose_bounds_and_weight_rules_are_part_of_it():
    assert open_items(dose=planned(dose_ug=70_500))["dose.per_weight"] == ("unmet", "nobody")
    assert open_items(height_mm=None) == {"weight.ordinary": ("unknown", "two_signatures")}


ORDER = OrderState(dose_number=2, signed_at=AT - timedelta(days=2), expires_at=AT + timedelta(days=5), ended=None, weight_g=70_000)


def in_force(order=ORDER, *, dose_number=2, weight_g=70_500, at=AT):
    return order_in_force(order, dose_number=dose_number, weight_g=weight_g, at=at, weights=WEIGHTS)


# req: S32
def test_a_signed_order_holds_until_its_last_moment():
    assert in_force().met
    assert in_force(at=ORDER.expires_at).met


# req: S32
@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"at": ORDER.expires_at + timedelta(seconds=1)}, "order.in_time"),
        ({"order": replace(ORDER, ended="used")}, "order.open"),
        ({"order": replace(ORDER, ended="cancelled")}, "order.open"),
        ({"order": replace(ORDER, ended="void")}, "order.open"),
        ({"order": replace(ORDER, signed_at=None)}, "order.signed"),
        ({"order": replace(ORDER, signed_at=AT + timedelta(minutes=1))}, "order.signed"),
        ({"dose_number": 3}, "order.signed"),
        ({"order": None}, "order.signed"),
        ({"weight_g": 74_000}, "weight.unchanged"),
    ],
)
def test_what_ends_an_order_is_lifted_by_nobody(change, item):
    verdict = in_force(**change)
    assert [(finding.item, finding.state) for finding in verdict.never] == [(item, "unmet")]
    assert len(verdict.open) == 1


def test_an_order_cannot_be_checked_without_todays_weight():
    assert [finding.state for finding in in_force(weight_g=None).open] == ["unknown"]
