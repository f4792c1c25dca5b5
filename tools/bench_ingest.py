"""From the monitor to the screen: twenty rooms, one POST a second each, and browsers that watch them all.

The time runs from just before a reading is sent to when a browser's stream has it, so it holds the request, the commit with its chain,
the hub and the stream.  Then: how many readings a second are acknowledged, which means committed and synced, singly and in batches of fifty.
"""

from __future__ import annotations

import http.client
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools import bench_base
from tools.bench_pages import percentile
from tools.bench_server import Browser, Server

STREAMS = 4
BATCH = 50
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """Latencies in ms; rates in readings a second.  `lost`: readings acknowledged that a stream never showed: anything but 0 is a fault."""

    rooms: int
    streams: int
    seconds: int
    sent: int
    lost: int
    acknowledged_p50: float
    acknowledged_p99: float
    screen_p50: float
    screen_p99: float
    screen_worst: float
    single_per_s: float
    batched_per_s: float


@dataclass(slots=True)
class _Seen:
    """When each reading, named by room and time, was sent, and when each stream had it."""

    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    acknowledged_ms: list[float] = field(default_factory=list)
    shown: list[dict[tuple[str, str], float]] = field(default_factory=list)


class Monitor:
    """One device at the door, with one connection that stays open."""

    def __init__(self, server: Server, room: str, key: str, number: int) -> None:
        self.room, self.number, self.sent = room, number, 0
        self.run = f"{time.time_ns():x}"
        self.offset = timedelta(seconds=server.offset_s)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def message(self) -> dict[str, Any]:
        """What a bedside monitor says each second: pulse, saturation, breaths."""
        self.sent += 1
        beat = math.sin(self.sent / 7 + self.number)
        values = {"hr": (72 + round(6 * beat), "/min"), "spo2": (97 + round(beat), "%"), "rr": (14 + round(2 * beat), "/min")}
        taken_at = datetime.now(UTC) + self.offset
        channels = {code: {"value": value, "unit": unit} for code, (value, unit) in values.items()}
        return {"id": f"{self.run}-{self.sent}", "taken_at": taken_at.isoformat(timespec="microseconds"), "channels": channels}

    def post(self, messages: list[dict[str, Any]]) -> int:
        """How many were acknowledged; raises RuntimeError when the door refuses one."""
        self.line.request("POST", "/devices/v1/readings", json.dumps({"messages": messages}).encode(), self.headers)
        response = self.line.getresponse()
        body = response.read()
        said = json.loads(body) if response.status == 200 else {}
        if response.status != 200 or said["refused"]:
            raise RuntimeError(f"the devices door answered {response.status}: {body[:300]!r}")
        return len(said["acknowledged"])


def measure(server: Server, database: Path, say: Say, *, quick: bool) -> Ingest:
    """A minute at one reading a second and room, then eight seconds each as fast as it goes (eight and two in a smoke run)."""
    seconds, flat_out = (8, 2) if quick else (60, 8)
    rooms = bench_base.notes(database, "room")
    monitors = [Monitor(server, room, key, number) for number, (room, key) in enumerate(rooms.items())]
    seen = _one_a_second(server, monitors, seconds)
    late = [(at - seen.sent[name]) * 1000 for shown in seen.shown for name, at in shown.items()]
    lost = sum(1 for shown in seen.shown for name in seen.sent if name not in shown)
    say(f"{len(rooms)} rooms to the screen: p99 {percentile(late, 99):.0f} ms, {lost} lost")
    single, batched = (_flat_out(monitors, flat_out, size) for size in (1, BATCH))
    say(f"acknowledged: {single:.0f} a second singly, {batched:.0f} a second in batches of {BATCH}")
    return Ingest(
        rooms=len(rooms),
        streams=STREAMS,
        seconds=seconds,
        sent=len(seen.sent),
        lost=lost,
        acknowledged_p50=percentile(seen.acknowledged_ms, 50),
        acknowledged_p99=percentile(seen.acknowledged_ms, 99),
        screen_p50=percentile(late, 50),
        screen_p99=percentile(late, 99),
        screen_worst=max(late),
        single_per_s=single,
        batched_per_s=batched,
    )


def _one_a_second(server: Server, monitors: list[Monitor], seconds: int) -> _Seen:
    seen = _Seen(shown=[{} for _ in range(STREAMS)])
    stop = threading.Event()
    ready = threading.Barrier(STREAMS + 1)
    rooms = [monitor.room for monitor in monitors]
    watching = [threading.Thread(target=_watch, args=(server, rooms, shown, ready, stop)) for shown in seen.shown]
    for thread in watching:
        thread.start()
    ready.wait(timeout=60)
    start = time.perf_counter() + 0.5
    _together(lambda monitor: _send(monitor, seen, start + monitor.number / len(monitors), seconds), monitors)
    time.sleep(1.5)
    stop.set()
    for thread in watching:
        thread.join()
    return seen


def _send(monitor: Monitor, seen: _Seen, first: float, seconds: int) -> None:
    """One reading a second, each device at its own tenth of the second, as in a house full of monitors."""
    for second in range(seconds):
        time.sleep(max(0.0, first + second - time.perf_counter()))
        message = monitor.message()
        name = (monitor.room, message["taken_at"])
        seen.sent[name] = began = time.perf_counter()
        monitor.post([message])
        seen.acknowledged_ms.append((time.perf_counter() - began) * 1000)


def _watch(server: Server, rooms: list[str], shown: dict[tuple[str, str], float], ready: threading.Barrier, stop: threading.Event) -> None:
    """A browser's stream of all rooms.  It ends with the beat that follows `stop`, five seconds later at most."""
    browser = Browser(server.port, "ben")
    wanted = "&".join(f"room={room}:{_head(browser, room)}" for room in rooms)
    browser.line.request("GET", f"/sessions/stream/?{wanted}", headers={"Cookie": browser.cookie(), "Accept": "text/event-stream"})
    response = browser.line.getresponse()
    if response.status != 200:
        ready.abort()
        raise RuntimeError(f"the stream answered {response.status}")
    ready.wait(timeout=60)
    for said in _events(response):
        at = time.perf_counter()
        if said.get("kind") == "reading":
            shown[(said["room"], said["at"])] = at
        if stop.is_set():
            break
    browser.close()


def _head(browser: Browser, room: str) -> int:
    """The number at which a room stands, so that the stream begins with what is new."""
    entries = json.loads(browser.get(f"/sessions/stream/?room={room}:0&poll=1"))["entries"]
    return int(entries[-1]["seq"]) if entries else 0


def _events(response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    while line := response.readline():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def _flat_out(monitors: list[Monitor], seconds: int, size: int) -> float:
    """Readings acknowledged a second when every device sends its next parcel as soon as the last one is acknowledged."""
    counts: list[int] = []
    began = time.perf_counter()

    def hurry(monitor: Monitor) -> None:
        count = 0
        while time.perf_counter() - began < seconds:
            count += monitor.post([monitor.message() for _ in range(size)])
        counts.append(count)

    _together(hurry, monitors)
    return sum(counts) / (time.perf_counter() - began)


def _together(deed: Callable[[Monitor], None], monitors: list[Monitor]) -> None:
    """The deed for every monitor at once; a failure of one is the failure of the run."""
    failures: list[BaseException] = []

    def run(monitor: Monitor) -> None:
        try:
            deed(monitor)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(monitor,)) for monitor in monitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
