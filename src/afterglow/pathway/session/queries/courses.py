"""Doses that are over, for the check-ins that follow them: one light row for each, without the pump's story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.pathway.session.models import Session

OVER = ("recovery", "discharged", "transferred", "left_against_advice")  # no drug goes in any more: there is no way back to the pump


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOver:
    """One started dose.  `ended_at`: the end of dosing, or of the visit where nobody charted that."""

    session_id: UUID
    person_id: UUID
    plan_id: UUID
    site_id: UUID
    zone: str
    dose_no: int
    started_at: datetime
    ended_at: datetime


def doses_over(clinic_id: UUID, since: datetime, until: datetime) -> list[DoseOver]:
    """The doses of a clinic that were started in this span and in which no drug goes in any more, the first one first.  One query."""
    rows = Session.objects.filter(site__clinic_id=clinic_id, started_at__gte=since, started_at__lte=until, state__in=OVER).order_by(
        "started_at", "id"
    )
    fields = ("id", "person_id", "plan_id", "site_id", "site__zone", "dose_no", "started_at", "dosing_ended_at", "ended_at")
    return [
        DoseOver(
            session_id=key, person_id=person, plan_id=plan, site_id=site, zone=zone, dose_no=dose_no, started_at=began, ended_at=stopped or left
        )
        for key, person, plan, site, zone, dose_no, began, stopped, left in rows.values_list(*fields)
    ]  # fmt: skip
