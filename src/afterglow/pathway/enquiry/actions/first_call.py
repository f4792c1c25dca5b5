"""The first call, without charge: booked before anybody is a patient, ended by what is decided on the enquiry: go, no-go or refer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.enquiry import access, queries, rules
from afterglow.pathway.enquiry.rules import Slot, key_within
from afterglow.records.schedule.actions.book import book, lock_sites
from afterglow.records.schedule.actions.change import cancel, mark
from afterglow.records.schedule.queries import FIRST_CALL

DECIDED_BEFORE = "the enquiry was decided before the call"


@transaction.atomic
def book_first_call(*, enquiry_id: UUID, slot: Slot, key: str, by: Actor, at: datetime) -> UUID:
    """The appointment's id.  It names the enquiry and nobody: who asked is read on the enquiry alone.

    Raises Refusal `enquiry.no_first_call` with everything that stands against it, and what `book` raises; NotFound; Forbidden.
    """
    access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide")
    if earlier := once(by, key, {"first call": str(enquiry_id), "slot": slot.said}, at=at):
        return UUID(earlier["appointment"])
    lock_sites(by)
    row = access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide", lock=True)
    held = queries.standing_call(row.id)
    verdict = rules.may_call(rules.FirstCallFacts(state=row.state, may_contact=row.may_contact, phone=row.phone, stands=held.said if held else ""))
    if not verdict.met:
        raise Refusal("enquiry.no_first_call", f"No call was booked. {verdict.sentence}", "Nothing was changed.", findings=verdict.open)
    booked_id = book(
        person_id=None, kind=FIRST_CALL, **slot.place, purpose_kind=queries.PURPOSE, purpose_id=str(row.id),
        key=key_within(key, "book"), by=by, at=at,
    )  # fmt: skip
    answer(by, key, {"appointment": str(booked_id)})
    return booked_id


def end_first_call(enquiry_id: UUID, *, by: Actor, at: datetime) -> None:
    """What was decided ends the call: it took place once its time has come, else it is taken off the calendar.

    The outcome itself stands on the enquiry alone.  Who may decide but not change the calendar leaves it to the desk.  The caller holds the sites.
    """
    held = queries.standing_call(enquiry_id)
    if held is None:
        return
    if held.starts_at > at and held.state == "booked":
        if by.may("schedule.appointment.cancel"):
            cancel(appointment_id=held.id, cause=DECIDED_BEFORE, by=by, at=at)
        return
    if by.may("schedule.appointment.move"):
        for state in ("arrived", "done") if held.state == "booked" else ("done",):
            mark(appointment_id=held.id, state=state, by=by, at=at)
