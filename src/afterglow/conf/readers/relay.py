"""Hands pages to readers and to the server itself, whichever is free; writes what a reader's page has to leave in the trail before the page leaves."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from asgiref.sync import sync_to_async
from django.conf import settings

from afterglow.conf.kept_threads import Application, Message, Receive, Scope, Send
from afterglow.conf.readers.wire import SAID, Page, Refused, length_of, packed, unpacked

WAITS_S: Final = 0.25
"""The longest that a page waits for its turn, whatever large report is under way; then the server takes it beside what it does."""
LONGEST_S: Final = 60.0
"""A reader that says nothing for so long hangs: it is ended, and the server gives its page."""
AGAIN_AFTER_S: Final = 5.0
"""A reader that ended is started again, and not in a hurry: the server gives the pages meanwhile."""
WRITES_FOR_S: Final = 60.0
"""A page that wrote was perhaps the first of a sign-in that ended: its kind is tried with a reader again after so long."""
NEVER: Final = ("/devices/",)
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
log = logging.getLogger("afterglow")


def how_many() -> int:
    """`AFTERGLOW_READERS`, or one for each core beside the server's own, three at the most; none on PostgreSQL, which has workers."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return 0
    asked = os.environ.get("AFTERGLOW_READERS", "")
    return int(asked) if asked.isdecimal() else min(3, len(os.sched_getaffinity(0)) - 1)


class Reader:
    """A process that works out pages.  `ask` is for one caller at a time."""

    def __init__(self, process: asyncio.subprocess.Process, heard: asyncio.StreamReader, said: asyncio.StreamWriter) -> None:
        self._process, self._heard, self._said = process, heard, said

    @classmethod
    async def start(cls) -> Reader:
        """Once it has said that it is ready.  Raises IncompleteReadError for one that ended before."""
        ours, theirs = socket.socketpair()
        with theirs:
            command = (sys.executable, "-m", "afterglow.conf.readers.child", str(theirs.fileno()))
            process = await asyncio.create_subprocess_exec(*command, pass_fds=(theirs.fileno(),), stdin=asyncio.subprocess.DEVNULL)
        reader = cls(process, *await asyncio.open_connection(sock=ours))
        try:
            await reader._next()
        except BaseException:
            await reader.end()
            raise
        return reader

    async def ask(self, scope: Mapping[str, Any]) -> Page | Refused:
        """Raises OSError or IncompleteReadError where it ended meanwhile."""
        self._said.write(packed(scope))
        await self._said.drain()
        return await self._next()

    async def _next(self) -> Any:
        return unpacked(await self._heard.readexactly(length_of(await self._heard.readexactly(8))))

    async def end(self) -> None:
        """Close the line, which ends it; killed where it does not."""
        self._said.close()
        try:
            await asyncio.wait_for(self._process.wait(), timeout=2)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Relay:
    """An ASGI application around the pages.  Readers are started when two pages first meet: who works alone needs none.

    `write_down` keeps what a reader's page leaves in the trail, on the request's thread.
    """

    def __init__(self, application: Application, *, most: int, write_down: Callable[[Sequence[Mapping[str, Any]]], None]) -> None:
        self._application, self._most, self._write_down = application, most, write_down
        self._free: list[Reader] = []
        self._all: list[Reader] = []
        self._starts_at = 0.0
        self._here = 0
        self._waiting: deque[asyncio.Future[Reader | None]] = deque()
        self._writes: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._may_be_read(scope):
            await self._application(scope, receive, send)
            return
        reader = await self._turn()
        if reader is None:
            await self._by_us(scope, receive, send)
            return
        page = await self._ask(reader, scope)
        if isinstance(page, Page) and await self._is_written_down(page):
            await send({"type": "http.response.start", "status": page.status, "headers": page.headers})
            await send({"type": "http.response.body", "body": page.body})
            return
        if isinstance(page, Refused) and page.always:
            self._writes[shape(scope["path"])] = asyncio.get_running_loop().time() + WRITES_FOR_S
        await self._by_us(scope, receive, send)

    async def _is_written_down(self, page: Page) -> bool:
        """Before it leaves.  Where the trail cannot be written the server works the page out, and says itself what went wrong."""
        if not page.reads:
            return True
        try:
            await sync_to_async(self._write_down, thread_sensitive=True)(page.reads)
        except Exception as error:
            log.error("a reader's page was not shown: the trail could not be written (%s)", type(error).__name__)
            return False
        return True

    def _may_be_read(self, scope: Scope) -> bool:
        if not self._most or scope["type"] != "http" or scope["method"] != "GET":
            return False
        path = scope["path"]
        if path.startswith((*NEVER, settings.STATIC_URL)):
            return False
        return self._writes.get(shape(path), 0.0) < asyncio.get_running_loop().time()

    async def _turn(self) -> Reader | None:
        """A reader that is free; None where the server takes the page itself."""
        if self._free:
            return self._free.pop()
        if not self._here:
            return None
        self._start_missing()
        turn: asyncio.Future[Reader | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await asyncio.wait({turn}, timeout=WAITS_S)
            return turn.result() if turn.done() else None
        except BaseException:
            if turn.done() and (reader := turn.result()):
                self._give_back(reader)
            raise
        finally:
            turn.cancel()

    async def _by_us(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The server's own turn is over as soon as the answer begins to leave: a stream goes on for hours."""
        turn = [self]
        self._here += 1

        def over() -> None:
            if turn:
                turn.pop()
                self._here -= 1
                if not self._here:
                    self._next_one(None)

        async def sent(message: Message) -> None:
            over()
            await send(message)

        try:
            await self._application(scope, receive, sent)
        finally:
            over()

    async def _ask(self, reader: Reader, scope: Scope) -> Page | Refused:
        try:
            page = await asyncio.wait_for(reader.ask({name: scope[name] for name in SAID if name in scope}), LONGEST_S)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            self._lost(reader)
            return Refused(always=False)
        except BaseException:
            self._lost(reader)  # the browser is gone, and the answer would be another page's
            raise
        self._give_back(reader)
        return page

    def _give_back(self, reader: Reader) -> None:
        if not self._next_one(reader):
            self._free.append(reader)

    def _next_one(self, reader: Reader | None) -> bool:
        """Whether somebody waited for this reader, or for the server's own turn."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(reader)
                return True
        return False

    def _start_missing(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._ended or now < self._starts_at or len(self._all) + len(self._tasks) >= self._most:
            return
        self._starts_at = now  # until one is lost
        for _ in range(self._most - len(self._all) - len(self._tasks)):
            task = asyncio.create_task(self._start())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _start(self) -> None:
        try:
            reader = await Reader.start()
        except (OSError, asyncio.IncompleteReadError):
            log.warning("a reader could not start; the server gives the pages itself")
            self._later()
            return
        self._all.append(reader)
        self._give_back(reader)

    def _lost(self, reader: Reader) -> None:
        """It ended, or is out of step: the next pages that meet start another."""
        log.warning("a reader ended; the server gives its pages meanwhile")
        self._all.remove(reader)
        self._later()
        task = asyncio.create_task(reader.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _later(self) -> None:
        self._starts_at = asyncio.get_running_loop().time() + AGAIN_AFTER_S

    async def stop(self) -> None:
        """The end of the server: every reader ends with it."""
        self._ended = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, *self._ending, *(reader.end() for reader in self._all), return_exceptions=True)


def shape(path: str) -> str:
    """The path without its keys and numbers: pages of one kind are alike in whether they write."""
    return _KEY.sub("*", path)
