"""Accept an enquiry and book its consultation in one step: both happen, or neither."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.enquiry import access
from afterglow.pathway.enquiry.actions.accept import accept
from afterglow.pathway.enquiry.rules import Slot, key_within
from afterglow.records.schedule.actions.book import book, lock_sites

CONSULTATION = "consultation"


@transaction.atomic
def accept_and_book(
    *,
    enquiry_id: UUID,
    given_name: str = "",
    family_name: str = "",
    born_on: date | None = None,
    person_id: UUID | None = None,
    slot: Slot,
    key: str,
    by: Actor,
    at: datetime,
) -> tuple[UUID, UUID]:
    """The person and the appointment.  A time that is taken leaves the enquiry undecided and nobody registered.

    Raises what `accept` and `book` raise.
    """
    access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide")
    names = [given_name, family_name]
    fingerprint = {"accept and book": str(enquiry_id), "names": names, "born_on": born_on, "person": person_id, "slot": slot.said}
    if earlier := once(by, key, fingerprint, at=at):
        return UUID(earlier["person"]), UUID(earlier["appointment"])
    lock_sites(by)
    accepted_id = accept(
        enquiry_id=enquiry_id,
        given_name=given_name,
        family_name=family_name,
        born_on=born_on,
        person_id=person_id,
        key=key_within(key, "accept"),
        by=by,
        at=at,
    )
    booked_id = book(person_id=accepted_id, kind=CONSULTATION, **slot.place, key=key_within(key, "book"), by=by, at=at)
    answer(by, key, {"person": str(accepted_id), "appointment": str(booked_id)})
    return accepted_id, booked_id
