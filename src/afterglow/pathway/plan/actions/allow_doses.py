"""Let the course go further: after a signed review, or by one bridging dose with a reason (safety 39; N7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.models import Allowance, TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.plans import reviews_after
from afterglow.pathway.plan.rules.reviews import AllowFacts, doses_allowed_at_first, may_allow_doses
from afterglow.records.chart import access as chart


@transaction.atomic
def allow_doses(*, plan_id: UUID, up_to: int, reason: str, reviewed: bool, signed: Signature | None = None, by: Actor, at: datetime) -> None:
    """`reviewed`: a review at this limit is signed and says continue; `signed` is then the reviewer's own signature.

    Allowing what is allowed already changes nothing.  A later station that keeps its own signed reviews calls this with `reviewed=True`.
    Raises Refusal `plan.not_allowed` with every open item, `plan.no_reason`, `plan.not_in_force`, `plan.drug_acts` while the person signs
    nothing (a course is not extended under the drug: safety 19), `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.SIGN)
    if signed is not None:
        check_signature(signed, by=by, at=at)
    chart.lock_person(row.person_id)
    row = access.fetch_plan(by, plan_id, access.SIGN, lock=True)
    if row.state != "in_force":
        raise Refusal("plan.not_in_force", "This plan is not in force.", "Open the plan that is.")
    if up_to <= row.allowed_doses:
        return
    if consent.locked_until(row.person_id, at) is not None:
        raise Refusal("plan.drug_acts", "A drug may still act in this person, so the course is not extended now.", "Talk it over the next day.")
    if not reason.strip():
        raise Refusal(
            "plan.no_reason", "What the review found, or why a bridging dose is needed, is not written.", "Write it in a few words.", field="reason"
        )
    verdict = may_allow_doses(_facts(row, up_to, reason, reviewed))
    if not verdict.met:
        raise Refusal("plan.not_allowed", f"No further dose was allowed. {verdict.sentence}", "Settle what is named here.", findings=verdict.open)
    Allowance.objects.create(
        id=ids.new_id(at),
        plan_id=plan_id,
        before=row.allowed_doses,
        up_to=up_to,
        bridging=not reviewed,
        reason=reason.strip(),
        at=at,
        by=by.label,
        signed_by_id=signed.user_id if signed else None,
    )
    old, row.allowed_doses = row.allowed_doses, up_to
    row.save(update_fields=["allowed_doses"])
    trail.record(
        events.doses_allowed,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"plan": plan_id},
        old={"up_to": old},
        new={"up_to": up_to, "bridging": not reviewed},
        reason=reason.strip(),
    )


def _facts(row: TreatmentPlan, up_to: int, reason: str, reviewed: bool) -> AllowFacts:
    plan = queries.plan(row.id)
    named = reviews_after(plan.effective)
    return AllowFacts(
        up_to=up_to,
        allowed=row.allowed_doses,
        given=queries.doses_used(row.id),
        reviews_after=sorted({doses_allowed_at_first(named, plan.infusions, row.carried), *named}),
        infusions=plan.infusions,
        reviewed=reviewed,
        bridging_left=plan.effective["bridging_doses"]["at_most"] - queries.bridging_used(row.id),
        reason=reason,
    )
