"""One hub per server process: it tells every open stream of this process what was committed, on either engine.

It asks for rows above each session's number every 100 ms and at once when this process commits (`wake`).  The cursor is the session's own `seq`,
given under the session's row lock, so that numbers become visible in their order: a global id would not (on PostgreSQL a lower id can commit
later and would be missed for ever).  Its thread lives only while somebody watches.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

log = logging.getLogger("afterglow")
POLL_S = 0.1
AT_MOST_EVERY_S = 0.01
AFTER_A_FAULT_S = 0.5
QUEUED = 2000
"""More than this unread and the stream is ended: its browser comes back with its cursors."""


@dataclass(frozen=True, slots=True)
class Line:
    """One committed entry of one session, as the stream says it.

    `about` names what is no entry of the session (a consent taken back): it has no number and moves no cursor, and each stream says it once.
    """

    session_id: UUID
    seq: int
    text: str
    about: str = ""


Read = Callable[[Mapping[UUID, int]], list[Line]]
"""Everything above these cursors, each session's lines in order."""
Notices = Callable[[Collection[UUID]], list[Line]]
"""What stands in these sessions beside their entries."""
NOTICES_EVERY = 10
"""Rounds between two looks for notices: a second at rest, sooner when something is committed."""


class Watcher:
    """One open stream: its cursors (the hub's alone to move) and the queue it reads from; None in the queue ends it."""

    def __init__(self, cursors: Mapping[UUID, int]) -> None:
        self.cursors = dict(cursors)
        self._said: set[tuple[UUID, str]] = set()
        self.queue: asyncio.Queue[Line | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def tell(self, lines: Collection[Line]) -> None:
        """Called in the hub's thread."""
        fresh = [line for line in lines if line.seq > self.cursors.get(line.session_id, line.seq)]
        for line in fresh:
            self.cursors[line.session_id] = line.seq
        self._hand_over(fresh)

    def notice(self, lines: Collection[Line]) -> None:
        """Called in the hub's thread: what this stream watches and has not said yet."""
        fresh = [line for line in lines if line.session_id in self.cursors and (line.session_id, line.about) not in self._said]
        self._said |= {(line.session_id, line.about) for line in fresh}
        self._hand_over(fresh)

    def _hand_over(self, fresh: Collection[Line]) -> None:
        if fresh and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, fresh)

    def _put(self, lines: Collection[Line]) -> None:
        if self.queue.qsize() + len(lines) > QUEUED:
            self.queue.put_nowait(None)
            return
        for line in lines:
            self.queue.put_nowait(line)


class Hub:
    """`read` and `notices` are asked in the hub's own thread, with a database connection of its own."""

    def __init__(self, read: Read, notices: Notices | None = None) -> None:
        self._read = read
        self._notices = notices
        self._watchers: set[Watcher] = set()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, cursors: Mapping[UUID, int]) -> Watcher:
        """Everything after these cursors, from now until `leave`.  Called inside a running event loop."""
        watcher = Watcher(cursors)
        with self._lock:
            self._watchers.add(watcher)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
                self._thread.start()
        self._woken.set()
        return watcher

    def leave(self, watcher: Watcher) -> None:
        with self._lock:
            self._watchers.discard(watcher)
        self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    def _run(self) -> None:
        pause = threading.Event()
        rounds = 0
        try:
            while watchers := self._still_watching():
                try:
                    self._tell(watchers)
                    if self._notices is not None and rounds % NOTICES_EVERY == 0:
                        self._tell_notices(watchers, self._notices)
                except Exception as fault:  # the database may be away for a moment; the streams stay and the next round tries again
                    log.error("the hub could not read: %s", type(fault).__name__)
                    connection.close()
                    pause.wait(AFTER_A_FAULT_S)
                rounds += 1
                pause.wait(AT_MOST_EVERY_S)
                self._woken.wait(POLL_S)
                self._woken.clear()
        finally:
            connection.close()

    def _still_watching(self) -> list[Watcher]:
        """Who watches now; with nobody left the thread takes its leave under the same lock, so that the next one starts another."""
        with self._lock:
            if not self._watchers:
                self._thread = None
            return list(self._watchers)

    def _tell(self, watchers: list[Watcher]) -> None:
        lowest: dict[UUID, int] = {}
        for watcher in watchers:
            for session_id, seq in watcher.cursors.items():
                lowest[session_id] = min(seq, lowest.get(session_id, seq))
        lines = self._read(lowest)
        for watcher in watchers:
            watcher.tell(lines)

    def _tell_notices(self, watchers: list[Watcher], notices: Notices) -> None:
        lines = notices({session_id for watcher in watchers for session_id in watcher.cursors})
        for watcher in watchers:
            watcher.notice(lines)


_hubs: dict[Read, Hub] = {}


def hub(read: Read, notices: Notices | None = None) -> Hub:
    """This process's hub for one way of reading."""
    return _hubs.setdefault(read, Hub(read, notices))


def wake(session_ids: Collection[UUID]) -> None:
    """Something was committed in these sessions by this process: look now instead of within 100 ms."""
    if session_ids:
        for each in _hubs.values():
            each.wake()
