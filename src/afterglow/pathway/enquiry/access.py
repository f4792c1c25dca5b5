"""The only way to an enquiry: staff of the clinic that received it, with the right to read enquiries."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor, require
from afterglow.ground.errors import NotFound
from afterglow.pathway.enquiry.models import Enquiry


def fetch_enquiry(actor: Actor, enquiry_id: UUID, need: str = "enquiry.enquiry.read", *, lock: bool = False) -> Enquiry:
    """Raises NotFound for another clinic's, Forbidden when only the right lacks."""
    rows = Enquiry.objects.select_for_update(of=("self",)) if lock else Enquiry.objects
    row = rows.filter(id=enquiry_id, clinic_id=actor.clinic_id).first()
    if row is None or actor.kind == "link":
        raise NotFound("enquiry")
    require(actor, need)
    return row
