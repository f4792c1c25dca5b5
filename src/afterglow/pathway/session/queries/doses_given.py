"""The doses that were begun, as later stations count from them: by person, and by clinic since a moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from afterglow.ground.access.actor import Actor
from afterglow.pathway.session.models import Session
from afterglow.records.chart.access import among_own, own_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """One dose that was begun.  `ended_at`: the end of the infusion, else of the session it was left in; None while it runs."""

    session_id: UUID
    person_id: UUID
    plan_id: UUID
    appointment_id: UUID
    dose_no: int
    started_at: datetime
    ended_at: datetime | None


_FIELDS = ("id", "person_id", "plan_id", "appointment_id", "dose_no", "started_at", "over_at")


def doses_given(person_ids: Collection[UUID]) -> dict[UUID, list[GivenDose]]:
    """Every dose begun of these people, first to last; people without one are not in it.  One query."""
    found: dict[UUID, list[GivenDose]] = {}
    for row in _rows(Session.objects.filter(person_id__in=list(person_ids))):
        found.setdefault(row.person_id, []).append(row)
    return found


def doses_given_since(actor: Actor, since: datetime) -> list[GivenDose]:
    """The doses that began after `since` in the actor's clinic, own patients only where the scope says so."""
    rows = Session.objects.filter(site__clinic_id=actor.clinic_id, started_at__gte=since)
    return _rows(among_own(rows, own_of(actor), actor.clinic_id))


def _rows(sessions: QuerySet[Session]) -> list[GivenDose]:
    given = sessions.filter(started_at__isnull=False).annotate(over_at=Coalesce(F("dosing_ended_at"), F("ended_at"))).order_by("started_at", "id")
    return [
        GivenDose(session_id=pk, person_id=person, plan_id=plan, appointment_id=visit, dose_no=number, started_at=started, ended_at=over)
        for pk, person, plan, visit, number, started, over in given.values_list(*_FIELDS)
    ]
