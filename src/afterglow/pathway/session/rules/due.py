"""What is due next in the room, and how late it is.  A late cuff is blindness, not untidiness: it is marked after minutes (hazard H13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.pathway.session.rules.states import MONITORED, State
from afterglow.science.vitals.limits import SiteLimits
from afterglow.science.vitals.marks import RANK, Level

Item = Literal["pressure", "alertness", "contact", "iv_site", "repeat_cuff"]
TITLES: dict[Item, str] = {
    "pressure": "Blood pressure, heart rate, breathing, saturation",
    "alertness": "Alertness (MOAA/S)",
    "contact": "Speak with the person",
    "iv_site": "Look at the IV site",
    "repeat_cuff": "Repeat the cuff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """What the schedule depends on.  Intervals (minutes) come from the session's frozen plan; a None time means not done yet in this session.

    `rescue_at`: the last midazolam or labetalol (or like) given; `repeat_asked_at`: an outlying cuff that waits for its repeat.
    """

    state: State
    started_at: datetime | None
    dosing_every_min: int
    recovery_every_min: int
    pressure_at: datetime | None = None
    alertness_at: datetime | None = None
    contact_at: datetime | None = None
    iv_site_at: datetime | None = None
    iv_line_in: bool = True
    rescue_at: datetime | None = None
    repeat_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing to do: when it is due, and how much it is overdue at the asked moment ("none": not, or less than the site's first limit)."""

    item: Item
    title: str
    due_at: datetime
    level: Level
    sentence: str


def due_next(facts: DueFacts, limits: SiteLimits, *, at: datetime) -> tuple[Due, ...]:
    """Everything that is due or will be, what is most overdue first.  Empty before the start and after the end."""
    if facts.state not in MONITORED or facts.started_at is None:
        return ()
    every = facts.recovery_every_min if facts.state == "recovery" else facts.dosing_every_min
    times: dict[Item, datetime] = {
        "pressure": _sooner(_next(facts.pressure_at, facts.started_at, every), facts.pressure_at, facts, limits),
        "alertness": _sooner(_next(facts.alertness_at, facts.started_at, every), facts.alertness_at, facts, limits),
    }
    if facts.state != "recovery":
        times["contact"] = _next(facts.contact_at, facts.started_at, every)
    if facts.iv_line_in:
        times["iv_site"] = _next(facts.iv_site_at, facts.started_at, limits.at("checks", "iv_site_every_min"))
    if facts.repeat_asked_at is not None:
        times["repeat_cuff"] = facts.repeat_asked_at + timedelta(seconds=limits.at("cuff_repeat", "within_s"))
    found = [_due(item, due_at, limits, at) for item, due_at in times.items()]
    return tuple(sorted(found, key=lambda due: (RANK[due.level], due.due_at)))


def _next(last: datetime | None, started_at: datetime, every_min: float) -> datetime:
    """One interval after the last time; what was done before the start counts from the start."""
    return max(last or started_at, started_at) + timedelta(minutes=every_min)


def _sooner(usual: datetime, last: datetime | None, facts: DueFacts, limits: SiteLimits) -> datetime:
    """After a sedative or pressure drug the checks come every few minutes for a number of times."""
    if facts.rescue_at is None:
        return usual
    every = timedelta(minutes=limits.at("checks", "after_rescue_every_min"))
    since = max(last or facts.rescue_at, facts.rescue_at)
    if since >= facts.rescue_at + every * int(limits.at("checks", "after_rescue_times")):
        return usual
    return min(usual, since + every)


def _due(item: Item, due_at: datetime, limits: SiteLimits, at: datetime) -> Due:
    late = at - due_at
    level: Level = "none"
    if late >= timedelta(minutes=limits.at("cuff_overdue", "act_from_min")):
        level = "act"
    elif late >= timedelta(minutes=limits.at("cuff_overdue", "notify_from_min")) or (item == "repeat_cuff" and late > timedelta(0)):
        level = "notify"
    minutes = abs(late) // timedelta(minutes=1)
    sentence = f"{TITLES[item]}: {'overdue by' if late > timedelta(0) else 'due in'} {minutes} min."
    return Due(item=item, title=TITLES[item], due_at=due_at, level=level, sentence=sentence)
