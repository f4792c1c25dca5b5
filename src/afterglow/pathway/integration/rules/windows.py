"""Did an integration visit take place in its window after a dose, is one booked, and how long is left?  Pure: `at` is handed in.

The window comes from the plan's protocol (24 to 72 hours after the end of the infusion, judgement J, requirement S94).  A visit outside it is
late, not worthless: it is said, and it still counts as a visit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from afterglow.pathway.plan.rules.course import Window
from afterglow.science.dosing.interval import hours_text

SHOWN_AFTER_CLOSE = timedelta(days=4)
"""How long a window that closed without a visit stays on the list: until the next dose of a course of two a week (J)."""

LONG_AGO_DAYS = 2
"""From here on a closed window is told in days."""
What = Literal["held", "held_outside", "to_record", "booked", "booked_outside", "missed", "none", "closed"]
TalkState = Literal["booked", "held", "missed", "cancelled"]
CALENDAR: dict[str, TalkState] = {"booked": "booked", "arrived": "booked", "done": "held", "missed": "missed", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """After every how many doses a visit is wanted, and its window in hours after the end of the infusion."""

    every: int
    from_h: int
    to_h: int

    def wants(self, dose_no: int) -> bool:
        return dose_no % self.every == 0

    def window(self, ended_at: datetime) -> Window:
        """Both ends inside; elapsed hours, also over a change of the clocks."""
        return Window(opens_at=ended_at + timedelta(hours=self.from_h), closes_at=ended_at + timedelta(hours=self.to_h))


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """An integration visit: `at` is when it was held, else when it is booked for; `ends_at` the booked end."""

    appointment_id: UUID
    dose_no: int | None
    at: datetime
    ends_at: datetime
    state: TalkState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one dose stands: what is so, in a sentence, whether somebody must act, and the visit it rests on."""

    what: What
    sentence: str
    alert: bool
    talk: Talk | None = None

    @property
    def had(self) -> bool:
        return self.what in ("held", "held_outside")


def pattern_of(content: Mapping[str, Any]) -> Pattern:
    """The integration numbers of a protocol's content."""
    said = content["visits"]["integration"]
    return Pattern(every=said["after_every"], from_h=said["from_h"], to_h=said["to_h"])


def countdown(window: Window, at: datetime) -> str:
    """'opens in 5 h', 'open, 31 h left', 'closed 4 h ago', 'closed 3 days ago': in whole minutes or days, rounded down."""
    if at < window.opens_at:
        return f"opens in {hours_text(window.opens_at - at)}"
    if at <= window.closes_at:
        return f"open, {hours_text(window.closes_at - at)} left"
    since = at - window.closes_at
    return f"closed {since.days} days ago" if since.days >= LONG_AGO_DAYS else f"closed {hours_text(since)} ago"


def standing(dose_no: int, window: Window, talks: Sequence[Talk], at: datetime) -> Standing:
    """Where this dose stands at `at`.  A visit inside the window counts for it whichever dose it was booked for; else the one booked for it."""
    there = sorted((talk for talk in talks if talk.state != "cancelled"), key=lambda talk: talk.at)
    inside = [talk for talk in there if window.opens_at <= talk.at <= window.closes_at]
    outside = [talk for talk in there if talk not in inside and talk.dose_no == dose_no]
    if found := _first(inside, "held"):
        return Standing(what="held", sentence="A visit was held inside the window.", alert=False, talk=found)
    if found := _first(inside, "booked"):
        return _booked_inside(found, window, at)
    if found := _first(outside, "held"):
        return Standing(what="held_outside", sentence="A visit was held, outside its window.", alert=False, talk=found)
    if found := _first(outside, "booked"):
        return _booked_outside(found, window, at)
    if at > window.closes_at:
        return Standing(what="closed", sentence="The window closed without a visit.", alert=True, talk=_first(inside, "missed"))
    if found := _first(inside, "missed"):
        return Standing(what="missed", sentence="The visit was missed. Book another before the window closes.", alert=True, talk=found)
    return Standing(what="none", sentence="No visit is booked inside the window.", alert=True)


def _booked_inside(talk: Talk, window: Window, at: datetime) -> Standing:
    if talk.ends_at > at:
        return Standing(what="booked", sentence="A visit is booked inside the window.", alert=False, talk=talk)
    return Standing(what="to_record", sentence="The visit's time has passed. Say whether it was held.", alert=True, talk=talk)


def _booked_outside(talk: Talk, window: Window, at: datetime) -> Standing:
    if talk.ends_at <= at:
        return Standing(what="to_record", sentence="The visit's time has passed. Say whether it was held.", alert=True, talk=talk)
    early = talk.at < window.opens_at
    return Standing(
        what="booked_outside",
        sentence=f"The visit is booked {'before its window opens' if early else 'after its window closes'}. Move it, or leave it so with a word why.",
        alert=True,
        talk=talk,
    )


def _first(talks: Sequence[Talk], state: TalkState) -> Talk | None:
    return next((talk for talk in talks if talk.state == state), None)


def is_shown(window: Window, found: Standing, at: datetime) -> bool:
    """Is this dose still on the list: until its visit was held, or some days after its window closed?"""
    return not found.had and at <= window.closes_at + SHOWN_AFTER_CLOSE
