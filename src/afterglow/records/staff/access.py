"""Who may see and change staff records.  Everything here narrows by clinic first."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow, StaffRow
from afterglow.ground.errors import NotFound
from afterglow.records.staff.models import Credential, Shift


def fetch_member(actor: Actor, user_id: UUID, *, need: str) -> StaffRow:
    """A member of staff of the actor's own clinic.  Raises NotFound, Forbidden."""
    member = accounts.staff_member(user_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return member


def fetch_site(actor: Actor, site_id: UUID, *, need: str) -> SiteRow:
    """A site of the actor's own clinic.  Raises NotFound, Forbidden."""
    site = accounts.site(site_id, clinic_id=actor.clinic_id)
    require(actor, need)
    return site


def fetch_credential(actor: Actor, credential_id: UUID, *, need: str) -> Credential:
    """A credential recorded at the actor's clinic, locked.  Raises NotFound, Forbidden."""
    row = Credential.objects.select_for_update().filter(id=credential_id, clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("credential")
    require(actor, need)
    return row


def fetch_shift(actor: Actor, shift_id: UUID, *, need: str) -> Shift:
    """A shift at one of the actor's clinic's sites, locked.  Raises NotFound, Forbidden."""
    row = Shift.objects.select_for_update().filter(id=shift_id, site__clinic_id=actor.clinic_id).first()
    if row is None:
        raise NotFound("shift")
    require(actor, need)
    return row
