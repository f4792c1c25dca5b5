"""The course is over and the plan stays: from now on only boosters are given by it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access, events
from afterglow.records.chart import access as chart


@transaction.atomic
def end_course(*, plan_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Ending it again changes nothing.  Raises Refusal `plan.not_in_force`; NotFound; Forbidden."""
    row = access.fetch_plan(by, plan_id, access.REVISE)
    chart.lock_person(row.person_id)
    row = access.fetch_plan(by, plan_id, access.REVISE, lock=True)
    if row.state != "in_force":
        raise Refusal("plan.not_in_force", "This plan is not in force, so no course of it can end.", "Open the plan that is.")
    if row.course_over_at is not None:
        return
    row.course_over_at = at
    row.save(update_fields=["course_over_at"])
    trail.record(events.course_over, by=by, at=at, person_id=row.person_id, objects={"plan": row.id}, new={"course": "over"}, reason=reason)
