"""Whom to page about an urgent flag that nobody has taken, and when.  Pure: time and people are in the facts.

Safety 44: a self-harm answer outside staffed hours pages the person on call at once, and escalates after 15 and after 30 minutes.
Spans are counted between moments, never on a wall clock: a clock change makes none longer and none twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LAST_STEP_AFTER = timedelta(minutes=15)  # safety 44: from the second page (15 min) to the last (30 min)
FIRST, SECOND, EVERYONE = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PagingFacts:
    """Everything `page_due` looks at; people are ids.

    `since`: since when it waits for somebody (opened, or given back).  `due_at`: by when it must have been taken.  `here`: who may take it and
    is on site now; somebody here means staffed hours.  `on_call`: who may take it and is on call now.  `everyone`: who may take it at all.
    """

    since: datetime
    due_at: datetime
    at: datetime
    owner: str | None
    here: tuple[str, ...]
    on_call: tuple[str, ...]
    everyone: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDue:
    """The newest step that is due: steps that an outage swallowed are not sent late, one after the other."""

    step: int
    recipients: tuple[str, ...]
    window: str


def page_due(facts: PagingFacts) -> PageDue | None:
    """None while it may still be answered in its time by those who are here, or when nobody may take it at all."""
    step = step_due(since=facts.since, due_at=facts.due_at, at=facts.at, staffed=bool(facts.here))
    if step is None or not facts.everyone:
        return None
    near = _nearest(facts)
    recipients = (*near, *facts.everyone) if step == EVERYONE else near
    return PageDue(step=step, recipients=tuple(dict.fromkeys(recipients)), window=window(facts.since, step))


def step_due(*, since: datetime, due_at: datetime, at: datetime, staffed: bool) -> int | None:
    """1 at once while nobody is here, 2 when its time is up, 3 a quarter of an hour later: everyone who may take it."""
    late_at = max(since, due_at)
    if at >= late_at + LAST_STEP_AFTER:
        return EVERYONE
    if at >= late_at:
        return SECOND
    return None if staffed else FIRST


def window(since: datetime, step: int) -> str:
    """Names one step of one wait, the same in every zone and after every restart: whole seconds since 1970 in UTC, and the step."""
    return f"{int(since.timestamp())}.{step}"


def _nearest(facts: PagingFacts) -> Sequence[str]:
    """Its owner and whoever is on call; without either, who is here; without anybody, all who may take it."""
    named = tuple(one for one in (facts.owner, *facts.on_call) if one in facts.everyone)
    return named or facts.here or facts.everyone
