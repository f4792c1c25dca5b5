"""A course that ended takes its doses out of the calendar: rooms and hours are free for others, and nobody comes for a dose that is not given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.pathway.plan.queries import plans as queries
from afterglow.records.schedule.actions.change import cancel

CANCEL = "schedule.appointment.cancel"
CAUSE = "the course has ended"
"""What the desk reads; why it ended stands in the plan."""


def free_visits(plan_id: UUID, *, by: Actor, at: datetime) -> int:
    """Cancel what is still ahead: dosing visits, the integration visits that belong to them, preparation; how many.

    The integration visit of a dose that was given stays.  Who may end a course but not cancel visits leaves them to the desk: nothing
    stands in the way of stopping.  The caller holds the calendar's lock.
    """
    if not by.may(CANCEL):
        return 0
    ahead = [row for row in queries.visits(plan_id) if row.state == "booked" and row.starts_at > at]
    not_given = {row.dose_no for row in ahead if row.kind == "dosing"}
    freed = [row for row in ahead if row.kind in ("dosing", "preparation") or row.dose_no in not_given]
    for row in freed:
        cancel(appointment_id=row.id, cause=CAUSE, by=by, at=at)
    return len(freed)
