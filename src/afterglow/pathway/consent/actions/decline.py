"""The person does not want to sign this document: an answer that is kept.  Nothing else follows from it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import access, events
from afterglow.pathway.consent.models import Declined, Offer
from afterglow.records.chart import access as chart


@transaction.atomic
def decline(*, offer_id: UUID, said: str = "", by: Actor, at: datetime) -> None:
    """Close the offer unsigned; saying no again changes nothing.  Raises NotFound, Forbidden; Refusal `consent.not_open`."""
    seen = access.fetch_offer(by, offer_id, need="consent.consent.offer")
    chart.lock_person(seen.person_id)
    held = Offer.objects.select_for_update().get(id=offer_id)
    if held.state == "declined":
        return
    if held.state != "open":
        raise Refusal("consent.not_open", f"This document is {held.state}, so it cannot be declined.", "A signed document can be taken back instead.")
    held.state = "declined"
    held.save(update_fields=["state"])
    reason = said.replace("\x00", "").strip()
    Declined.objects.create(id=ids.new_id(at), offer_id=held.id, at=at, by=by.label, said=reason)
    trail.record(events.declined, by=by, at=at, person_id=held.person_id, objects={"offer": held.id}, reason=reason)
