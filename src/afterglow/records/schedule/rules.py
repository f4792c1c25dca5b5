"""May this appointment be booked here, and what may become of one?  Pure: everything the answer depends on is in the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

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

TAKES_A_REASON = ("booking.hours", "booking.roster")  # what is unusual: booked all the same when somebody says why

Whose = Literal["room", "staff", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """An appointment already in the calendar that overlaps, and through what it clashes.  `said` is its time in the site's zone."""

    whose: Whose
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When a site is open: weekdays (0 is Monday) and times in its own zone."""

    weekdays: frozenset[int]
    opens: time
    closes: time
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """What is asked of somebody who chose the time by hand: why, when it lies outside the opening hours or the roster.

    `rostered`: is the colleague on site for all of it?  None: nobody was named, or that day's roster is not written yet.
    """

    reason: str
    rostered: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """Everything `may_be_booked` looks at.  `room_kind` is None when no room is asked for, `by_hand` when a rule chose the time."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    at: datetime
    room_kind: str | None
    room_is_active: bool
    busy: tuple[Busy, ...]
    hours: OpeningHours | None = None
    staff_is_named: bool = False
    by_hand: ByHand | None = None


def may_be_booked(facts: BookingFacts) -> Verdict:
    """Every reason at once: times that make sense, the right kind of room, nobody and nothing booked twice, and what is unusual with its reason."""
    return Verdict.of(
        times_make_sense(facts),
        room_fits(facts),
        is_free(facts, "room"),
        is_free(facts, "staff"),
        is_free(facts, "person"),
        *(unusual(facts, facts.by_hand) if facts.by_hand is not None else ()),
    )


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


def unusual(facts: BookingFacts, by_hand: ByHand) -> tuple[Finding, ...]:
    """Outside the opening hours, or a colleague who is not on site then: it takes a reason, and the reason stays with the appointment."""
    found = []
    if facts.hours is not None:
        found.append(_said_why("booking.hours", outside_hours(facts.starts_at, facts.ends_at, facts.hours), by_hand.reason))
    if facts.staff_is_named:
        away = "The member of staff is not on the roster as on site for all of this time." if by_hand.rostered is False else ""
        found.append(_said_why("booking.roster", away, by_hand.reason))
    return tuple(found)


def outside_hours(starts_at: datetime, ends_at: datetime, hours: OpeningHours) -> str:
    """Why this time is not within the opening hours, in the site's own days and times; '' when it is."""
    place = ZoneInfo(hours.zone)
    starts, ends = starts_at.astimezone(place), ends_at.astimezone(place)
    if starts.weekday() not in hours.weekdays:
        return f"The site is closed on {starts:%A}s."
    if starts.date() != ends.date() or starts.time() < hours.opens or ends.time() > hours.closes:
        return f"The site is open from {hours.opens:%H:%M} to {hours.closes:%H:%M}; this is from {starts:%H:%M} to {ends:%H:%M}."
    return ""


def _said_why(item: str, unusual_because: str, reason: str) -> Finding:
    if not unusual_because:
        return Finding.met(item)
    if not reason.strip():
        return Finding.unmet(item, f"{unusual_because} Say why it is booked all the same.")
    return Finding.met(item, unusual_because)


def deviation(verdict: Verdict, reason: str) -> str:
    """What stays with an appointment that lies outside the usual, and why; '' for one that does not."""
    said = [finding.sentence for finding in verdict if finding.item in TAKES_A_REASON and finding.sentence]
    return f"{' '.join(said)} Because: {reason.strip()}" if said else ""


def may_become(state: str, wanted: str) -> Finding:
    """May an appointment in `state` become `wanted`?"""
    if wanted in NEXT_STATES[state]:
        return Finding.met("appointment.state")
    return Finding.unmet("appointment.state", f"This appointment is {state}; it cannot become {wanted}.")
