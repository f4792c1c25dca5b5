"""Allow one more infusion after a course that ended well: a prescriber's signature, never a standing permission (S63; hazard H42)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.signing import check_both, lifted, seen
from afterglow.pathway.plan.actions.standing import consent_state, credentials, local_day
from afterglow.pathway.plan.models import BoosterAllowance, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.boosters import BoosterFacts, may_allow_booster
from afterglow.records.chart import access as chart
from afterglow.science.dosing.interval import EarlierDose
from afterglow.science.dosing.limits import interval_rules_from
from afterglow.science.verdict import Verdict


@transaction.atomic
def allow_booster(
    *,
    plan_id: UUID,
    earliest_on: date,
    reason: str,
    reviewed: bool | None,
    asked_elsewhere: bool | None,
    elsewhere: Sequence[EarlierDose] | None = (),
    late_effects: Verdict | None,
    saw: Mapping[str, Any],
    signed: Signature,
    second: Signature | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> int:
    """The dose number of the booster.  Its order, its visit and its gate are those of any dose.

    `reviewed`: the caller has seen a signed review that ended the course with aftercare; `saw`: how the person did, as the signer read it.
    `elsewhere`: ketamine from elsewhere, None when a yes came without a day.
    `late_effects`: what the bladder and the rest say, None: nobody looked.  What the protocol says why for takes a second signature.
    Raises Refusal `plan.booster_not_allowed` with every open item, `plan.no_reason`, `plan.drug_acts`, `plan.second_signer`,
    `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.ORDER_SIGN)
    asked = [plan_id, earliest_on, reason.strip(), asked_elsewhere, second.user_id if second else None]
    if earlier := once(by, key, asked, at=at):
        return int(earlier["dose_no"])
    check_both(signed, second, by=by, at=at)
    chart.lock_person(row.person_id)
    row = access.fetch_plan(by, plan_id, access.ORDER_SIGN, lock=True)
    if not reason.strip():
        raise Refusal("plan.no_reason", "A booster is given for a reason, and none was given.", "Write why in a few words.", field="reason")
    if consent.locked_until(row.person_id, at) is not None:
        raise Refusal("plan.drug_acts", "A drug may still act in this person, so no booster is decided now.", "Talk it over the next day.")
    verdict = booster_verdict(
        queries.plan(plan_id), earliest_on=earliest_on, reviewed=reviewed, asked_elsewhere=asked_elsewhere, elsewhere=elsewhere,
        late_effects=late_effects, signer=signed.user_id, by=by, at=at,
    )  # fmt: skip
    site = accounts.site(row.site_id, clinic_id=by.clinic_id)
    verdict = lifted(verdict, {"": reason}, signed, second, by=by, today=local_day(at, site))
    if not verdict.met:
        raise Refusal("plan.booster_not_allowed", f"No booster was allowed. {verdict.sentence}", "Settle what is named here.", findings=verdict.open)
    held = _store(row, earliest_on, reason.strip(), {"findings": seen(verdict), **saw}, signed, second, by=by, at=at)
    answer(by, key, {"dose_no": held.dose_no})
    return held.dose_no


def booster_verdict(
    plan: PlanRow,
    *,
    earliest_on: date,
    reviewed: bool | None,
    asked_elsewhere: bool | None,
    elsewhere: Sequence[EarlierDose] | None,
    late_effects: Verdict | None,
    signer: UUID | None,
    by: Actor,
    at: datetime,
) -> Verdict:
    """Everything that stands for or against one more booster from that day on; `signer` None: nobody signs yet."""
    site = accounts.site(plan.site_id, clinic_id=by.clinic_id)
    starts_at = max(datetime.combine(earliest_on, time(0), ZoneInfo(site.zone)), at)
    facts = BoosterFacts(
        plan=plan.rule_state,
        consent=consent_state(plan.person_id, plan.protocol.id, at),
        credentials=None if signer is None else credentials(signer, site.clinic_id),
        site_state=site.state,
        today=local_day(at, site),
        reviewed=reviewed,
        boosters=plan.boosters,
        boosters_given=boosters_given(plan),
        earliest_on=earliest_on,
        starts_at=starts_at,
        earlier=None if elsewhere is None else [*doses_here(plan.person_id), *elsewhere],
        asked_elsewhere=asked_elsewhere,
        late_effects=late_effects,
    )
    return may_allow_booster(facts, interval_rules_from(plan.effective))


def boosters_given(plan: PlanRow) -> int:
    """How many boosters of this course were started."""
    used = OrderEnd.objects.filter(why="used", order__plan_id__in=queries.course_of(plan.id), order__dose_no__gt=plan.infusions)
    return used.values("order__dose_no").distinct().count()


def doses_here(person_id: UUID) -> list[EarlierDose]:
    """Every dose started at this clinic, from the orders that were used, each ending when its ordered minutes were over."""
    infusions = {row.id: row.infusions for row in queries.plans_of(person_id)}
    used = OrderEnd.objects.filter(why="used", order__plan__person_id=person_id).order_by("at")
    return [
        EarlierDose(last_at=started + timedelta(minutes=over_min), where="this clinic", kind="booster" if dose_no > infusions[plan_id] else "course")
        for started, over_min, plan_id, dose_no in used.values_list("at", "order__over_min", "order__plan_id", "order__dose_no")
    ]


def _store(
    row: TreatmentPlan,
    earliest_on: date,
    reason: str,
    saw: Mapping[str, Any],
    signed: Signature,
    second: Signature | None,
    *,
    by: Actor,
    at: datetime,
) -> BoosterAllowance:
    number = row.boosters + 1
    held = BoosterAllowance.objects.create(
        id=ids.new_id(at),
        plan_id=row.id,
        dose_no=queries.plan(row.id).infusions + number,
        number=number,
        earliest_on=earliest_on,
        reason=reason,
        saw_text=trail.canonical(saw),
        at=at,
        by=by.label,
        signed_by_id=signed.user_id,
        second_by_id=second.user_id if second else None,
    )
    row.boosters = number
    row.save(update_fields=["boosters"])
    trail.record(
        events.booster_allowed,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"plan": row.id, "booster": held.id},
        old={"boosters": number - 1},
        new={"dose_no": held.dose_no, "number": number, "earliest_on": earliest_on, "saw": dict(saw)},
        reason=reason,
    )
    return held
