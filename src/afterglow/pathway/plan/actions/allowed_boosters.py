"""Boosters that were allowed, with their visits: read for the stations that go on with them.  Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.plan.actions.propose_visits import KEPT
from afterglow.pathway.plan.models import BoosterAllowance, OrderEnd, TreatmentPlan
from afterglow.pathway.plan.queries.plans import PURPOSE, course_of, visits
from afterglow.pathway.plan.rules.boosters import BoosterRow
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow


@dataclass(frozen=True, slots=True)
class BoosterToPlace:
    """A booster that was allowed and has neither a visit nor a started dose."""

    person_id: UUID
    plan_id: UUID
    dose_no: int
    number: int
    at: datetime


def boosters(plan_id: UUID) -> list[BoosterRow]:
    """The boosters that were allowed after this course, in their order."""
    rows = BoosterAllowance.objects.filter(plan_id__in=course_of(plan_id)).order_by("dose_no")
    fields = ("dose_no", "number", "earliest_on", "reason", "at", "signed_by__name", "second_by__name")
    return [
        BoosterRow(dose_no=dose_no, number=number, earliest_on=earliest_on, reason=reason, at=at, signed_by=signed_by, second_by=second_by or "")
        for dose_no, number, earliest_on, reason, at, signed_by, second_by in rows.values_list(*fields)
    ]


def booster_visit(plan_id: UUID, dose_no: int) -> AppointmentRow | None:
    """The dosing visit of this booster that stands in the calendar."""
    rows = [row for row in visits(plan_id) if row.kind == "dosing" and row.dose_no == dose_no]
    return next((row for row in rows if row.state in KEPT), None)


def boosters_to_place(clinic_id: UUID) -> list[BoosterToPlace]:
    """The last one of each course that is in force, the longest waiting first.  One query."""
    if not _any():
        return []  # while the table is empty SQLite has no statistics of it, takes it for a large one, and reads every plan
    return [BoosterToPlace(*row[1:]) for row in _unplaced() if row[0] == clinic_id]  # asked by clinic, a database reads all its people first


@prepared
def _any() -> Rows:
    return BoosterAllowance.objects.order_by().values_list("id")[:1]


@prepared
def _unplaced() -> Rows:
    placed = schedule.standing("dosing", PURPOSE, person=OuterRef("plan__person_id"), since=OuterRef("at")).filter(dose_no=OuterRef("dose_no"))
    used = OrderEnd.objects.filter(
        why="used", order__plan__person_id=OuterRef("plan__person_id"), order__dose_no=OuterRef("dose_no"), at__gte=OuterRef("at")
    )
    rows = BoosterAllowance.objects.filter(~Exists(placed), ~Exists(used))
    held = TreatmentPlan.objects.filter(person_id=OuterRef("plan__person_id"), state="in_force", boosters=OuterRef("number"))
    return (
        rows.filter(Exists(held)).order_by("at", "id").values_list("plan__person__clinic_id", "plan__person_id", "plan_id", "dose_no", "number", "at")
    )
