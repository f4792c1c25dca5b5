"""Receive an enquiry, from the public page or a phone call: confidential from the first byte."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.enquiry import events, queries, rules
from afterglow.pathway.enquiry.models import Arrival, Enquiry

LONGEST_MESSAGE = 4000


def public_page(clinic_id: UUID, request_id: str = "") -> Actor:
    """Who writes down what a stranger sends: the public page, with this one right."""
    return Actor(
        kind="job",
        id="job:public enquiry page",
        name="public enquiry page",
        clinic_id=clinic_id,
        permissions=frozenset({"enquiry.enquiry.record"}),
        request_id=request_id,
    )


@transaction.atomic
def receive_enquiry(
    *,
    channel: str,
    asker: str = "self",
    asker_name: str = "",
    given_name: str,
    family_name: str = "",
    phone: str = "",
    email: str = "",
    may_contact: bool,
    contact_by: str = "phone",
    message: str = "",
    danger_now: str = "unknown",
    source: str = "",
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The enquiry's id.  Names, telephone, e-mail and message are encrypted; the audit row names the enquiry and how urgent it is, never what was said.

    `source` is the network address it came from, when it came by the public page: too many in an hour are refused, danger never is.
    Raises Refusal `enquiry.too_many`, `enquiry.text_refused`, `enquiry.not_a_choice`, `enquiry.name_missing`, `enquiry.no_contact`; Forbidden.
    """
    require(by, "enquiry.enquiry.record")
    said = {"asker_name": asker_name, "given_name": given_name, "family_name": family_name, "phone": phone, "email": email, "message": message}
    values = {"channel": channel, "asker": asker, "contact_by": contact_by, "danger_now": danger_now, **said}
    if earlier := once(by, key, {**values, "may_contact": may_contact}, at=at):
        return UUID(earlier["enquiry"])
    kept = _checked(values)
    verdict = rules.can_be_reached(
        rules.ContactFacts(may_contact=may_contact, contact_by=kept["contact_by"], phone=kept["phone"], email=kept["email"])
    )
    if not verdict.met:
        raise Refusal("enquiry.no_contact", verdict.sentence, "Add it, or choose the other way.", field=kept["contact_by"], findings=verdict.open)
    if source:
        _count(source, kept["danger_now"], by, at)
    row = Enquiry.objects.create(
        id=ids.new_id(at),
        clinic_id=by.clinic_id,
        received_at=at,
        received_by=by.label,
        may_contact=may_contact,
        urgency=rules.urgency_of(kept["danger_now"]),
        **kept,
    )
    trail.record(events.received, by=by, at=at, objects={"enquiry": row.id}, new={"channel": row.channel, "urgency": row.urgency})
    answer(by, key, {"enquiry": str(row.id)})
    return row.id


def _count(source: str, danger_now: str, by: Actor, at: datetime) -> None:
    """One more from the public page; only what is taken in counts.  Raises Refusal `enquiry.too_many`."""
    hashed = salted_hmac("enquiry source", source, algorithm="sha256").hexdigest()
    here, everywhere = queries.arrivals(by.clinic_id, hashed, since=at - rules.COUNTED_WITHIN)
    verdict = rules.may_arrive(rules.ArrivalFacts(danger_now=danger_now, from_this_address=here, for_this_clinic=everywhere))
    if not verdict.met:
        phone = accounts.clinic(by.clinic_id).phone
        call = f"Call the clinic: {phone}. Or send" if phone else "Send"
        raise Refusal("enquiry.too_many", verdict.sentence, f"{call} this page again in an hour: what you wrote stands below.")
    Arrival.objects.create(clinic_id=by.clinic_id, source_hmac=hashed, at=at)


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Texts trimmed and held to their columns, the same on both databases."""
    kept = {name: value.strip() for name, value in values.items()}
    for name, value in kept.items():
        field = Enquiry._meta.get_field(name)
        most = getattr(field, "max_length", None) or LONGEST_MESSAGE
        if "\x00" in value or len(value) > most:
            raise Refusal(
                "enquiry.text_refused", f"This text is longer than {most} letters, or holds a sign that cannot be stored.", "Shorten it.", field=name
            )
        choices = [choice for choice, _ in getattr(field, "flatchoices", [])]
        if choices and value not in choices:
            raise Refusal("enquiry.not_a_choice", "This answer is not one of the choices.", "Choose one from the list.", field=name)
    if not kept["given_name"]:
        raise Refusal("enquiry.name_missing", "There is no name.", "Write the first name, or any name to call them by.", field="given_name")
    return kept
