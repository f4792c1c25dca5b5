"""The only way to somebody's aftercare: through the person it is for."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.pathway.aftercare.models import AftercarePlan, Check, Task
from afterglow.records.chart import access as chart

READ, MAKE = "aftercare.plan.read", "aftercare.plan.make"
CHECK, TASK = "aftercare.check.record", "aftercare.task.record"
BOOSTER = "aftercare.booster.sign"
BOOK = "schedule.appointment.book"
BY_LINK = "portal.task.tick"
"""Held by a person's own link only."""


def fetch_aftercare(actor: Actor, aftercare_id: UUID, need: str = READ, *, lock: bool = False) -> AftercarePlan:
    """The aftercare of a person whom the actor may see.  Raises NotFound, Forbidden."""
    rows = AftercarePlan.objects.select_for_update(of=("self",)) if lock else AftercarePlan.objects
    row = rows.filter(id=aftercare_id, person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("aftercare")
    chart.fetch_person(actor, row.person_id, need=need)
    return row


def fetch_check(actor: Actor, check_id: UUID, need: str = READ) -> Check:
    """One check of such a person.  Raises NotFound, Forbidden."""
    row = Check.objects.select_related("aftercare").filter(id=check_id, aftercare__person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("check")
    chart.fetch_person(actor, row.aftercare.person_id, need=need)
    return row


def fetch_task(actor: Actor, task_id: UUID, need: str = TASK) -> Task:
    """One task of such a person.  Raises NotFound, Forbidden."""
    row = Task.objects.select_related("aftercare").filter(id=task_id, aftercare__person__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("task")
    chart.fetch_person(actor, row.aftercare.person_id, need=need)
    return row
