"""Begin a year of aftercare after the review that decided it: every check gets its day at once (S61, S62, S65)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, released
from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare import access, events, rules
from afterglow.pathway.aftercare.models import AftercarePlan, Check
from afterglow.pathway.aftercare.queries.waiting import newest_review
from afterglow.pathway.plan.actions.series import note_aftercare
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.queries.plans import PlanRow
from afterglow.pathway.response.queries.reviews import ReviewRow
from afterglow.pathway.session.queries.doses import StartedDose, doses_of
from afterglow.records.chart import access as chart
from afterglow.science.verdict import Verdict


@transaction.atomic
def start_aftercare(*, person_id: UUID, by: Actor, at: datetime) -> UUID:
    """The aftercare's id; begun already for the newest review, it is found again.

    Raises Refusal `aftercare.not_started` with every open item; NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need=access.MAKE)
    chart.lock_person(person_id)
    review = newest_review(person_id)
    if review is not None and (held := AftercarePlan.objects.filter(review_id=review.id).values_list("id", flat=True).first()):
        return held
    plan = _plan_of(review)
    doses = _doses(person_id, plan, at)
    zone = "UTC" if plan is None else accounts.site(plan.site_id, clinic_id=by.clinic_id).zone
    last_on = doses[-1].started_at.astimezone(ZoneInfo(zone)).date() if doses else None
    file = follow_up_for(plan)
    verdict = _verdict(person_id, review, last_on, file)
    if not verdict.met or review is None or plan is None or file is None or last_on is None:
        raise Refusal("aftercare.not_started", f"Aftercare was not begun. {verdict.sentence}", "Settle what is named here.", findings=verdict.open)
    row = AftercarePlan.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        plan_id=plan.id,
        review_id=review.id,
        follow_up_id=file.pk,
        first_dose_at=doses[0].started_at,
        last_dose_on=last_on,
        made_at=at,
        made_by=by.label,
    )
    note_aftercare(person_id)
    planned = rules.checks_from(file.content, last_on)
    for check in planned:
        Check.objects.create(id=ids.new_id(at), aftercare_id=row.id, rule_id=check.id, kind="check", title=check.title, due_on=check.due_on)
    trail.record(
        events.started,
        by=by,
        at=at,
        person_id=person_id,
        objects={"aftercare": row.id, "plan": plan.id, "review": review.id},
        new={"last_dose_on": last_on, "checks": {check.id: check.due_on for check in planned}},
        library=file.label,
    )
    return row.id


def follow_up_for(plan: PlanRow | None) -> LibraryRecord | None:
    """The newest follow-up that names the protocol of this plan."""
    if plan is None:
        return None
    return next((file for file in released("follow_up") if plan.protocol.id in file.content["protocols"]), None)


def _plan_of(review: ReviewRow | None) -> PlanRow | None:
    """The version in force of the course that was reviewed; the reviewed one when that has ended."""
    return None if review is None else plans.plan(plans.version_in_force(review.plan_id) or review.plan_id)


def _doses(person_id: UUID, plan: PlanRow | None, at: datetime) -> list[StartedDose]:
    if plan is None:
        return []
    course = plans.course_of(plan.id)
    return [dose for dose in doses_of([person_id], at).get(person_id, ()) if dose.plan_id in course and dose.dose_no <= plan.infusions]


def _verdict(person_id: UUID, review: ReviewRow | None, last_on: date | None, file: LibraryRecord | None) -> Verdict:
    return rules.may_start(
        rules.StartFacts(
            decision=review.decision if review else None,
            another_is_on=AftercarePlan.objects.filter(person_id=person_id, state="on").exists(),
            last_dose_on=last_on,
            has_follow_up=file is not None,
        )
    )
