"""What somebody may sign as."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from afterglow.pathway.screening.rules.decision import Signature
from afterglow.records.staff import queries as staff


def signer_on(user_id: UUID, name: str, *, clinic_id: UUID, state: str, on: date) -> Signature:
    """What this person may sign as on that day: licences are looked up, never taken from the role."""
    return Signature(
        by=str(user_id),
        name=name,
        is_prescriber=staff.credential_in_date(user_id, clinic_id, "prescriber_licence", on, state) is not None,
        is_licensed=staff.is_licensed(user_id, clinic_id, on),
    )
