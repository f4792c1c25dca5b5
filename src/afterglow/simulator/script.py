"""How a played clinic moves through time: lives made of steps, each step at its own time, all of them in one order.

Steps are made again from the same description at every start; what is kept between two starts is only how far each life came and the names it
gave to things (`Life.memo`).  A life that a user of the demo changed under the player's hands ends quietly: people go before the play.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature
from afterglow.ground.errors import Refusal


@dataclass(slots=True, kw_only=True)
class World:
    """The clinic as the player knows it: who works there and where things are."""

    seed: int
    zone: str
    clinic_id: UUID
    site_id: UUID
    staff: dict[str, Actor]
    places: dict[str, UUID] = field(default_factory=dict)

    def sign(self, who: str, at: datetime) -> Signature:
        """A player's signature: the record says that it was simulated."""
        return Signature(self.user_id(who), self.staff[who].name, at, how="simulated")

    def user_id(self, who: str) -> UUID:
        found = self.staff[who].user_id
        if found is None:
            raise ValueError(f"{who} is no member of staff")
        return found

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def clock(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time of day at the site."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.zone))


Deed = Callable[[World, "Life", datetime], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens at one time; a step that says several things does them all at that time."""

    at: datetime
    name: str
    do: Deed


@dataclass(slots=True, kw_only=True)
class Life:
    """Somebody's (or the house's) way through the clinic.  `done`: how many steps were played; `ended`: the refusal that ended it early."""

    name: str
    steps: list[Step]
    done: int = 0
    memo: dict[str, str] = field(default_factory=dict)
    ended: str = ""

    def __post_init__(self) -> None:
        self.steps.sort(key=lambda step: step.at)

    def id_of(self, name: str) -> UUID:
        return UUID(self.memo[name])

    def keep(self, name: str, value: object) -> None:
        self.memo[name] = str(value)

    def key(self, what: str) -> str:
        """A write key: the same step of the same life always writes under the same key."""
        return f"play:{self.name}:{what}"[:80]

    def as_kept(self) -> dict[str, Any]:
        return {"done": self.done, "memo": self.memo, "ended": self.ended}

    def rng(self, seed: int, what: str = "") -> random.Random:
        """Chance of this life alone, so that adding a person changes nobody else."""
        return random.Random(f"{seed}/{self.name}/{what}")


class PlayFailed(Exception):
    """A step was refused while the clinic was being built: the script and the rooms disagree."""


def play(world: World, lives: Iterable[Life], *, until: datetime, forgiving: bool = False) -> Iterator[Step]:
    """Play every step up to `until` in order of time; yields each one after it was played.

    `forgiving`: a refusal ends that life instead of the play (somebody has used the demo since).
    """
    waiting = [(life.steps[life.done].at, number, life) for number, life in enumerate(lives) if not life.ended and life.done < len(life.steps)]
    heapq.heapify(waiting)
    while waiting:
        at, number, life = heapq.heappop(waiting)
        if at > until:
            return
        step = life.steps[life.done]
        try:
            step.do(world, life, at)
        except Refusal as refusal:
            if not forgiving:
                found = "; ".join(f"{finding.item}: {finding.sentence}" for finding in refusal.findings)
                raise PlayFailed(f"{life.name}, {step.name}, {at:%d %b %H:%M}: {refusal.code}: {refusal.sentence} {found}") from refusal
            life.ended = refusal.code
            continue
        life.done += 1
        if life.done < len(life.steps):
            heapq.heappush(waiting, (life.steps[life.done].at, number, life))
        yield step


def minutes(start: datetime, count: float) -> datetime:
    return start + timedelta(minutes=count)
