"""Every dose that was begun in a clinic, light enough to count twenty thousand courses at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from afterglow.ground.columns import as_text
from afterglow.ground.prepared import prepared
from afterglow.pathway.session.models import Session


@prepared
def doses_begun(clinic_id: UUID, until: datetime) -> QuerySet[Any, tuple[str, str, str, str, int]]:
    """(person, when it was begun, session, plan, number of the dose) of a clinic's doses up to `until`, in no order.  One query; keys and times as
    `ground.columns`."""
    rows = Session.objects.filter(person__clinic_id=clinic_id, started_at__lte=until)
    return rows.values_list(as_text("person_id"), as_text("started_at"), as_text("id"), as_text("plan_id"), "dose_no")


def orders_begun(clinic_id: UUID, until: datetime) -> list[tuple[str, str | None, str | None, int | None, int | None, int | None, bool]]:
    """(session, when the infusion ended, drug, ug per kg, ug in all, minutes, reason and second signature on the order) of every dose begun up to
    `until`, by the order it was begun on; None where that is not on record.  One query; keys and times as `ground.columns`."""
    explained = ExpressionWrapper(Q(order__second_by__isnull=False) & ~Q(order__reason=""), output_field=BooleanField())
    rows = Session.objects.filter(person__clinic_id=clinic_id, started_at__lte=until)
    columns = ("order__drug", "order__dose_ug_per_kg", "order__dose_ug", "order__over_min")
    return list(rows.values_list(as_text("id"), as_text("dosing_ended_at"), *columns, explained))
