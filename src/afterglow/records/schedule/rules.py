"""May this appointment be booked here, and what may become of one?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.science.verdict import Finding, Verdict

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)  # outside these it is a slip of the pen (judgement)
# A state machine with no way back from an end: what did happen is not un-happened, it is booked anew.
NEXT_STATES: dict[str, frozenset[str]] = {
    "booked": frozenset({"arrived", "cancelled", "missed"}),
    "arrived": frozenset({"done", "cancelled"}),
    "done": frozenset(),
    "cancelled": frozenset(),
    "missed": frozenset(),
}

Whose = Literal["room", "staff", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """An appointment already in the calendar that overlaps, and through what it clashes.  `said` is its time in the site's zone."""

    whose: Whose
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """Everything `may_be_booked` looks at.  `room_kind` is None when no room is asked for."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    at: datetime
    room_kind: str | None
    room_is_active: bool
    busy: tuple[Busy, ...]


def may_be_booked(facts: BookingFacts) -> Verdict:
    """Every reason at once: times that make sense, the right kind of room, and nobody and nothing booked twice."""
    return Verdict.of(times_make_sense(facts), room_fits(facts), is_free(facts, "room"), is_free(facts, "staff"), is_free(facts, "person"))


def times_make_sense(facts: BookingFacts) -> Finding:
    item, length = "booking.times", facts.ends_at - facts.starts_at
    if length < SHORTEST:
        return Finding.unmet(item, "It ends before it starts, or lasts less than 5 minutes.")
    if length > LONGEST:
        return Finding.unmet(item, "It lasts longer than 12 hours.")
    if facts.ends_at <= facts.at:
        return Finding.unmet(item, "It lies in the past.")
    return Finding.met(item)


def room_fits(facts: BookingFacts) -> Finding:
    """A dosing visit needs a dosing room: monitor, oxygen and the way out are there."""
    item = "booking.room"
    if facts.room_kind is None:
        if facts.kind == "dosing":
            return Finding.unmet(item, "A dosing visit needs a dosing room.")
        return Finding.met(item)
    if not facts.room_is_active:
        return Finding.unmet(item, "This room is out of use.")
    if facts.kind == "dosing" and facts.room_kind != "dosing":
        return Finding.unmet(item, "This is a consulting room. A dosing visit needs a dosing room.")
    return Finding.met(item)


_SAID = {"room": "The room is taken", "staff": "The member of staff has another appointment", "person": "The person has another appointment"}


def is_free(facts: BookingFacts, whose: Whose) -> Finding:
    taken = [busy.said for busy in facts.busy if busy.whose == whose]
    if taken:
        return Finding.unmet(f"booking.{whose}_free", f"{_SAID[whose]}: {'; '.join(taken)}.")
    return Finding.met(f"booking.{whose}_free")


def may_become(state: str, wanted: str) -> Finding:
    """May an appointment in `state` become `wanted`?"""
    if wanted in NEXT_STATES[state]:
        return Finding.met("appointment.state")
    return Finding.unmet("appointment.state", f"This appointment is {state}; it cannot become {wanted}.")
