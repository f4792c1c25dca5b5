"""Decline an enquiry with a reason, or refer it to somewhere that helps better."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.enquiry import access, events, rules
from afterglow.pathway.enquiry.actions.first_call import end_first_call
from afterglow.records.schedule.actions.book import lock_sites


@transaction.atomic
def decline(*, enquiry_id: UUID, reason: str, key: str, by: Actor, at: datetime) -> None:
    """Raises Refusal `enquiry.not_decided` (with every reason at once), `enquiry.text_refused`; NotFound; Forbidden."""
    _decide("declined", enquiry_id, reason, "", key, by, at)


@transaction.atomic
def refer(*, enquiry_id: UUID, where: str, reason: str = "", key: str, by: Actor, at: datetime) -> None:
    """As `decline`, with the place the person was sent to."""
    _decide("referred", enquiry_id, reason, where, key, by, at)


def _decide(outcome: Literal["declined", "referred"], enquiry_id: UUID, reason: str, where: str, key: str, by: Actor, at: datetime) -> None:
    access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide")
    reason, where = reason.strip(), where.strip()
    if once(by, key, {outcome: str(enquiry_id), "reason": reason, "where": where}, at=at) is not None:
        return
    lock_sites(by)
    row = access.fetch_enquiry(by, enquiry_id, "enquiry.enquiry.decide", lock=True)
    for field, text, most in (("reason", reason, 300), ("where", where, 200)):
        if "\x00" in text or len(text) > most:
            raise Refusal("enquiry.text_refused", f"This text is longer than {most} letters, or cannot be stored.", "Shorten it.", field=field)
    verdict = rules.may_decide(rules.DecisionFacts(state=row.state, outcome=outcome, reason=reason, where=where))
    if not verdict.met:
        field = "where" if verdict.open[0].item == "enquiry.where" else "reason"
        raise Refusal("enquiry.not_decided", verdict.sentence, "Nothing was changed.", field=field, findings=verdict.open)
    row.state, row.decided_at, row.decided_by, row.decision_reason, row.referred_to = outcome, at, by.label, reason, where
    row.save(update_fields=["state", "decided_at", "decided_by", "decision_reason", "referred_to"])
    event = events.declined if outcome == "declined" else events.referred
    trail.record(event, by=by, at=at, objects={"enquiry": row.id}, reason=reason)
    end_first_call(row.id, by=by, at=at)
    answer(by, key, {"done": True})
