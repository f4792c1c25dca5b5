"""Threads that are kept between requests, with what is costly to make again: the database connection and the questions prepared on it.

Django gives each request a thread of its own and ends it with the request.  A page then opens the database, reads its schema and writes every
statement anew, which costs it as much as its own work.  Here a request borrows a thread at its first need and gives it back; nobody ever
waits for one: with none at rest another is started.  One request runs on one thread alone, as Django wants it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT = 8
"""At rest; more are started when as many requests or streams are under way, and end with them."""
Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


async def _nothing() -> None:
    """Nothing to end."""


class KeptThreads:
    """An ASGI application around another one.  `on_start` runs once, before the first request is taken; `on_stop` after the last."""

    def __init__(
        self,
        application: Application,
        *,
        on_start: Callable[[], None] = lambda: None,
        on_stop: Callable[[], Awaitable[None]] = _nothing,
        kept: int = KEPT,
    ) -> None:
        self._application, self._on_start, self._on_stop, self._kept = application, on_start, on_stop, kept
        self._at_rest: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        loan = _Loan(self)
        try:
            async with ThreadSensitiveContext(executor=loan):
                await self._application(scope, receive, send)
        finally:
            loan.end()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                self._on_start()
                await send({"type": "lifespan.startup.complete"})
            elif event["type"] == "lifespan.shutdown":
                await self._on_stop()
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def lend(self) -> ThreadPoolExecutor:
        """The thread that rested last: its connection is the warmest."""
        try:
            return self._at_rest.pop()
        except IndexError:
            return ThreadPoolExecutor(max_workers=1, thread_name_prefix="page")

    def take_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self._at_rest) < self._kept:
            self._at_rest.append(thread)
        else:
            _end(thread)

    def close(self) -> None:
        """Every thread at rest closes its connection and ends."""
        while self._at_rest:
            _end(self._at_rest.pop())


class _Loan(Executor):
    """What one request runs on: a thread borrowed at the first call, given back when the request and its last call are over."""

    def __init__(self, threads: KeptThreads) -> None:
        self._threads = threads
        self._thread: ThreadPoolExecutor | None = None
        self._last: Future[Any] | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._thread is None:
            self._thread = self._threads.lend()
        self._last = self._thread.submit(fn, *args, **kwargs)
        return self._last

    def end(self) -> None:
        """A browser that went away leaves a call behind that still runs: its thread is given back after it."""
        thread, last = self._thread, self._last
        self._thread = self._last = None
        if thread is not None and last is not None:
            last.add_done_callback(lambda _: self._threads.take_back(thread))


def _end(thread: ThreadPoolExecutor) -> None:
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)
