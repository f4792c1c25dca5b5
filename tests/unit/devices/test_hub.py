"""The hub tells each stream what it has not seen, in order, once, and lives only while somebody watches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from uuid import UUID, uuid4

from afterglow.pathway.session.hub import QUEUED, Hub, Line, Watcher

ROOM, OTHER = uuid4(), uuid4()


class Shelf:
    """Stands in for the database: lines that were committed."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.asked: list[Mapping[UUID, int]] = []
        self.faults = 0

    def put(self, room: UUID, *numbers: int) -> None:
        self.lines += [Line(room, number, f"line {number}") for number in numbers]

    def read(self, cursors: Mapping[UUID, int]) -> list[Line]:
        self.asked.append(dict(cursors))
        if self.faults:
            self.faults -= 1
            raise RuntimeError("the database is away")
        found = [line for line in self.lines if line.seq > cursors.get(line.session_id, line.seq)]
        return sorted(found, key=lambda line: (str(line.session_id), line.seq))


async def heard(watcher: Watcher, count: int) -> list[tuple[UUID, int]]:
    found = []
    for _ in range(count):
        line = await asyncio.wait_for(watcher.queue.get(), 5)
        assert line is not None
        found.append((line.session_id, line.seq))
    return found


def test_each_stream_gets_what_it_has_not_seen() -> None:
    shelf = Shelf()
    shelf.put(ROOM, 1, 2, 3)

    async def watch() -> None:
        hub = Hub(shelf.read)
        late, early = hub.watch({ROOM: 2}), hub.watch({ROOM: 0, OTHER: 0})
        assert await heard(late, 1) == [(ROOM, 3)]
        assert await heard(early, 3) == [(ROOM, 1), (ROOM, 2), (ROOM, 3)]
        shelf.put(ROOM, 4)
        shelf.put(OTHER, 1)
        hub.wake()
        assert await heard(late, 1) == [(ROOM, 4)]
        assert sorted(await heard(early, 2), key=str) == sorted([(OTHER, 1), (ROOM, 4)], key=str)
        assert late.queue.empty()
        assert early.queue.empty()
        hub.leave(late)
        hub.leave(early)

    asyncio.run(watch())


def test_what_another_process_committed_is_heard_without_a_wake() -> None:
    shelf = Shelf()

    async def watch() -> float:
        hub = Hub(shelf.read)
        watcher = hub.watch({ROOM: 0})
        await asyncio.sleep(0.2)
        shelf.put(ROOM, 1)
        began = time.monotonic()
        await heard(watcher, 1)
        hub.leave(watcher)
        return time.monotonic() - began

    assert asyncio.run(watch()) < 1.0


def test_a_database_that_is_away_for_a_moment_ends_no_stream() -> None:
    shelf = Shelf()
    shelf.put(ROOM, 1)
    shelf.faults = 1

    async def watch() -> None:
        hub = Hub(shelf.read)
        watcher = hub.watch({ROOM: 0})
        assert await heard(watcher, 1) == [(ROOM, 1)]
        hub.leave(watcher)

    asyncio.run(watch())
    assert len(shelf.asked) >= 2


def test_the_hub_rests_when_nobody_watches_and_starts_again() -> None:
    shelf = Shelf()

    async def watch() -> None:
        hub = Hub(shelf.read)
        hub.leave(hub.watch({ROOM: 0}))
        deadline = time.monotonic() + 5
        while hub._thread is not None and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        assert hub._thread is None
        shelf.put(ROOM, 1)
        again = hub.watch({ROOM: 0})
        assert await heard(again, 1) == [(ROOM, 1)]
        hub.leave(again)

    asyncio.run(watch())


def test_a_stream_that_cannot_keep_up_is_ended_not_fed_for_ever() -> None:
    shelf = Shelf()
    shelf.put(ROOM, *range(1, QUEUED + 2))

    async def watch() -> None:
        hub = Hub(shelf.read)
        watcher = hub.watch({ROOM: 0})
        assert await asyncio.wait_for(watcher.queue.get(), 5) is None
        hub.leave(watcher)

    asyncio.run(watch())
