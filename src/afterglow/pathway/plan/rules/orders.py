"""May this order be signed, and does a signed one still hold?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from afterglow.pathway.plan.rules.guardrails import guardrails_are_accepted
from afterglow.science.dosing.amounts import milligrams_text
from afterglow.science.dosing.dose import TWO_SIGNERS, PlannedDose, dose_from_weight, guardrails
from afterglow.science.dosing.limits import DoseLimits, WeightRules
from afterglow.science.dosing.weight import DosingWeight, WeighedOn, weight_to_dose_on, weight_unchanged
from afterglow.science.verdict import Finding, Verdict

ConsentState = Literal["in_force", "superseded", "capacity_not_shown", "other_course", "withdrawn", "absent"]
PlanState = Literal["draft", "in_force", "ended"]
CredentialKind = Literal["prescriber_licence", "dea", "privilege"]
OrderEnd = Literal["used", "cancelled", "void"]
NEVER = "never lifted (local judgement)"

CREDENTIAL_WORDS: dict[CredentialKind, str] = {
    "prescriber_licence": "licence to prescribe",
    "dea": "DEA registration",
    "privilege": "privilege to give ketamine at this clinic",
}
CONSENT_CLOSED: dict[str, str] = {
    "absent": "There is no signed consent. Ask the person to read and sign it.",
    "withdrawn": "Consent was withdrawn. No dose may be ordered.",
    "capacity_not_shown": "Capacity was not shown when consent was signed. Assess it, and sign again.",
    "other_course": "The signed consent does not cover the course of this plan. Ask the person to read and sign the document that does.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One credential of the prescriber that was not ended early.  `state`: where it holds, "" when everywhere; `expires_on`: its last day.

    `expires_on` None: the last day is not recorded, which is not met.
    """

    kind: CredentialKind
    state: str
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What signing an order for infusion `dose_number` rests on.  None: nobody looked yet.

    `today` is the site's date.  `doses_allowed`: the plan allows doses up to this number until the next signed review.
    `boosters`: how many more, after the infusions of the course, were each allowed by a signature.
    `already_ordered`: an order for this infusion is signed and neither void nor used.
    `guardrails_open`: the titles of the protocol's guardrails that no prescriber of this site accepted.
    `already_given`: an order for this infusion was used, under any version of the plan: it is running or over.
    """

    plan: PlanState | None
    consent: ConsentState | None
    credentials: Sequence[Credential] | None
    site_state: str
    today: date
    dose_number: int
    doses_allowed: int
    infusions: int
    already_ordered: bool | None
    already_given: bool | None
    boosters: int = 0
    guardrails_open: Sequence[str] | None = None
    planned_drug_id: str
    planned_ug_per_kg: int
    planned_over_min: int
    dose: PlannedDose
    weight: WeighedOn | None
    dosing_weight: DosingWeight | None
    height_mm: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """A stored order as the gate sees it.  `weight_g` is the actual weight it was signed for."""

    dose_number: int
    signed_at: datetime | None
    expires_at: datetime
    ended: OrderEnd | None
    weight_g: int


def may_sign_order(facts: OrderFacts, limits: DoseLimits, weights: WeightRules) -> Verdict:
    """Every unmet item at once: plan, consent, credentials, dose number, drug, dose bounds, weight; unknown is unmet."""
    return Verdict.of(
        plan_is_in_force(facts.plan),
        guardrails_are_accepted(facts.guardrails_open, item="order.guardrails"),
        consent_is_in_force(facts.consent),
        *credentials_in_date(facts.credentials, site_state=facts.site_state, today=facts.today),
        dose_is_allowed(facts),
        no_other_order(facts.already_ordered, facts.dose_number),
        not_given(facts.already_given, facts.dose_number),
        drug_is_planned(facts),
        dose_is_as_planned(facts, limits),
        *guardrails(facts.dose, limits),
        *weight_to_dose_on(facts.weight, facts.dosing_weight, facts.height_mm, facts.today, weights),
        one_weight(facts),
    )


def plan_is_in_force(plan: PlanState | None) -> Finding:
    item = "order.plan"
    if plan is None:
        return Finding.unknown(item, "There is no treatment plan. Make and sign it first.", lifted_by="nobody")
    if plan != "in_force":
        return Finding.unmet(item, f"The treatment plan is {plan}, not in force. An order needs a signed plan.", source=NEVER, lifted_by="nobody")
    return Finding.met(item, "The treatment plan is in force.")


def consent_is_in_force(consent: ConsentState | None) -> Finding:
    """A superseded version may be lifted; absent, withdrawn, for another course or capacity not shown never (safety 4)."""
    item = "order.consent"
    if consent is None:
        return Finding.unknown(item, "Nobody has looked for the consent.", lifted_by="nobody")
    if consent == "superseded":
        sentence = "The signed consent is an earlier version. Ask the person to read and sign the one in force, or say why the earlier one is enough."
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO_SIGNERS)
    if consent in CONSENT_CLOSED:
        return Finding.unmet(item, CONSENT_CLOSED[consent], source=NEVER, mark="J", lifted_by="nobody")
    return Finding.met(item, "Consent is in force.")


def credentials_in_date(credentials: Sequence[Credential] | None, *, site_state: str, today: date) -> tuple[Finding, ...]:
    """Licence for the site's state, DEA registration and privilege, each in date today.  Nobody lifts one that is not."""
    return tuple(_credential(kind, credentials, site_state, today) for kind in CREDENTIAL_WORDS)


def _credential(kind: CredentialKind, credentials: Sequence[Credential] | None, site_state: str, today: date) -> Finding:
    item, words = f"order.{kind}", CREDENTIAL_WORDS[kind]
    if credentials is None:
        return Finding.unknown(item, f"The prescriber's {words} was not looked up.", lifted_by="nobody")
    here = [entry for entry in credentials if entry.kind == kind and entry.state in ("", site_state)]
    ends = [entry.expires_on for entry in here if entry.expires_on is not None]
    if ends and max(ends) >= today:
        return Finding.met(item, f"The {words} is in date until {max(ends):%d %b %Y}.")
    if len(ends) < len(here):
        return Finding.unknown(item, f"The {words} has no last day on record. Record it.", lifted_by="nobody")
    if ends:
        return _closed(item, f"The {words} ended on {max(ends):%d %b %Y}. Record the renewal first.")
    return _closed(item, f"No {words} is on record for {site_state or 'this site'}. Record it first.")


def dose_is_allowed(facts: OrderFacts) -> Finding:
    """The number lies in the course and not past the next review, or it is a booster that was signed for."""
    item = "order.dose_number"
    if facts.infusions < facts.dose_number <= facts.infusions + facts.boosters:
        return Finding.met(item, f"Booster {facts.dose_number - facts.infusions} after {facts.infusions} infusions, allowed by a prescriber.")
    if not 1 <= facts.dose_number <= facts.infusions:
        return Finding.unmet(item, f"The plan has infusions 1 to {facts.infusions}; {facts.dose_number} is not one of them.", lifted_by="nobody")
    if facts.dose_number > facts.doses_allowed:
        sentence = f"Infusion {facts.dose_number} is past the review: {facts.doses_allowed} are allowed so far. A prescriber reviews and signs first."
        return Finding.unmet(item, sentence, mark="J")
    return Finding.met(item, f"Infusion {facts.dose_number} of {facts.infusions}.")


def no_other_order(already_ordered: bool | None, dose_number: int) -> Finding:
    item = "order.only_one"
    if already_ordered is None:
        return Finding.unknown(item, "Nobody has looked for an earlier order of this infusion.", lifted_by="nobody")
    if already_ordered:
        return Finding.unmet(item, f"Infusion {dose_number} is ordered already. Void that order first.", lifted_by="nobody")
    return Finding.met(item, "There is no other open order for this infusion.")


def not_given(already_given: bool | None, dose_number: int) -> Finding:
    """One number is one infusion for ever: what was started is not ordered again, even when little of it ran in (hazard H5)."""
    item = "order.not_given"
    if already_given is None:
        return Finding.unknown(item, "Nobody has looked whether this infusion was started.", lifted_by="nobody")
    if already_given:
        sentence = f"Infusion {dose_number} was started already. It is not ordered a second time; the next number is."
        return Finding.unmet(item, sentence, source=NEVER, lifted_by="nobody")
    return Finding.met(item)


def drug_is_planned(facts: OrderFacts) -> Finding:
    """Racemate and S-ketamine are two drugs (hazard H4): a change of drug is a change of plan."""
    item = "order.drug"
    if facts.dose.drug is None:
        return Finding.unknown(item, "The order names no listed drug.", lifted_by="nobody")
    if facts.dose.drug.id != facts.planned_drug_id:
        return Finding.unmet(item, f"The plan is for another drug than {facts.dose.drug.name}. Revise the plan first.", lifted_by="nobody")
    return Finding.met(item, facts.dose.drug.name)


def dose_is_as_planned(facts: OrderFacts, limits: DoseLimits) -> Finding:
    """The dose and time of the plan for this weight.  Another one is a deviation: it is captured with its reason (S36)."""
    item = "order.as_planned"
    if facts.dosing_weight is None or facts.dosing_weight.weight_g <= 0 or facts.dose.dose_ug is None or facts.dose.over_min is None:
        return Finding.unknown(item, "Dose, time or dosing weight is missing, so the order cannot be compared with the plan.")
    planned_ug = dose_from_weight(ug_per_kg=facts.planned_ug_per_kg, weight_g=facts.dosing_weight.weight_g, step_ug=limits.step_ug)
    planned = f"{milligrams_text(planned_ug)} over {facts.planned_over_min} min"
    if (facts.dose.dose_ug, facts.dose.over_min) != (planned_ug, facts.planned_over_min):
        ordered = f"{milligrams_text(facts.dose.dose_ug)} over {facts.dose.over_min} min"
        sentence = f"The plan gives {planned}; this order gives {ordered}. Say why, or revise the plan."
        return Finding.unmet(item, sentence, mark="J", lifted_by="two_signatures", who=TWO_SIGNERS)
    return Finding.met(item, f"{planned}, as planned.")


def one_weight(facts: OrderFacts) -> Finding:
    """The weight the bounds were checked with is the measured one."""
    item = "order.one_weight"
    if facts.weight is None or facts.dose.weight_g is None:
        return Finding.unknown(item, "There is no weight to check the dose with.")
    if facts.weight.weight_g != facts.dose.weight_g:
        return Finding.unmet(item, "The dose was worked out from another weight than the latest. Work it out again.", lifted_by="nobody")
    return Finding.met(item, "The dose was worked out from the latest weight.")


def order_in_force(order: OrderState | None, *, dose_number: int, weight_g: int | None, at: datetime, weights: WeightRules) -> Verdict:
    """Does this order cover a dose now: signed, for this infusion, not void or used, in time, and the weight unchanged?  Nobody lifts it."""
    if order is None:
        return Verdict.of(_closed("order.signed", f"There is no order for infusion {dose_number}. A prescriber signs one."))
    return Verdict.of(
        _signed(order, dose_number, at),
        _open(order),
        _in_time(order, at),
        weight_unchanged(order.weight_g, weight_g, weights),
    )


def _signed(order: OrderState, dose_number: int, at: datetime) -> Finding:
    if order.dose_number != dose_number:
        return _closed("order.signed", f"This order is for infusion {order.dose_number}, not {dose_number}.")
    if order.signed_at is None or order.signed_at > at:
        return _closed("order.signed", "The order is not signed. A prescriber signs it.")
    return Finding.met("order.signed", "The order is signed.")


def _open(order: OrderState) -> Finding:
    if order.ended == "used":
        return _closed("order.open", "The order was used. One order is for one infusion: a prescriber signs a new one.")
    if order.ended is not None:
        return _closed("order.open", f"The order is {order.ended}. A prescriber signs a new one.")
    return Finding.met("order.open", "The order is open.")


def _in_time(order: OrderState, at: datetime) -> Finding:
    if at > order.expires_at:
        return _closed("order.in_time", "The order has expired. A prescriber signs a new one.")
    return Finding.met("order.in_time", "The order is in time.")


def _closed(item: str, sentence: str) -> Finding:
    return Finding.unmet(item, sentence, source=NEVER, mark="J", lifted_by="nobody")
