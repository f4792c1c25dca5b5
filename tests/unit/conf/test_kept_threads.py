"""Requests borrow a thread and give it back; one request stays on one thread."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from asgiref.sync import sync_to_async

from afterglow.conf.kept_threads import KeptThreads, Message, Receive, Scope, Send


class Program:
    """An application that notes the threads of its calls; with `hold` set it stays in its second one until it is let go."""

    def __init__(self) -> None:
        self.threads: list[tuple[int, int]] = []
        self.inside = threading.Event()
        self.go_on = threading.Event()
        self.hold = False

    def _wait(self) -> int:
        self.inside.set()
        assert not self.hold or self.go_on.wait(10)
        return threading.get_ident()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("asks_nothing"):
            return
        first = await sync_to_async(threading.get_ident)()
        self.threads.append((first, await sync_to_async(self._wait)()))


class Meeting(Program):
    """Each call waits in its thread until another one is inside as well."""

    def __init__(self) -> None:
        super().__init__()
        self.both_inside = threading.Barrier(2)

    def _wait(self) -> int:
        self.both_inside.wait(10)
        return threading.get_ident()


async def never() -> Message:
    raise AssertionError("nobody reads here")


async def nowhere(message: Message) -> None:
    raise AssertionError("nobody writes here")


def ask(server: KeptThreads, **scope: Any) -> Any:
    return server({"type": "http", **scope}, never, nowhere)


def test_one_request_after_another_runs_on_the_same_thread() -> None:
    program = Program()
    server = KeptThreads(program)

    async def three() -> None:
        for _ in range(3):
            await ask(server)
        server.close()

    asyncio.run(three())
    assert len(program.threads) == 3 and len({thread for pair in program.threads for thread in pair}) == 1
    assert program.threads[0][0] != threading.get_ident()


def test_requests_at_once_never_share_a_thread_nor_wait_for_one() -> None:
    program = Meeting()
    server = KeptThreads(program, kept=1)

    async def two() -> None:
        await asyncio.gather(ask(server), ask(server))

    asyncio.run(two())
    (first, first_again), (second, second_again) = program.threads
    assert first == first_again and second == second_again and first != second
    kept = [server.lend(), server.lend()]
    assert sorted(len(thread._threads) for thread in kept) == [0, 1], "one is kept, the other has ended"
    for thread in kept:
        thread.shutdown()


def test_a_request_that_needs_no_thread_takes_none() -> None:
    server = KeptThreads(Program())
    asyncio.run(ask(server, asks_nothing=True))
    assert server._at_rest == []


def test_the_thread_of_a_browser_that_went_away_is_lent_again_only_when_its_call_is_over() -> None:
    program = Program()
    server = KeptThreads(program)

    async def leave() -> None:
        program.hold = True
        gone = asyncio.create_task(ask(server))
        assert await asyncio.to_thread(program.inside.wait, 10)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        assert gone.cancelled() and server._at_rest == []
        program.hold = False
        await ask(server)
        program.go_on.set()
        while len(server._at_rest) < 2:
            await asyncio.sleep(0.001)
        server.close()

    asyncio.run(asyncio.wait_for(leave(), 20))
    assert len(program.threads) == 1, "the call that nobody waits for any more ran to its end unheard"


def test_it_settles_once_before_the_first_request_and_ends_its_threads_at_the_close() -> None:
    began: list[str] = []
    server = KeptThreads(Program(), on_start=lambda: began.append("settled"))
    said: list[str] = []
    coming = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Message:
        if len(coming) == 1:
            await ask(server)
            assert len(server._at_rest) == 1
        return coming.pop(0)

    async def send(message: Message) -> None:
        said.append(message["type"])

    asyncio.run(server({"type": "lifespan"}, receive, send))
    assert began == ["settled"] and said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert server._at_rest == []
