"""One writer thread for all devices of this process: it stores whatever is waiting in one transaction and answers after the commit.

SQLite lets one writer in at a time; two hundred rooms that each take their own turn wait more than a second, together they wait a tenth of that.
Parcels are checked before they queue, so one bad reading cannot fail its neighbours; should a transaction fail all the same, each parcel
is tried by itself and only the one at fault is told "not stored, send it again".
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from afterglow.pathway.session.actions.record_readings import Message, Parcel, Taken, record_readings
from afterglow.pathway.session.queries.devices import DeviceRow, devices_by_key

log = logging.getLogger("afterglow")
MOST_MESSAGES_AT_ONCE = 2000
IDLE_S = 5.0


class UnknownKey(Exception):
    """No device in use holds this key."""


class NotStored(Exception):
    """The database did not take it; nothing of this parcel is stored, and sending it again is right."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One request that waits: whose key, what, and when it came."""

    key_sha256: str
    messages: tuple[Message, ...]
    clock_ahead: timedelta | None
    at: datetime


@dataclass(frozen=True, slots=True)
class _Waiting:
    sent: Sent
    answer: asyncio.Future[Taken]
    loop: asyncio.AbstractEventLoop


class Writer:
    """`store` is asked in the writer's own thread, which has a database connection of its own and ends when nothing comes for a while."""

    def __init__(self, store: Callable[[Sequence[Parcel]], list[Taken]] = record_readings) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    async def write(self, sent: Sent) -> Taken:
        """What became of it, after the commit.  Raises UnknownKey, NotStored."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(sent, loop.create_future(), loop)
        with self._lock:
            self._queue.put(waiting)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="readings", daemon=True)
                self._thread.start()
        return await waiting.answer

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                self._write(batch)
        finally:
            connection.close()

    def _next_batch(self) -> list[_Waiting]:
        """Everything that waits, up to a limit; empty when nothing came for a while: then the thread has taken its leave under the lock."""
        try:
            batch = [self._queue.get(timeout=IDLE_S)]
        except queue.Empty:
            with self._lock:
                if self._queue.empty():
                    self._thread = None
                    return []
            return self._next_batch()
        count = len(batch[0].sent.messages)
        while count < MOST_MESSAGES_AT_ONCE:
            try:
                batch.append(self._queue.get_nowait())
            except queue.Empty:
                break
            count += len(batch[-1].sent.messages)
        return batch

    def _write(self, batch: list[_Waiting]) -> None:
        try:
            devices = devices_by_key([waiting.sent.key_sha256 for waiting in batch])
        except Exception as fault:
            self._failed(batch, fault)
            return
        known = [waiting for waiting in batch if waiting.sent.key_sha256 in devices]
        for waiting in batch:
            if waiting.sent.key_sha256 not in devices:
                _tell(waiting, fault=UnknownKey())
        self._store_together(known, devices)

    def _store_together(self, batch: list[_Waiting], devices: dict[str, DeviceRow]) -> None:
        if not batch:
            return
        parcels = [_parcel(waiting.sent, devices[waiting.sent.key_sha256]) for waiting in batch]
        try:
            taken = self._store(parcels)
        except Exception as fault:
            if len(batch) == 1:
                self._failed(batch, fault)
                return
            connection.close()
            for waiting in batch:
                self._store_together([waiting], devices)
            return
        for waiting, each in zip(batch, taken, strict=True):
            _tell(waiting, taken=each)

    def _failed(self, batch: list[_Waiting], fault: Exception) -> None:
        log.error("readings were not stored: %s", type(fault).__name__)  # the message of a database error may hold a value
        connection.close()
        for waiting in batch:
            _tell(waiting, fault=NotStored())


def _parcel(sent: Sent, device: DeviceRow) -> Parcel:
    return Parcel(device=device, messages=sent.messages, at=sent.at, clock_ahead=sent.clock_ahead)


def _tell(waiting: _Waiting, *, taken: Taken | None = None, fault: Exception | None = None) -> None:
    """Answer in the loop that waits; a device that has gone away, or a loop that has ended, is no fault of the others."""

    def settle() -> None:
        if waiting.answer.done():
            return
        if fault is not None:
            waiting.answer.set_exception(fault)
        elif taken is not None:
            waiting.answer.set_result(taken)

    try:
        waiting.loop.call_soon_threadsafe(settle)
    except RuntimeError:
        log.warning("a device left before its answer")
