"""Every dose that was started for a person: when, how much was ordered, and how much went in by rate, time and the pump's own volume."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.queries.given import PUMP, dose_line, infusion_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedDose:
    """One started infusion.  `ended_at` None: it still runs; `given_ug` None: the pump's times are not on record."""

    session_id: UUID
    plan_id: UUID
    dose_no: int
    started_at: datetime
    ended_at: datetime | None
    ordered_ug: int
    given_ug: int | None


def doses_of(person_ids: Collection[UUID], at: datetime) -> dict[UUID, tuple[StartedDose, ...]]:
    """Started doses by person, the first one first, with what had gone in by `at`: two queries however many people."""
    rows = _started(list(person_ids), at)
    told = deeds.deeds_of([row[1] for row in rows], kinds=PUMP)
    found: dict[UUID, list[StartedDose]] = {}
    for person_id, session_id, plan_id, dose_no, started_at, ended_at, ordered_ug in rows:
        held = infusion_of(told.get(session_id, ()))
        found.setdefault(person_id, []).append(
            StartedDose(
                session_id=session_id,
                plan_id=plan_id,
                dose_no=dose_no,
                started_at=started_at,
                ended_at=ended_at,
                ordered_ug=ordered_ug,
                given_ug=None if held is None else dose_line(held, at=ended_at or at).given.dose_ug,
            )
        )
    return {person_id: tuple(rows) for person_id, rows in found.items()}


@prepared
def _started(person_ids: Sequence[UUID], at: datetime) -> Rows:
    rows = Session.objects.filter(person_id__in=person_ids, started_at__lte=at).order_by("started_at", "id")
    return rows.values_list("person_id", "id", "plan_id", "dose_no", "started_at", "dosing_ended_at", "order__dose_ug")
