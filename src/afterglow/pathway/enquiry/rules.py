"""How urgent is an enquiry, may it be decided, and when is it forgotten?  Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from afterglow.records.schedule.rules import ByHand
from afterglow.science.verdict import Finding, Verdict

Urgency = Literal["emergency", "same_day", "routine"]

URGENCY: dict[str, Urgency] = {"yes": "emergency", "unknown": "same_day", "no": "routine"}  # J: an unanswered danger question is not a no
ORDER: dict[str, int] = {"emergency": 0, "same_day": 1, "routine": 2}
ANSWER_WITHIN = {"emergency": timedelta(minutes=15), "same_day": timedelta(hours=8), "routine": timedelta(days=2)}  # J
KEEP_UNCONVERTED = timedelta(days=365)  # safety 83: what came to nothing is forgotten, unless danger was disclosed or advice given
SHORTEST_REASON = 5
COUNTED_WITHIN = timedelta(hours=1)  # J: the public page's throttle looks back this long
MOST_FROM_ONE_ADDRESS = 10  # J: a household or a ward behind one address, not a program
FIRST_CALL_MINUTES = 20  # J: what a form begins with; anybody may write another length
CONSULTATION_MINUTES = 60  # J: likewise
MOST_FOR_ONE_CLINIC = 60  # J: more than a clinic's people can read in an hour


def urgency_of(danger_now: str) -> Urgency:
    """Danger now is an emergency; danger that nobody asked about, or that was left open, is looked at the same day."""
    return URGENCY[danger_now]


def shows_help(danger_now: str) -> bool:
    """Crisis help before anything else: for a yes, and for a question that was not answered."""
    return danger_now != "no"


def answer_by(urgency: str, received_at: datetime) -> datetime:
    return received_at + ANSWER_WITHIN[urgency]


def may_be_forgotten(state: str, danger_now: str, received_at: datetime, at: datetime) -> bool:
    """Unconverted, a year old, and nobody was in danger or sent elsewhere with advice."""
    return state in {"new", "declined"} and danger_now == "no" and at - received_at >= KEEP_UNCONVERTED


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What was left to reach the asker by."""

    may_contact: bool
    contact_by: str
    phone: str
    email: str


def can_be_reached(facts: ContactFacts) -> Verdict:
    """Who asks to be contacted leaves what that takes; who does not leaves nothing they need to."""
    if not facts.may_contact:
        return Verdict.of(Finding.met("enquiry.contact", "They did not ask to be contacted."))
    left = facts.phone if facts.contact_by == "phone" else facts.email
    if left.strip():
        return Verdict.of(Finding.met("enquiry.contact"))
    what = "phone number" if facts.contact_by == "phone" else "e-mail address"
    return Verdict.of(Finding.unmet("enquiry.contact", f"There is no {what}, so the clinic cannot answer this way."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalFacts:
    """What one more enquiry from the public page is judged by: counts of the last COUNTED_WITHIN."""

    danger_now: str
    from_this_address: int
    for_this_clinic: int


def may_arrive(facts: ArrivalFacts) -> Verdict:
    """Danger now is always let in, whoever else is sending; the rest waits when there are too many."""
    if facts.danger_now == "yes":
        return Verdict.of(Finding.met("enquiry.arrival", "Danger is never made to wait."))
    if facts.from_this_address >= MOST_FROM_ONE_ADDRESS:
        return Verdict.of(Finding.unmet("enquiry.arrival", "Many messages came from this connection within an hour, so this one was not sent."))
    if facts.for_this_clinic >= MOST_FOR_ONE_CLINIC:
        return Verdict.of(Finding.unmet("enquiry.arrival", "More messages than the clinic can read came within an hour, so this one was not sent."))
    return Verdict.of(Finding.met("enquiry.arrival"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """An enquiry's state, and what was said about the decision."""

    state: str
    outcome: Literal["accepted", "declined", "referred"]
    reason: str = ""
    where: str = ""


def may_decide(facts: DecisionFacts) -> Verdict:
    """Once; with a reason when declined, and with a place when referred."""
    return Verdict.of(_undecided(facts), _said_why(facts), _said_where(facts))


def _undecided(facts: DecisionFacts) -> Finding:
    if facts.state != "new":
        return Finding.unmet("enquiry.state", f"This enquiry was {facts.state} already.", lifted_by="nobody")
    return Finding.met("enquiry.state")


def _said_why(facts: DecisionFacts) -> Finding:
    if facts.outcome == "declined" and len(facts.reason.strip()) < SHORTEST_REASON:
        return Finding.unmet("enquiry.reason", "A declined enquiry needs a reason that the next reader understands.")
    return Finding.met("enquiry.reason")


def _said_where(facts: DecisionFacts) -> Finding:
    if facts.outcome == "referred" and not facts.where.strip():
        return Finding.unmet("enquiry.where", "It was not said where the person was sent.")
    return Finding.met("enquiry.where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time on the calendar that somebody chose; aware times.  `room_id`, `staff_user_id` None: no room, nobody named yet."""

    site_id: UUID
    room_id: UUID | None
    staff_user_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    by_hand: ByHand

    @property
    def place(self) -> dict[str, Any]:
        """As the calendar takes it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def said(self) -> list[Any]:
        """What makes two requests the same one."""
        return [self.site_id, self.room_id, self.staff_user_id, self.starts_at, self.ends_at]


def key_within(key: str, part: str) -> str:
    """The key of one part of a larger write: the same for the same write, and short enough whatever the key was."""
    return f"{part} {hashlib.sha256(key.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCallFacts:
    """What booking a first call rests on.  `stands`: when another one is booked already, in words; '' when none is."""

    state: str
    may_contact: bool
    phone: str
    stands: str


def may_call(facts: FirstCallFacts) -> Verdict:
    """An enquiry that nobody decided, somebody who may be called and can be, and one call at a time."""
    return Verdict.of(_still_open(facts), _wants_a_call(facts), _none_stands(facts))


def _still_open(facts: FirstCallFacts) -> Finding:
    if facts.state != "new":
        return Finding.unmet("enquiry.state", f"This enquiry was {facts.state} already.", lifted_by="nobody")
    return Finding.met("enquiry.state")


def _wants_a_call(facts: FirstCallFacts) -> Finding:
    if not facts.may_contact:
        return Finding.unmet("enquiry.contact", "They asked not to be contacted.")
    if not facts.phone.strip():
        return Finding.unmet("enquiry.contact", "There is no phone number to call.")
    return Finding.met("enquiry.contact")


def _none_stands(facts: FirstCallFacts) -> Finding:
    if facts.stands:
        return Finding.unmet("enquiry.call", f"A first call is booked already: {facts.stands}. Move that one.")
    return Finding.met("enquiry.call")
