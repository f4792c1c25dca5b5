"""A prescriber decides for one booster, on what aftercare shows; the plan keeps the signature and the order of things (S63; hazard H42)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare import access
from afterglow.pathway.aftercare.actions.record_check import saw
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.aftercare import AftercareRow
from afterglow.pathway.aftercare.queries.late_effects import before_a_booster
from afterglow.pathway.aftercare.queries.waiting import newest_review
from afterglow.pathway.plan.actions.allow_booster import allow_booster, booster_verdict
from afterglow.pathway.plan.queries import plans
from afterglow.records.chart import access as chart
from afterglow.science.dosing.interval import EarlierDose
from afterglow.science.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What was said about ketamine from elsewhere.  `had` None: nobody asked; `last_on`: the last day of it, None when the day is not known.
    `in_week`, `in_review`: how often in the last seven days and eight weeks, None where nobody said."""

    had: bool | None
    last_on: date | None = None
    in_week: int | None = None
    in_review: int | None = None

    def doses(self, zone: str, at: datetime) -> list[EarlierDose] | None:
        """As doses: none after a no, unknown after a yes without its day.  The day counts to its end, never past now."""
        if not self.had:
            return []
        if self.last_on is None:
            return None
        ends = datetime.combine(self.last_on + timedelta(days=1), time(0), ZoneInfo(zone))
        return [EarlierDose(last_at=min(ends, at), where="elsewhere", kind="elsewhere", in_week=self.in_week, in_review=self.in_review)]


@transaction.atomic
def decide_booster(
    *,
    aftercare_id: UUID,
    earliest_on: date,
    reason: str,
    elsewhere: Elsewhere,
    signed: Signature,
    second: Signature | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> int:
    """The dose number of the booster: `allow_booster` of the plan decides, with the standing as it was read.

    Raises Refusal `aftercare.is_over`, `aftercare.no_plan`, and what `allow_booster` raises; NotFound; Forbidden.
    """
    row = access.fetch_aftercare(by, aftercare_id, access.BOOSTER)
    chart.lock_person(row.person_id)
    page = queries.page(aftercare_id, at)
    if not page.aftercare.is_on:
        raise Refusal("aftercare.is_over", "Aftercare has ended for this person.", "Review the person anew.")
    plan_id = plans.version_in_force(row.plan_id)
    if plan_id is None:
        raise Refusal("aftercare.no_plan", "The plan of this course is no longer in force.", "Make a new plan, with its own review.")
    return allow_booster(
        plan_id=plan_id,
        earliest_on=earliest_on,
        reason=reason,
        reviewed=_reviewed(row.review_id, row.person_id),
        asked_elsewhere=None if elsewhere.had is None else True,
        elsewhere=elsewhere.doses(page.aftercare.zone, at),
        late_effects=before_a_booster(page.aftercare, at),
        saw=saw(page),
        signed=signed,
        second=second,
        key=key,
        by=by,
        at=at,
    )


def verdict_now(row: AftercareRow, *, earliest_on: date, elsewhere: Elsewhere, by: Actor, at: datetime) -> Verdict | None:
    """What stands for or against a booster from that day on, signed by this actor; None when no plan is in force."""
    plan_id = plans.version_in_force(row.plan_id)
    if plan_id is None:
        return None
    return booster_verdict(
        plans.plan(plan_id),
        earliest_on=earliest_on,
        reviewed=_reviewed(row.review_id, row.person_id),
        asked_elsewhere=None if elsewhere.had is None else True,
        elsewhere=elsewhere.doses(row.zone, at),
        late_effects=before_a_booster(row, at),
        signer=by.user_id,
        by=by,
        at=at,
    )


def _reviewed(review_id: UUID, person_id: UUID) -> bool:
    """The review that began this aftercare is still the newest word on the person."""
    newest = newest_review(person_id)
    return newest is not None and newest.id == review_id and newest.decision == "aftercare"
