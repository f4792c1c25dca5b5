"""Who may see a dosing session, and the locks that its deeds take.

Clinic first, then the person behind the session, then the right: a stranger gets 404, someone who may see it but lacks the right 403.
"""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.errors import NotFound
from afterglow.ground.prepared import Rows, first, prepared
from afterglow.pathway.session.models import AsNeededOrder, Override, Session
from afterglow.records.chart import access as chart


@prepared
def _session(session_id: UUID, clinic_id: UUID) -> Rows:
    return Session.objects.filter(id=session_id, site__clinic_id=clinic_id)


def fetch_session(actor: Actor, session_id: UUID, *, need: str = "session.session.read") -> Session:
    """A session of a person whom the actor may see.  Raises NotFound, Forbidden."""
    session: Session | None = first(_session(session_id, actor.clinic_id))
    if session is None:
        raise NotFound("session")
    chart.fetch_person(actor, session.person_id, need="chart.person.read")
    require(actor, need)
    return session


def fetch_session_in_emergency(actor: Actor, session_id: UUID) -> Session:
    """For stop, acknowledge, call for help and emergency: any signed-in member of staff of this clinic, no further right (safety 41)."""
    session: Session | None = first(_session(session_id, actor.clinic_id))
    if session is None or actor.kind != "person":
        raise NotFound("session")
    return session


def fetch_site(actor: Actor, site_id: UUID, *, need: str) -> SiteRow:
    """A site of the actor's own clinic.  Raises NotFound, Forbidden."""
    site = accounts.site(site_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return site


def fetch_override(actor: Actor, override_id: UUID, *, need: str) -> Override:
    """An override of a session that the actor may see.  Raises NotFound, Forbidden."""
    override = Override.objects.filter(id=override_id, session__site__clinic_id=actor.clinic_id).first()
    if override is None:
        raise NotFound("override")
    fetch_session(actor, override.session_id, need=need)
    return override


def lock_session(session_id: UUID) -> Session:
    """The session's row, locked and read afresh.  The caller holds the earlier locks of the order: site, person, session, lot."""
    return Session.objects.select_for_update().get(id=session_id)


def lock_up_to_session(session: Session) -> Session:
    """Site, person, session, in the house's one order; the session as it is now, not as it was fetched."""
    accounts.lock_site(session.site_id)
    chart.lock_person(session.person_id)
    return lock_session(session.id)


def fetch_as_needed(actor: Actor, order_id: UUID, *, need: str) -> AsNeededOrder:
    """An as-needed order for a person whom the actor may see.  Raises NotFound, Forbidden."""
    order = AsNeededOrder.objects.select_related("plan").filter(id=order_id, plan__person__clinic_id=actor.clinic_id).first()
    if order is None:
        raise NotFound("order")
    chart.fetch_person(actor, order.plan.person_id, need=need)
    return order
