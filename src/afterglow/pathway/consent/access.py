"""Who may reach an offer or a signed consent: staff with the right, and the person through a link of their own."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import NotFound
from afterglow.pathway.consent.models import Consent, Offer
from afterglow.records.chart import access as chart

BY_LINK = "portal.consent.sign"


def fetch_offer(actor: Actor, offer_id: UUID, *, need: str) -> Offer:
    """The offer, if it is about a person whom this actor may see; `need` is asked of staff.  Raises NotFound, Forbidden."""
    offer = Offer.objects.filter(id=offer_id, person__clinic_id=actor.clinic_id).first()
    if offer is None:
        raise NotFound("document")
    may_reach(actor, offer.person_id, need=need)
    return offer


def fetch_consent(actor: Actor, consent_id: UUID, *, need: str) -> Consent:
    """The signed consent, on the same terms.  Raises NotFound, Forbidden."""
    consent = Consent.objects.filter(id=consent_id, person__clinic_id=actor.clinic_id).first()
    if consent is None:
        raise NotFound("signed document")
    may_reach(actor, consent.person_id, need=need)
    return consent


def may_reach(actor: Actor, person_id: UUID, *, need: str) -> chart.PersonRow:
    """The person: a link answers for its own person only, staff need the right.  Raises NotFound, Forbidden."""
    return chart.fetch_person(actor, person_id, need=BY_LINK if actor.kind == "link" else need)
