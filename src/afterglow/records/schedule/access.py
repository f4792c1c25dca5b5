"""Who may see and change appointments and rooms.  Clinic first, then the person behind the appointment, then the right."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.errors import NotFound
from afterglow.records.chart import access as chart
from afterglow.records.schedule.models import Appointment, Room


def fetch_site(actor: Actor, site_id: UUID, *, need: str) -> SiteRow:
    """A site of the actor's own clinic.  Raises NotFound, Forbidden."""
    site = accounts.site(site_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return site


def fetch_room(actor: Actor, room_id: UUID, *, site_id: UUID) -> Room:
    """A room of that site, when the site is of the actor's clinic.  Raises NotFound."""
    row = Room.objects.filter(id=room_id, site_id=site_id, site__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("room")
    return row


def fetch_appointment(actor: Actor, appointment_id: UUID, *, need: str) -> Appointment:
    """An appointment of a person whom the actor may see; a first call is seen by the clinic, or by who holds it.  Raises NotFound, Forbidden."""
    row = Appointment.objects.filter(id=appointment_id, site__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("appointment")
    if row.person_id is not None:
        chart.fetch_person(actor, row.person_id, need=need)
    elif actor.kind == "link" or (actor.scope != "clinic" and row.staff_user_id != actor.user_id):
        raise NotFound("appointment")
    require(actor, need)
    return row
