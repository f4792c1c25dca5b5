"""A prescriber signs the plan: from now on the person is treated by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.end_plan import end_held_plan
from afterglow.pathway.plan.actions.signing import check_both, lifted, seen
from afterglow.pathway.plan.actions.standing import signing_facts
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.baseline import baseline_before
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.plan.rules.baseline import stored
from afterglow.pathway.plan.rules.plans import PlanFacts, may_sign_plan, reviews_after
from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.pathway.plan.rules.series import earlier_doses_are_reviewed
from afterglow.records.chart import access as chart


@transaction.atomic
def sign_plan(*, plan_id: UUID, signed: Signature, second: Signature | None = None, reason: str = "", by: Actor, at: datetime) -> None:
    """Signing again what is in force changes nothing.  The version before it ends, and its open orders become void.

    A change outside "say why" is lifted by its own reason and `second`; a superseded consent by `reason` and `second`.
    Raises Refusal `plan.not_signed` with every open item, `plan.not_a_draft`, `plan.second_signer`, `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = access.fetch_plan(by, plan_id, access.SIGN)
    chart.lock_person(row.person_id)
    row = access.fetch_plan(by, plan_id, access.SIGN, lock=True)
    if row.state == "in_force":
        return
    if row.state != "draft":
        raise Refusal("plan.not_a_draft", f"This plan is {row.state}; it cannot be signed.", "Make a new plan.")
    check_both(signed, second, by=by, at=at)
    site, plan = accounts.site(row.site_id, clinic_id=by.clinic_id), queries.plan(plan_id)
    facts = signing_facts(plan, site=site, signer=signed.user_id, at=at)
    reasons = {"": reason} | {f"plan.{change.path}": change.reason for change in plan.changes}
    verdict = lifted(may_sign_plan(facts, plan.made), reasons, signed, second, by=by, today=facts.today)
    if not verdict.met:
        raise Refusal(
            "plan.not_signed", f"The plan was not signed. {verdict.sentence}", "Settle what is named here, then sign.", findings=verdict.open
        )
    if row.replaces_id is not None:
        row.boosters = _end_the_version_before(row.replaces_id, row.version, by=by, at=at)
    else:
        _count_earlier_doses(row, plan, facts)
    row.state, row.signed_at, row.signed_by_id, row.second_by_id = "in_force", at, signed.user_id, second.user_id if second else None
    before = None if plan.replaces_id is None else queries.plan(plan.replaces_id)
    baseline = baseline_before(before, plan.person_id, plan.protocol.content, at=at)
    row.saw_text, row.baseline_text = trail.canonical(seen(verdict)), trail.canonical(stored(baseline))
    fields = ["state", "signed_at", "signed_by", "second_by", "saw_text", "baseline_text", "boosters", "carried", "began_anew", "allowed_doses"]
    row.save(update_fields=fields)
    trail.record(
        events.plan_signed,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"plan": row.id},
        new={"version": row.version, "saw": seen(verdict), "second": second.name if second else None, "began_anew": row.began_anew},
        reason=reason.strip(),
        library=plan.protocol.label,
    )


def _count_earlier_doses(row: TreatmentPlan, plan: PlanRow, facts: PlanFacts) -> None:
    """What was given since the draft was made counts too; only a new beginning that two have signed for counts from nothing."""
    named, since = reviews_after(plan.effective), facts.series.given_since if facts.series else 0
    row.began_anew = not earlier_doses_are_reviewed(facts.series, named).is_met  # the verdict is met, so it was lifted
    row.carried = 0 if row.began_anew else since
    row.allowed_doses = doses_allowed_at_first(named, plan.infusions, row.carried)


def _end_the_version_before(plan_id: UUID, version: int, *, by: Actor, at: datetime) -> int:
    """How many boosters it had been allowed: the next version goes on with them."""
    before = TreatmentPlan.objects.select_for_update().get(id=plan_id)
    if before.state != "in_force":
        raise Refusal("plan.not_in_force", "The plan that this draft revises is no longer in force.", "Make a new plan from the protocol.")
    end_held_plan(before, reason=f"Version {version} took its place.", by=by, at=at)
    return before.boosters
