"""What making a plan or signing an order rests on, read from the record: the facts that the rules ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan.actions.extension import extension_of
from afterglow.pathway.plan.actions.series import series_of
from afterglow.pathway.plan.models import OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.guardrails import guardrails
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules import orders, plans
from afterglow.pathway.plan.rules.series import SeriesFacts
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.queries.known import indication_of
from afterglow.pathway.screening.rules.indications import is_planned_by
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries import BodyRow
from afterglow.records.staff import queries as staff
from afterglow.science.dosing.amounts import ImpossibleAmount, micrograms
from afterglow.science.dosing.dose import PlannedDose, dose_from_weight
from afterglow.science.dosing.limits import DoseLimits, WeightRules, drugs_from, limits_from, weight_rules_from
from afterglow.science.dosing.weight import DosingWeight, WeighedOn

CREDENTIALS = frozenset(orders.CREDENTIAL_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """What the prescriber asks for.  `dose_ug`, `over_min` None: as planned.  `dosing_weight_g` None: the actual weight.

    `weight_confirmed`: asked today whether an earlier weight still holds; None: not asked.
    """

    dose_no: int
    dose_ug: int | None = None
    over_min: int | None = None
    dosing_weight_g: int | None = None
    weight_confirmed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStanding:
    """An order as it would be signed now: its facts, the bounds they are held against, and the weight they come from."""

    facts: orders.OrderFacts
    limits: DoseLimits
    weights: WeightRules
    weight: BodyRow | None
    planned_ug: int | None


def local_day(at: datetime, site: SiteRow) -> date:
    return at.astimezone(ZoneInfo(site.zone)).date()


def signing_facts(plan: PlanRow, *, site: SiteRow, signer: UUID, at: datetime) -> plans.PlanFacts:
    """For `may_sign_plan`: what a draft rests on now."""
    facts = plan_facts(person_id=plan.person_id, protocol=plan.protocol, site=site, replaces=plan.replaces_id, signer=signer, at=at)
    return replace(facts, extension=extension_of(plan, at))


def plan_facts(
    *, person_id: UUID, protocol: LibraryRecord, site: SiteRow, replaces: UUID | None, signer: UUID | None, at: datetime
) -> plans.PlanFacts:
    """For `may_make_plan`; `signer` None: nobody signs yet."""
    decision = screening.latest_decision(person_id)
    is_cleared = decision is not None and decision.outcome == "cleared"
    others = TreatmentPlan.objects.filter(person_id=person_id, state="in_force")
    return plans.PlanFacts(
        screening=None if decision is None else "cleared" if is_cleared else "declined",
        indicated=is_planned_by(indication_of(decision.indication), protocol.id) if decision is not None and is_cleared else None,
        another_in_force=(others if replaces is None else others.exclude(id=replaces)).exists(),
        consent=consent_state(person_id, protocol.id, at),
        credentials=None if signer is None else credentials(signer, site.clinic_id),
        site_state=site.state,
        today=local_day(at, site),
        kept_infusions=_kept_infusions(replaces),
        series=series_of(person_id) if replaces is None else SeriesFacts(),
        guardrails_open=None if signer is None else guardrails(site.id, protocol).open_titles,
    )


def _kept_infusions(replaces: UUID | None) -> int | None:
    """How many infusions the boosters of the version before follow; None when it has none."""
    before = None if replaces is None else queries.plan(replaces)
    return before.infusions if before is not None and before.boosters else None


def consent_state(person_id: UUID, protocol: str, at: datetime) -> orders.ConsentState:
    """Consent, what it covers and capacity in one: a signature for another course, or without a clinician's note of capacity, does not count."""
    held = consent.in_force(person_id, at=at)
    if held.state in ("in_force", "superseded") and not held.covers(protocol).is_met:
        return "other_course"
    if held.state in ("in_force", "superseded") and held.capacity_shown is not True:
        return "capacity_not_shown"
    return held.state


def credentials(user_id: UUID, clinic_id: UUID) -> tuple[orders.Credential, ...]:
    """Of one prescriber, those not ended early."""
    rows = staff.credentials_of(user_id, clinic_id)
    return tuple(
        orders.Credential(kind=row.kind, state=row.state, expires_on=row.expires_on)
        for row in rows
        if row.kind in CREDENTIALS and row.ended_at is None
    )


def order_standing(plan: PlanRow, wish: OrderWish, *, signer: UUID, clinic_id: UUID, at: datetime) -> OrderStanding:
    """Everything `may_sign_order` looks at, from the latest weight and the plan as it stands."""
    site = accounts.site(plan.site_id, clinic_id=clinic_id)
    content, limits = plan.effective, limits_from(plan.effective)
    weight, height = chart.latest_weight(plan.person_id), chart.latest_height(plan.person_id)
    weighed = _weighed(weight, site, wish.weight_confirmed)
    dosing = _dosing_weight(weighed, wish.dosing_weight_g, content["dose"]["basis"])
    ug_per_kg = micrograms(content["dose"]["mg_per_kg"])
    planned_ug = _planned(ug_per_kg, dosing, limits)
    facts = orders.OrderFacts(
        plan=plan.rule_state,
        consent=consent_state(plan.person_id, plan.protocol.id, at),
        credentials=credentials(signer, clinic_id),
        site_state=site.state,
        today=local_day(at, site),
        dose_number=wish.dose_no,
        doses_allowed=plan.allowed_doses,
        infusions=plan.infusions,
        boosters=plan.boosters,
        guardrails_open=guardrails(site.id, plan.protocol).open_titles,
        already_ordered=any(row.holds for row in queries.orders_of(plan.id, at, dose_no=wish.dose_no)),
        already_given=_given(plan.id, wish.dose_no),
        planned_drug_id=content["drug"],
        planned_ug_per_kg=ug_per_kg,
        planned_over_min=content["dose"]["over_min"],
        dose=PlannedDose(
            drug=drugs_from(library_file("codes", "ketamine_products").content).get(content["drug"]),
            dose_ug=planned_ug if wish.dose_ug is None else wish.dose_ug,
            weight_g=weighed.weight_g if weighed else None,
            over_min=content["dose"]["over_min"] if wish.over_min is None else wish.over_min,
        ),
        weight=weighed,
        dosing_weight=dosing,
        height_mm=height.millimetres if height else None,
    )
    return OrderStanding(facts=facts, limits=limits, weights=weight_rules_from(content), weight=weight, planned_ug=planned_ug)


def _given(plan_id: UUID, dose_no: int) -> bool:
    """Was this infusion started, under any version of the course?"""
    return OrderEnd.objects.filter(why="used", order__plan_id__in=queries.course_of(plan_id), order__dose_no=dose_no).exists()


def _weighed(weight: BodyRow | None, site: SiteRow, confirmed: bool | None) -> WeighedOn | None:
    if weight is None:
        return None
    return WeighedOn(weight_g=weight.grams, measured_on=local_day(weight.taken_at, site), at_site=weight.on_site, confirmed=confirmed)


def _dosing_weight(weighed: WeighedOn | None, wished_g: int | None, basis: str) -> DosingWeight | None:
    """The weight the dose rests on; a plan on adjusted weight needs one that was worked out and typed."""
    if weighed is None:
        return None
    if basis == "adjusted weight":
        return None if wished_g is None else DosingWeight(weight_g=wished_g, basis="adjusted weight")
    return DosingWeight(weight_g=weighed.weight_g, basis="actual weight")


def _planned(ug_per_kg: int, dosing: DosingWeight | None, limits: DoseLimits) -> int | None:
    if dosing is None:
        return None
    try:
        return dose_from_weight(ug_per_kg=ug_per_kg, weight_g=dosing.weight_g, step_ug=limits.step_ug)
    except ImpossibleAmount:
        return None
