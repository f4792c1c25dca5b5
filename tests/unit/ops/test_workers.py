"""The socket that several processes listen on together."""

from __future__ import annotations

import asyncio
import socket

from afterglow.doors.ops.workers import WorkerConfig, listening


async def _nothing(scope: object, receive: object, send: object) -> None:
    raise AssertionError("nobody asks here")


def test_what_a_worker_answers_leaves_at_once() -> None:
    async def delays() -> bool:
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held = writer.get_extra_info("socket")
            taken.set_result(not held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        bound = listening(WorkerConfig(_nothing, host="127.0.0.1", port=0))
        async with await asyncio.start_server(answer, sock=bound):
            _, writer = await asyncio.open_connection(*bound.getsockname())
            delayed = await asyncio.wait_for(taken, 10)
            writer.close()
        return delayed

    assert asyncio.run(delays()) is False
