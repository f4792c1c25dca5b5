"""`afterglow demo`: a synthetic clinic on this machine, alive from the first page.

The data folder is chosen before Django is set up, because the settings read it; everything that needs Django is therefore imported inside.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from afterglow.doors import clock
from afterglow.doors.ops import serve
from afterglow.simulator import home as homes
from afterglow.simulator.home import Home

if TYPE_CHECKING:
    from afterglow.simulator.play import Played

HELP = "show a synthetic clinic on this machine"
HOST = "127.0.0.1"
"""Everyone can read the demo's passwords, so it answers on this machine only."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=serve.PORT, help=f"port to listen on (default {serve.PORT})")
    parser.add_argument("--home", type=Path, help="folder of the demo (default: .demo in the project, or AFTERGLOW_HOME)")
    parser.add_argument("--reset", action="store_true", help="start over")
    parser.add_argument("--build-only", action="store_true", help="build it or play it forward, then stop without serving")


def choose_home(options: argparse.Namespace) -> None:
    """Before Django: the port, the folder, what is to become of an older demo.  Raises the refusals of `serve` and `home`."""
    if not options.build_only:
        serve.check_port(HOST, options.port)
    folder = (options.home or homes.default_folder()).resolve()
    at = datetime.now(UTC) + clock.OFFSET  # `clock.now` would read the settings, which are to find the folder chosen here
    options.prepared = homes.prepare(folder, reset=options.reset, at=at)
    options.lock = homes.hold(folder)
    os.environ["AFTERGLOW_HOME"] = str(folder)
    os.environ.pop("AFTERGLOW_DATABASE_URL", None)  # the demo lives in its own folder, never in a database that a clinic may use


def run(options: argparse.Namespace) -> int:
    place: Home = options.prepared
    if place.said:
        _console().print(place.said, highlight=False)
    played = _bring_up(place)
    url = f"http://{HOST}:{options.port}"
    print(_told(played, url, as_json=options.json), flush=True)
    if options.build_only:
        return 0
    from afterglow.simulator.rooms import Monitors

    serve.stop_when_told()
    with Monitors(url, HOST, options.port, _sending(played), place.log):
        serve.listen(HOST, options.port)
    return 0


def _bring_up(place: Home) -> Played:
    """The clinic as it is now: built, or taken up where it was left and played forward."""
    from afterglow.doors.ops import migrate
    from afterglow.simulator import house, play

    migrate.bring_up_to_date()
    serve.refuse_mixed_data()
    at = clock.now()
    played = play.taken_up(place.played)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total}"),
        TimeElapsedColumn(),
        console=_console(),
        transient=True,
    ) as bar:
        task = bar.add_task("Playing the clinic forward to now" if played else "Building the demo clinic", total=None)

        def progress(done: int, all_: int) -> None:
            bar.update(task, completed=done, total=all_)

        if played is None:
            zone, state = house.zone_of_day(at)
            played = play.build(play.SEED, at, zone=zone, state=state, progress=progress)
        else:
            play.go_on(played, at, progress=progress)
    if played.starts[-1] == at.replace(second=0, microsecond=0):  # the live rooms were opened just now
        play.top_up(played, clock.now())
    play.keep(played, place.played)
    return played


def _sending(played: Played) -> list[Any]:
    """What each live room's monitor runs: invented numbers each second, or the recording from the minute that comes next in the session."""
    from afterglow.simulator import play
    from afterglow.simulator.rooms import Sending

    started = play.dose_starts(played)
    next_min = max(0, int((clock.now() - started["recording"]).total_seconds() // 60)) + 1
    monitor, replay = "afterglow.simulator.monitor", "afterglow.simulator.replay"
    return [
        Sending(
            monitor,
            play.device_key(played, "room_1"),
            ("--seed", str(play.monitor_seed(played, "monitor")), "--dosing-from", (started["monitor"] - clock.OFFSET).isoformat()),
        ),
        Sending(replay, play.device_key(played, "room_2"), ("--from-minute", str(next_min))),
        Sending(
            monitor,
            play.device_key(played, "room_3"),
            ("--seed", str(play.monitor_seed(played, "arriving")), "--dosing-from", (started["arriving"] - clock.OFFSET).isoformat()),
        ),
    ]


def _told(played: Played, url: str, *, as_json: bool) -> str:
    """The addresses and the sign-ins, as text or as one JSON object."""
    from afterglow.simulator import guide

    told = guide.guide(played, url, clock.now())
    return json.dumps({"ok": True, **told.as_json()}) if as_json else told.as_text()


def _console() -> Console:
    return Console(stderr=True)
