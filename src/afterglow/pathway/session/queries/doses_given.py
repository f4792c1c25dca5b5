"""The doses that were begun, as later stations count from them: by person, and by clinic since a moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce

from afterglow.ground.access.actor import Actor
from afterglow.ground.prepared import Rows, prepared
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
    for row in map(_given, _of_people(list(person_ids))):
        found.setdefault(row.person_id, []).append(row)
    return found


def doses_given_since(actor: Actor, since: datetime) -> list[GivenDose]:
    """The doses that began after `since` in the actor's clinic, own patients only where the scope says so."""
    return [_given(row) for row in _since(actor.clinic_id, own_of(actor), since)]


@prepared
def _of_people(person_ids: Sequence[UUID]) -> Rows:
    return _told(Session.objects.filter(person_id__in=person_ids))


@prepared
def _since(clinic_id: UUID, own: UUID | None, since: datetime) -> Rows:
    return _told(among_own(Session.objects.filter(site__clinic_id=clinic_id, started_at__gte=since), own, clinic_id))


def _told(sessions: Rows) -> Rows:
    given = sessions.filter(started_at__isnull=False).annotate(over_at=Coalesce(F("dosing_ended_at"), F("ended_at")))
    return given.order_by("started_at", "id").values_list(*_FIELDS)


def _given(row: tuple[Any, ...]) -> GivenDose:
    """From the values of `_FIELDS`."""
    key, person, plan, visit, number, started, over = row
    return GivenDose(session_id=key, person_id=person, plan_id=plan, appointment_id=visit, dose_no=number, started_at=started, ended_at=over)
