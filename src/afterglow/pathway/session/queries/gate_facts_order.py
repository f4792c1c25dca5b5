"""The gate's facts about consent, order, drug and pump."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.content.queries import library_file
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.plan.actions.allowed_boosters import boosters
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.boosters import limit_for
from afterglow.pathway.plan.rules.orders import OrderState, order_in_force, plan_is_in_force
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.check_in import DRAW
from afterglow.pathway.session.queries.draw import open_draw
from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_dose import SaidWhy, signed_on_the_order
from afterglow.pathway.session.rules.gate_facts import Consent, Credential, ReadBack, Screening, Stock
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.staff import queries as staff
from afterglow.science.dosing.dose import PlannedDose, guardrails
from afterglow.science.dosing.interval import EarlierDose, intervals
from afterglow.science.dosing.limits import drugs_from, interval_rules_from, limits_from, products_from, weight_rules_from
from afterglow.science.dosing.pump import Mixture, draw_agrees, lot_is_as_ordered, pump_agrees
from afterglow.science.verdict import Verdict

CREDENTIALS = {"prescriber_licence": "licence", "dea": "dea", "privilege": "privilege"}
"""What a credential is called in the staff record, and at the gate."""


def about_the_order(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_order` of the gate."""
    return {
        "screening": _screening(held),
        "consent": _consent(held),
        "order": _order(held),
        "credentials": _credentials(held),
        "dose": _dose(held),
        "interval": _interval(held),
        "dose_number": held.session.dose_no,
        "doses_allowed": _doses_allowed(held),
        "iv_site_sound": held.given.yes("iv_site"),
        **_drawn(held),
    }


def _screening(held: Visit) -> Screening | None:
    decision = held.decision
    if decision is None:
        return None
    looked_up = held.given.said("prescription_monitoring", "looked_up_on")
    days = [day for day in (decision.pdmp_checked_on, date.fromisoformat(looked_up) if looked_up else None) if day is not None]
    return Screening(
        cleared=decision.outcome == "cleared",
        decided_on=held.day_of(decision.signed_at),
        pdmp_checked_on=max(days, default=None),
    )


def _consent(held: Visit) -> Consent:
    state = held.consent
    signed = state.state in ("in_force", "superseded")
    stands = "other_course" if signed and not state.covers(held.plan.protocol.id).is_met else state.state
    return Consent(state=stands, signed_version=str(state.version or ""), current_version=str(state.current_version or ""))


def _order(held: Visit) -> Verdict:
    order = held.order
    seen = (
        None
        if order is None
        else OrderState(dose_number=order.dose_no, signed_at=order.signed_at, expires_at=order.expires_at, ended=order.ended, weight_g=order.weight_g)
    )
    found = order_in_force(
        seen,
        dose_number=held.session.dose_no,
        weight_g=held.weight.grams if held.weight else None,
        at=held.at,
        weights=weight_rules_from(held.plan.effective),
    )
    return Verdict.of(plan_is_in_force(held.plan.rule_state), *found)


def _credentials(held: Visit) -> tuple[Credential, ...]:
    """Of the prescriber who signed the order: those that hold in this site's state and were not ended early."""
    if held.order is None:
        return ()
    rows = staff.credentials_of(held.order.signed_by_id, held.site.clinic_id)
    return tuple(
        Credential(kind=CREDENTIALS[row.kind], holder=held.order.signed_by, ends_on=row.expires_on)  # type: ignore[arg-type]
        for row in rows
        if row.kind in CREDENTIALS
        and row.ended_at is None
        and row.state in (("", held.site.state) if row.kind != "prescriber_licence" else (held.site.state,))
    )


def _dose(held: Visit) -> Verdict | None:
    """The order's dose against the plan's bounds with today's weight; what was said why on the order counts for that alone."""
    order = held.order
    if order is None:
        return None
    drugs = drugs_from(library_file("codes", "ketamine_products").content)
    bounds = limits_from(held.plan.effective)
    ordered = PlannedDose(drug=drugs.get(order.drug), dose_ug=order.dose_ug, weight_g=order.weight_g, over_min=order.over_min)
    today = replace(ordered, weight_g=held.weight.grams if held.weight else None)
    said = SaidWhy(
        reason=order.reason, signed_by=order.signed_by, signed_by_id=order.signed_by_id, second_by=order.second_by, second_by_id=order.second_by_id,
        recorded=order.saw,
    )  # fmt: skip
    return signed_on_the_order(guardrails(today, bounds), said, as_ordered=guardrails(ordered, bounds))


def _interval(held: Visit) -> Verdict:
    """Own doses and those from elsewhere; a yes without a day leaves the history unknown."""
    row = held.given.get("other_ketamine")
    asked = None if row is None or row.yes() is None else True
    elsewhere = _elsewhere(held)
    booster = held.session.dose_no > held.plan.infusions
    earlier = None if elsewhere is None else [*own_doses(held.session.person_id, held.session.id, held.at), *elsewhere]
    return intervals(at=held.at, earlier=earlier, asked_elsewhere=asked, booster=booster, rules=interval_rules_from(held.plan.effective))


def _doses_allowed(held: Visit) -> int:
    """How far the reviews let the course go; for a booster, those that were signed, and none before its first day."""
    plan, dose_no = held.plan, held.session.dose_no
    early = any(row.dose_no == dose_no and held.today < row.earliest_on for row in boosters(plan.id)) if dose_no > plan.infusions else False
    return plan.infusions if early else limit_for(dose_no, infusions=plan.infusions, allowed=plan.allowed_doses, boosters=plan.boosters)


def _elsewhere(held: Visit) -> list[EarlierDose] | None:
    row = held.given.get("other_ketamine")
    if row is None or row.value is None:
        return None
    if not row.yes():
        return []
    last_on = row.value.get("last_on")
    if not last_on:
        return None
    day_ends = datetime.combine(date.fromisoformat(last_on) + timedelta(days=1), time(0), ZoneInfo(held.site.zone))
    often = {key: row.value.get(key) for key in ("in_week", "in_review")}
    return [EarlierDose(last_at=min(day_ends, held.at), where=str(row.value.get("where")), kind="elsewhere", **often)]


def own_doses(person_id: UUID, but_not: UUID, at: datetime) -> list[EarlierDose]:
    """Doses started at this clinic; one that still runs ends now at the earliest, one left while it ran ended when its record closed."""
    infusions = {row.id: row.infusions for row in plans.plans_of(person_id)}
    return [
        EarlierDose(last_at=ended or closed or at, where="this clinic", kind="booster" if dose_no > infusions[plan_id] else "course")
        for ended, closed, plan_id, dose_no in _started(person_id, but_not)
    ]


@prepared
def _started(person_id: UUID, but_not: UUID) -> Rows:
    rows = Session.objects.filter(person_id=person_id, started_at__isnull=False).exclude(id=but_not).order_by("started_at")
    return rows.values_list("dosing_ended_at", "ended_at", "plan_id", "dose_no")


def _drawn(held: Visit) -> dict[str, Any]:
    """Lot, draw, read-back and pump of the draw that is still in the syringe; drug and route of the order."""
    order = held.order
    route = {"drug": DRUGS.get(order.drug), "route": order.route} if order else {}
    row = held.given.get(DRAW)
    drawn = open_draw(held)
    if row is None or row.value is None or order is None or drawn is None:
        return route
    lot = cabinet.lot(drawn.lot_id, held.site.clinic_id)
    mixture = Mixture(drug_ug=drawn.drug_ug, total_ul=drawn.total_ul)
    products = products_from(library_file("codes", "ketamine_products").content)
    return {
        **route,
        "stock": Stock(lot=lot.lot_no, expires_on=lot.expires_on, recalled=lot.recalled, enough=True),
        "draw": Verdict.of(
            lot_is_as_ordered(products.get(lot.product), strength_ug_per_ml=lot.strength_ug_per_ml, ordered_drug_id=order.drug),
            draw_agrees(volume_ul=drawn.volume_ul, strength_ug_per_ml=lot.strength_ug_per_ml, dose_ug=order.dose_ug),
        ),
        "read_back": ReadBack(
            drawn_by=drawn.drawn_by,
            drawn_by_id=row.by_user_id,
            read_by=drawn.read_by,
            read_by_id=UUID(row.value["read_by_id"]),
            reader_licensed=staff.is_licensed(UUID(row.value["read_by_id"]), held.site.clinic_id, held.today),
        ),
        "pump_agreement": pump_agrees(rate_ul_per_h=drawn.rate_ul_per_h, over_min=order.over_min, mixture=mixture, dose_ug=order.dose_ug),
    }


DRUGS = {"ketamine_racemic": "ketamine", "esketamine": "esketamine"}
"""The ordered drug as the gate's setting question names it."""
