"""Build the demo clinic, play it forward, open its live rooms."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from afterglow.ground import ids
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.writes.together import together
from afterglow.simulator import arrivals, careers, dosing, house, kept, lives, rounds
from afterglow.simulator.script import Life, World, play

SEED = 20261207
OPENED_DAYS_BEFORE = 80
FULL_DAYS_BEFORE = 12
"""How long before the demo the clinic opened, and since when it is open every day."""
ROSTER_DAYS_AFTER = 4
Progress = Callable[[int, int], None]


@dataclass(slots=True, kw_only=True)
class Played:
    """A played clinic: its world and every life in it.  `starts`: when the demo was started, the first time first."""

    world: World
    starts: list[datetime]
    lives: list[Life] = field(default_factory=list)

    def life(self, name: str) -> Life:
        return next(life for life in self.lives if life.name == name)

    @property
    def refused(self) -> list[str]:
        """Lives that a user of the demo took another way."""
        return [f"{life.name}: {life.ended}" for life in self.lives if life.ended]


def build(seed: int, at: datetime, *, zone: str, state: str, progress: Progress = lambda done, all_: None) -> Played:
    """A whole clinic as it is at `at`: the same seed, time and place give the same people, ids and hashes.  Raises PlayFailed."""
    at = at.replace(second=0, microsecond=0)
    with together(), _in_a_hurry(), ids.source(random.Random(f"{seed} {at.isoformat()}")):
        opened = at.date() - timedelta(days=OPENED_DAYS_BEFORE)
        world = house.found(seed, opened, at - timedelta(days=OPENED_DAYS_BEFORE, hours=8), zone=zone, state=state)
        played = Played(world=world, starts=[at])
        played.lives = _lives(world, played.starts)
        _run(played, at, progress, forgiving=False)
    return played


def go_on(played: Played, at: datetime, *, progress: Progress = lambda done, all_: None) -> None:
    """Play everything that was due since, then open the live rooms again with new people where the old sessions are over."""
    at = at.replace(second=0, microsecond=0)
    with together(), _in_a_hurry(), ids.source(random.Random(f"{played.world.seed} {at.isoformat()} again")):
        _run(played, at, progress, forgiving=True)
        if not under_way(played):
            played.starts.append(at)
            made = lives.live_lives(played.world, at, start_no=len(played.starts) - 1)
            played.lives += made
            _run(played, at, progress, forgiving=True)


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Nothing that the play makes is garbage for long, so the collector's rounds, a tenth of the time, wait until it is over."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def under_way(played: Played) -> list[str]:
    """The live rooms, by name of their source, in which a dose still runs or somebody recovers."""
    number = len(played.starts) - 1
    found = []
    for source in ("monitor", "recording"):
        life = played.life(f"live {number} {source}")
        if not life.ended and any(step.name == dosing.GO_HOME for step in life.steps[life.done :]):
            found.append(source)
    return found


def _lives(world: World, starts: list[datetime]) -> list[Life]:
    first = starts[0]
    today = world.day_of(first)
    made = [
        *lives.fixed_lives(world, first),
        *careers.career_lives(world, first),
        *arrivals.arrival_lives(world, first),
        rounds.rounds_life(world, first),
    ]
    for number, at in enumerate(starts):
        made += lives.live_lives(world, at, start_no=number)
    house_life = house.house_life(
        world,
        opened=today - timedelta(days=OPENED_DAYS_BEFORE),
        full_from=today - timedelta(days=FULL_DAYS_BEFORE),
        until=today + timedelta(days=ROSTER_DAYS_AFTER),
        on_call={world.day_of(step.at) for life in made for step in life.steps},
        dosing={world.day_of(step.at) for life in made for step in life.steps if step.name == dosing.CHECK_IN},
    )
    return [house_life, *made]


def _run(played: Played, at: datetime, progress: Progress, *, forgiving: bool) -> None:
    due = sum(1 for life in played.lives if not life.ended for step in life.steps[life.done :] if step.at <= at)
    for done, _ in enumerate(play(played.world, played.lives, until=at, forgiving=forgiving), start=1):
        progress(done, due)


def keep(played: Played, path: Path) -> None:
    """Write what the next start needs."""
    world = played.world
    kept.write(
        path,
        {
            "made_by": kept.maker(),
            "seed": world.seed,
            "zone": world.zone,
            "clinic": str(world.clinic_id),
            "site": str(world.site_id),
            "places": {name: str(place) for name, place in world.places.items()},
            "starts": [at.isoformat() for at in played.starts],
            "lives": {life.name: life.as_kept() for life in played.lives},
        },
    )


def taken_up(path: Path) -> Played | None:
    """The played clinic of an earlier start; None where there is none.  The database must be the one it was played in."""
    said = kept.read(path)
    if said is None:
        return None
    clinic_id = UUID(said["clinic"])
    world = World(
        seed=said["seed"],
        zone=said["zone"],
        clinic_id=clinic_id,
        site_id=UUID(said["site"]),
        staff={row.email.partition("@")[0]: accounts.actor_for(row.user_id, clinic_id) for row in accounts.staff_of(clinic_id)},
        places={name: UUID(place) for name, place in said["places"].items()},
    )
    played = Played(world=world, starts=[datetime.fromisoformat(at) for at in said["starts"]])
    played.lives = _lives(world, played.starts)
    for life in played.lives:
        was = said["lives"].get(life.name, {})
        life.done, life.memo, life.ended = was.get("done", 0), was.get("memo", {}), was.get("ended", "")
    return played


def device_key(played: Played, room: str) -> str:
    return played.life("house").memo[f"device key {room}"]


def top_up(played: Played, at: datetime) -> None:
    """Building takes its time: the virtual monitor's readings since, so that the room shows no gap when the server comes up."""
    if "monitor" in under_way(played):
        lives.sent_until(played.world, played.life(f"live {len(played.starts) - 1} monitor"), live_courses(played)["monitor"], at)


def live_courses(played: Played) -> dict[str, lives.Course]:
    """Who is in the live rooms of the latest start."""
    return lives.live_courses(played.world, played.starts[-1], start_no=len(played.starts) - 1)


def monitor_seed(played: Played, source: str) -> int:
    """The invented body on that monitor, the same whose earlier readings were played."""
    course = live_courses(played)[source]
    return course.dose(course.now).seed


def dose_starts(played: Played) -> dict[str, datetime]:
    """When the dose of each live room started, by its source; for the person who has just come in, when it may start at the earliest."""
    at = played.starts[-1]
    return {"monitor": lives.monitor_starts(at), "recording": lives.recording_starts(at), "arriving": at + timedelta(minutes=20)}
