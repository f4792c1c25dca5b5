"""When is a delivery tried again, when is it given up, and may this person be written to at all?  Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from afterglow.science.outcomes.windows import QuietHours, out_of_quiet
from afterglow.science.verdict import Finding, Verdict

Outcome = Literal["again", "dead"]
FIRST_GAP, LONGEST_GAP = timedelta(seconds=30), timedelta(minutes=30)  # judgement (J): a page must not wait long for its second try
MOST_TRIES = 8  # about one hour with the gaps above (J)
LEASE = timedelta(minutes=2)  # longer than any sender may take: afterwards a claim whose process died is free again
USEFUL_AFTER_RETRY = timedelta(hours=1)  # how long a message that somebody sends again by hand stays useful (J)
# Where a message says none of its own: the hours outside which US 47 CFR 64.1200(c)(1) lets nobody be solicited by telephone (W).
NIGHT = QuietHours(begins=time(21), ends=time(8))
CHANNEL_OF = {"phone": "sms", "email": "email"}  # what a person said about being contacted -> the one way that this opens


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonContact:
    """What is on file about reaching a person: their wish, and the address for the channel asked about ('' when there is none)."""

    contact_by: str
    channel: str
    address: str


def gap_after(tries: int) -> timedelta:
    """How long to wait after this many tries: 30 s, then twice as long each time, at most half an hour.  Raises ValueError below 1."""
    if tries < 1:
        raise ValueError("A gap follows a try.")
    doublings = min(tries - 1, 10)  # beyond it the longest gap holds anyway
    gap: timedelta = FIRST_GAP * (1 << doublings)
    return min(gap, LONGEST_GAP)


def after_failure(*, tries: int, at: datetime, useful_until_at: datetime) -> tuple[Outcome, datetime]:
    """Again and when, or given up: too often tried, or of no use any more by then."""
    next_try_at = at + gap_after(tries)
    if tries >= MOST_TRIES or next_try_at > useful_until_at:
        return "dead", at
    return "again", next_try_at


def held_until(at: datetime, *, quiet: QuietHours, zone: str) -> datetime | None:
    """The end of the night in which a message to a person waits, also one that an outage kept until now; None: it may leave."""
    ends_at = out_of_quiet(at, quiet, zone)
    return ends_at if ends_at > at else None


def may_write_to(contact: PersonContact) -> Verdict:
    """Only the way the person asked for, to an address on file; what is not known is never sent (safety, hazard H53)."""
    return Verdict.of(_is_their_way(contact), _has_address(contact))


def _is_their_way(contact: PersonContact) -> Finding:
    if contact.contact_by == "none":
        return Finding.unmet("messages.wish", "This person asked not to be contacted.", lifted_by="nobody")
    if contact.contact_by not in CHANNEL_OF:
        return Finding.unknown("messages.wish", "Nobody has asked this person yet how they may be contacted safely.", lifted_by="nobody")
    if CHANNEL_OF[contact.contact_by] != contact.channel:
        return Finding.unmet("messages.wish", f"This person asked to be contacted by {contact.contact_by} only.", lifted_by="nobody")
    return Finding.met("messages.wish")


def _has_address(contact: PersonContact) -> Finding:
    if not contact.address:
        return Finding.unmet("messages.address", "There is no address on file for this way.")
    return Finding.met("messages.address")
