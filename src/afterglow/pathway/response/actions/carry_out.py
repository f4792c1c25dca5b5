"""A review asked for a changed or a longer plan, and that plan is signed: let its doses go on, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.response import access, events
from afterglow.pathway.response.actions.sign_review import going_on_to, said
from afterglow.pathway.response.queries.reviews import carry_facts, reviews_of
from afterglow.pathway.response.rules.reviews import may_carry_out
from afterglow.records.chart import access as chart


@transaction.atomic
def carry_out(*, plan_id: UUID, signed: Signature, by: Actor, at: datetime) -> int:
    """Up to which dose the plan in force may go now.

    Raises Refusal `response.not_carried_out` with every open item, and what `allow_doses` raises; `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = plan_access.fetch_plan(by, plan_id, access.REVIEW_SIGN)
    check_signature(signed, by=by, at=at)
    chart.lock_person(row.person_id)
    plan_access.fetch_plan(by, plan_id, access.REVIEW_SIGN, lock=True)
    signed_reviews = reviews_of(plan_id)
    verdict = may_carry_out(carry_facts(plan_id, signed_reviews))
    if not signed_reviews or not verdict.met:
        raise Refusal(
            "response.not_carried_out", f"No further dose was allowed. {verdict.sentence}", "Settle what is named here.", findings=verdict.open
        )
    review = signed_reviews[-1]
    up_to = going_on_to(plan_id, review.after_dose)
    allow_doses(plan_id=plan_id, up_to=up_to, reason=said(review), reviewed=True, signed=signed, by=by, at=at)
    trail.record(
        events.review_carried_out, by=by, at=at, person_id=row.person_id, objects={"plan": plan_id, "review": review.id}, new={"up_to": up_to}
    )
    return up_to
