"""Who is due for a dose today at a site, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.prepared import Rows, prepared
from afterglow.pathway.session.models import ENDED, Session
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DueVisit:
    """One dosing visit of the day.  `session_id` None: nobody checked the person in yet."""

    visit: AppointmentRow
    session_id: UUID | None
    state: str
    started_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.state in ENDED


def today_at(site: SiteRow, at: datetime) -> date:
    """The calendar day at the site."""
    return at.astimezone(ZoneInfo(site.zone)).date()


def due_today(actor: Actor, site: SiteRow, at: datetime) -> list[DueVisit]:
    """Today's dosing visits at a site, by time; those over come last.  A constant number of queries."""
    on = today_at(site, at)
    visits = [row for row in schedule.day_visible_to(actor, site.id, on, site.zone) if row.kind == "dosing" and row.state != "cancelled"]
    held = _sessions(row.id for row in visits)
    rows = [
        DueVisit(visit=visit, session_id=found[0], state=found[1], started_at=found[2])
        for visit in visits
        for found in [held.get(visit.id, (None, "scheduled", None))]
    ]
    return sorted(rows, key=lambda row: (row.is_over, row.visit.starts_at))


def waiting(actor: Actor, at: datetime) -> list[DueVisit]:
    """Every dosing visit of today, at all sites of the clinic, that is not over."""
    return [row for site in accounts.sites_of(actor.clinic_id) for row in due_today(actor, site, at) if not row.is_over]


def _sessions(appointment_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str, datetime | None]]:
    return {appointment: (session, state, started_at) for appointment, session, state, started_at in _held(list(appointment_ids))}


@prepared
def _held(appointment_ids: Sequence[UUID]) -> Rows:
    return Session.objects.filter(appointment_id__in=appointment_ids).values_list("appointment_id", "id", "state", "started_at")
