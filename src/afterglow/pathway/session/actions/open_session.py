"""Open the dosing session that belongs to a dosing appointment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session import events
from afterglow.pathway.session.models import Session
from afterglow.records.chart import access as chart
from afterglow.records.schedule import queries as schedule
from afterglow.records.schedule.queries import AppointmentRow

OPENABLE = frozenset({"booked", "arrived"})


@transaction.atomic
def open_session(*, appointment_id: UUID, by: Actor, at: datetime) -> UUID:
    """The session of this appointment: made the first time, found again later.

    Raises NotFound, Forbidden; Refusal `session.not_a_dose`, `session.appointment_over`, `session.no_plan`.
    """
    visit = schedule.appointment(appointment_id, by.clinic_id)
    chart.fetch_person(by, visit.person_id, need="session.session.check_in")
    accounts.lock_site(visit.site_id)
    chart.lock_person(visit.person_id)
    held = Session.objects.filter(appointment_id=appointment_id).values_list("id", flat=True).first()
    if held is not None:
        return held
    plan_id, dose_no = _plan_and_dose(visit)
    if visit.state not in OPENABLE:
        raise Refusal("session.appointment_over", f"This appointment is {visit.state}, so no session belongs to it.", "Book a new dosing visit.")
    row = Session.objects.create(
        id=ids.new_id(at),
        person_id=visit.person_id,
        site_id=visit.site_id,
        room_id=visit.room_id,
        plan_id=plan_id,
        appointment_id=appointment_id,
        dose_no=dose_no,
        scheduled_at=visit.starts_at,
    )
    trail.record(
        events.opened, by=by, at=at, person_id=row.person_id, objects={"session": row.id, "appointment": appointment_id}, new={"dose_no": row.dose_no}
    )
    return row.id


def _plan_and_dose(visit: AppointmentRow) -> tuple[UUID, int]:
    """The person's plan that this dosing visit belongs to, and which dose it is."""
    if visit.kind != "dosing" or visit.dose_no is None:
        raise Refusal("session.not_a_dose", "This appointment is no dosing visit.", "Open the session from a dosing visit of the plan.")
    plan = plans.plan_in_force(visit.person_id)
    if plan is None or visit.purpose_kind != plans.PURPOSE or UUID(visit.purpose_id) not in plans.course_of(plan.id):
        raise Refusal(
            "session.no_plan",
            "This dosing visit belongs to no treatment plan of this person that is in force.",
            "Sign the plan, and place the visit from it.",
        )
    return plan.id, visit.dose_no
