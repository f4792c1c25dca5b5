"""Courses that a signed review called complete before their last planned infusion."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.ground.columns import as_text
from afterglow.pathway.response.models import ResponseReview


def sent_to_aftercare(clinic_id: UUID, until: datetime) -> set[str]:
    """The first version of every course of a clinic that a review sent on to aftercare.  One query; keys as `ground.columns`."""
    rows = ResponseReview.objects.filter(person__clinic_id=clinic_id, decision="aftercare", signed_at__lte=until)
    return set(rows.values_list(as_text("plan_id"), flat=True))
