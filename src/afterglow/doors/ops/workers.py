"""Several server processes on one listening socket, for PostgreSQL: the parent starts them, replaces one that died, and ends them all.

They share nothing but the database: each has its own connections, its own stream hub (which asks the database) and its own writer of readings
(which locks the sessions in the order of their ids).  Jobs stay with the parent.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from multiprocessing import parent_process
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

UNRESPONSIVE_S = 20
"""A worker that does not answer its parent for so long is replaced: longer than it takes to start on a machine that is busy."""
END_WITHIN_S = 8.0
"""From the request to end until a worker is killed: streams and requests under way have 3 s of it (`serve.listen`)."""


class WorkerConfig(uvicorn.Config):
    """Loaded in the worker, where it also sees to it that no worker outlives its parent: nobody would escalate flags, and the port would stay taken."""

    def load(self) -> None:
        parent = parent_process()
        if parent is not None:
            threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
        super().load()


class Workers(Multiprocess):
    """uvicorn's own supervisor on a socket of its own, with a limit to how long its end may take."""

    def __init__(self, config: uvicorn.Config) -> None:
        config.timeout_worker_healthcheck = UNRESPONSIVE_S
        super().__init__(config, sockets=[listening(config)])

    @property
    def started(self) -> bool:
        """False after `run` when a worker could not start: then none of them could."""
        return all(process.exitcode != STARTUP_FAILURE for process in self.processes)

    def join_all(self) -> None:
        deadline = time.monotonic() + END_WITHIN_S
        for process in self.processes:
            process.process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()


def listening(config: uvicorn.Config) -> socket.socket:
    """A bound socket that says it is TCP.  uvicorn's own leaves that open, asyncio then keeps Nagle's delay, and each page waits 40 ms for its last packet."""
    bound = config.bind_socket()
    return socket.socket(bound.family, bound.type, socket.IPPROTO_TCP, fileno=bound.detach())


def _end_with(parent: Any) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
