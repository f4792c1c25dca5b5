"""Every dose that was begun in a clinic, light enough to count twenty thousand courses at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from afterglow.ground.columns import as_text
from afterglow.ground.prepared import prepared
from afterglow.pathway.session.models import Session


@prepared
def doses_begun(clinic_id: UUID, until: datetime) -> QuerySet[Any, tuple[str, str, str, str, int]]:
    """(person, when it was begun, session, plan, number of the dose) of a clinic's doses up to `until`, in no order.  One query; keys and times as
    `ground.columns`."""
    rows = Session.objects.filter(person__clinic_id=clinic_id, started_at__lte=until)
    return rows.values_list(as_text("person_id"), as_text("started_at"), as_text("id"), as_text("plan_id"), "dose_no")
