"""Every dose that was begun in a clinic, light enough to count twenty thousand courses at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.ground.columns import as_text, moment
from afterglow.pathway.session.models import Session


def doses_begun(clinic_id: UUID, until: datetime) -> list[tuple[str, str, int, datetime]]:
    """(person, plan, number of the dose, when it was begun) of a clinic's doses up to `until`, first to last.  One query; keys as `ground.columns`."""
    rows = (
        Session.objects.filter(person__clinic_id=clinic_id, started_at__lte=until)
        .order_by("started_at", "id")
        .values_list(as_text("person_id"), as_text("plan_id"), "dose_no", as_text("started_at"))
    )
    return [(person, plan, dose_no, moment(at)) for person, plan, dose_no, at in rows]
