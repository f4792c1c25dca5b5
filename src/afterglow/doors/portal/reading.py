"""When answers are read: said on every page on which somebody answers (safety 44)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from afterglow.doors.portal.invite import on_call_ids
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.clock import shown
from afterglow.pathway.response.queries import check_ins
from afterglow.records.schedule import queries as schedule
from afterglow.records.staff import queries as staff

LOOK_AHEAD: Final = timedelta(days=7)


def read_when(site_id: UUID, at: datetime) -> str:
    """One sentence, true at `at`; it promises nothing about how soon."""
    if on_call_ids(site_id, at):
        return "Somebody at the clinic is on call now. Your answers are read by people, not at once."
    site = accounts.site(site_id, clinic_id=accounts.clinic_of_site(site_id))
    shifts = [shift for shift in staff.roster(site_id, at, at + LOOK_AHEAD) if shift.duty == "on_call" and shift.starts_at > at]
    if not shifts:
        return "Nobody at the clinic is on call now, and it is not known when answers are read next."
    return f"Nobody at the clinic is on call now. Answers are read from {shown(shifts[0].starts_at, site.zone)}."


def site_of(person_id: UUID, clinic_id: UUID) -> UUID:
    """Whose people read what this person sends: the site of the last check-in, else of the last visit, else the one the clinic was founded with."""
    if last := check_ins.check_ins_of(person_id):
        return last[0].site_id
    visits = schedule.of_person(person_id)
    return visits[0].site_id if visits else accounts.founding_site(clinic_id).id
