"""Accept an enquiry: it becomes a person in the chart, without anything typed again."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.enquiry import access, events, rules
from afterglow.pathway.enquiry.actions.first_call import end_first_call
from afterglow.pathway.enquiry.models import Enquiry
from afterglow.records.chart import access as chart
from afterglow.records.chart.actions.register_person import register_person
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.schedule.actions.book import lock_sites

IN_DANGER = "The enquiry said that this person is in danger now. Speak to them, and write what was found."
LEFT_OPEN = "The enquiry left open whether this person is in danger. No answer is not no: ask them."


@transaction.atomic
def accept(
    *,
    enquiry_id: UUID,
    given_name: str = "",
    family_name: str = "",
    born_on: date | None = None,
    person_id: UUID | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The person's id.  Names default to those of the enquiry; `person_id`: they are in the chart already.

    A first call that was booked for it ends with this.  Danger now, or a danger question that was left open, goes along as a flag.
    Raises Refusal `enquiry.not_decided` and those of `register_person`; NotFound; Forbidden.
    """
    access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide")
    fingerprint = {"accept": str(enquiry_id), "names": [given_name, family_name], "born_on": born_on, "person": person_id}
    if earlier := once(by, key, fingerprint, at=at):
        return UUID(earlier["person"])
    lock_sites(by)
    row = access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide", lock=True)
    verdict = rules.may_decide(rules.DecisionFacts(state=row.state, outcome="accepted"))
    if not verdict.met:
        raise Refusal("enquiry.not_decided", verdict.sentence, "Go back to the inbox.", findings=verdict.open)
    known = chart.fetch_person(by, person_id).id if person_id is not None else None
    accepted_id = known or _register(row, given_name, family_name, born_on, by, at)
    row.state, row.person_id, row.decided_at, row.decided_by = "accepted", accepted_id, at, by.label
    row.save(update_fields=["state", "person", "decided_at", "decided_by"])
    trail.record(events.accepted, by=by, at=at, person_id=accepted_id, objects={"enquiry": row.id})
    end_first_call(row.id, by=by, at=at)
    if row.danger_now != "no":
        _raise_danger(row, accepted_id, by, at)
    answer(by, key, {"person": str(accepted_id)})
    return accepted_id


def _register(row: Enquiry, given_name: str, family_name: str, born_on: date | None, by: Actor, at: datetime) -> UUID:
    """Phone and e-mail are those of whoever asked: only a person who asked for themselves takes them along."""
    own = row.asker == "self"
    return register_person(
        given_name=given_name.strip() or row.given_name,
        family_name=family_name.strip() or row.family_name,
        born_on=born_on,
        phone=row.phone if own else "",
        email=row.email if own else "",
        contact_by=row.contact_by if own and row.may_contact else "none" if own else "not_asked",
        key=f"enquiry {row.id}",
        by=by,
        at=at,
    )


def _raise_danger(row: Enquiry, person_id: UUID, by: Actor, at: datetime) -> None:
    said_yes = row.danger_now == "yes"
    open_flag(
        person_id=person_id,
        kind="enquiry_danger",
        urgency="urgent" if said_yes else "today",
        sentence=IN_DANGER if said_yes else LEFT_OPEN,
        source_kind="enquiry",
        source_id=str(row.id),
        owner_id=by.user_id if by.may("flags.flag.own") else None,
        by=by,
        at=at,
    )
