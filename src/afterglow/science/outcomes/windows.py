"""When a check-in opens, when it is reminded of, and when it is too late: from the end of a dose or a day of the course.

Hours are elapsed hours (24 h after a dose is 24 h, also across a change of the clocks).  Days are calendar days at a clock hour of the site, so
that a weekly questionnaire comes at the same hour all year.  A reminder inside the quiet hours waits for the morning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Open from `opens_at`; asked for by `due_at`; not taken any more from `closes_at`.  Aware, opens <= due <= closes."""

    opens_at: datetime
    due_at: datetime
    closes_at: datetime

    def is_open(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Nothing is sent from `begins` until `ends` on the clock of the site; they may run over midnight."""

    begins: time
    ends: time

    def holds(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


def hours_after(end: datetime, *, from_h: float, to_h: float, late_h: float = 0) -> Window:
    """So many hours after `end`; `late_h` later it can still be answered and is marked late."""
    opens, due = end + timedelta(hours=from_h), end + timedelta(hours=to_h)
    return Window(opens_at=opens, due_at=due, closes_at=due + timedelta(hours=late_h))


def day_at(day: date, *, hour: int, zone: str, due_days: int, late_days: int = 0) -> Window:
    """From a clock hour of one day; due the same hour `due_days` later."""
    place = ZoneInfo(zone)

    def moment(after: int) -> datetime:
        return datetime.combine(day + timedelta(days=after), time(hour), place)

    return Window(opens_at=moment(0), due_at=moment(due_days), closes_at=moment(due_days + late_days))


def out_of_quiet(moment: datetime, quiet: QuietHours, zone: str) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    place = ZoneInfo(zone)
    local = moment.astimezone(place)
    if not quiet.holds(local.time()):
        return moment
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.ends, place)
