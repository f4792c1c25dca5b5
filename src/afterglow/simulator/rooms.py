"""The monitors of the live rooms: processes that the demo starts once the server answers, and stops with it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from afterglow.simulator.monitor import KEY_VARIABLE

ANSWERS_WITHIN_S = 60
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Sending:
    """One monitor: the module to run, the key it sends under (kept out of the command line), its further options."""

    module: str
    key: str
    options: tuple[str, ...]


class Monitors:
    """Use as a context: inside it the processes come up, at its end they are stopped and waited for."""

    def __init__(self, url: str, host: str, port: int, sending: Sequence[Sending], log: Path) -> None:
        self.url, self.place, self.sending, self.log = url, (host, port), sending, log
        self.processes: list[subprocess.Popen[bytes]] = []
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._start, name="monitors", daemon=True)

    def __enter__(self) -> Monitors:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self) -> None:
        if not self._answers():
            return
        with self.log.open("ab") as log:
            for each in self.sending:
                if self.stopping.is_set():
                    return
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", each.module, "--url", self.url, *each.options],
                        env={**os.environ, KEY_VARIABLE: each.key},
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,  # Ctrl-C goes to the demo alone, which then stops them in order
                        preexec_fn=_end_with_the_demo if sys.platform == "linux" else None,
                    )
                )
        self.stopping.wait()  # the kernel ends a child with the thread that started it, so this one stays

    def _answers(self) -> bool:
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while not self.stopping.is_set() and time.monotonic() < deadline:
            try:
                socket.create_connection(self.place, timeout=1).close()
            except OSError:
                self.stopping.wait(0.1)
            else:
                return True
        return False


def _end_with_the_demo() -> None:
    """In the child: a demo that was killed outright takes its monitors with it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
