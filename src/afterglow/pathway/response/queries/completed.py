"""The signed reviews of a whole clinic: which courses they called complete, and when each was signed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.ground.columns import as_text
from afterglow.pathway.response.models import ResponseReview


def sent_to_aftercare(clinic_id: UUID, until: datetime) -> set[str]:
    """The first version of every course of a clinic that a review sent on to aftercare.  One query; keys as `ground.columns`."""
    rows = ResponseReview.objects.filter(person__clinic_id=clinic_id, decision="aftercare", signed_at__lte=until)
    return set(rows.values_list(as_text("plan_id"), flat=True))


def signed(clinic_id: UUID, until: datetime) -> list[tuple[str, int, str]]:
    """(first version of the course, after which infusion, when) of every signed review of a clinic.  One query; keys and times as `ground.columns`."""
    rows = ResponseReview.objects.filter(person__clinic_id=clinic_id, signed_at__lte=until)
    return list(rows.values_list(as_text("plan_id"), "after_dose", as_text("signed_at")))
