"""`afterglow serve` as a process of its own, on a copy of the test's database: what journeys and faults look at over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from django.conf import settings

from tests.support import databases, engine

START_WITHIN_S = 60
# The same call as the installed `afterglow` program, under whatever Python runs the tests.
PROGRAM = (sys.executable, "-c", "import sys; from afterglow.conf.cli import main; sys.exit(main())")
SOURCE = Path(__file__).resolve().parents[2] / "src"
_names = itertools.count(1)
Answer = TypeVar("Answer")


@dataclass(slots=True)
class ServerProcess:
    """One server.  `url` has no slash at the end; `database` names its own copy; `environment` is what it runs with; `under` goes before its command,
    `options` after it."""

    database: str
    port: int
    environment: dict[str, str]
    log_file: Path
    process: subprocess.Popen[bytes] | None = field(default=None)
    under: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __str__(self) -> str:
        return self.url

    @property
    def pid(self) -> int:
        assert self.process is not None, "the server is not running"
        return self.process.pid

    def start(self) -> None:
        """Start and wait until it answers; raises RuntimeError with the end of its log when it does not."""
        assert self.process is None, "the server is running already"
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.under, *PROGRAM, "serve", "--port", str(self.port), *self.options],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_WITHIN_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"afterglow serve did not come up on {self.url}. The end of its log:\n{self.log()[-3000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9, the whole process group: nothing is flushed, nothing is said goodbye to."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)
            self.process = None

    def stop(self) -> None:
        """Ask it to end, as a service manager would; kill it when it does not within 10 s."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
            self.kill()

    def restart(self) -> None:
        self.kill()
        self.start()

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """What `question` (a function that reads through Django) finds in this server's own database, running or not."""
        return databases.ask(self.database, question)

    def _answers(self) -> bool:
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            call.request("GET", "/")
            call.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            call.close()
        return True


@pytest.fixture
def serve(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """`serve(**environment)`: copies what this test has committed so far and starts a server on the copy; all end with the test.

    `under` is what to start the server with (strace and its options), `options` what `serve` itself is told.
    """
    started: list[ServerProcess] = []

    def serve_copy(*, under: tuple[str, ...] = (), options: tuple[str, ...] = (), **environment: str) -> ServerProcess:
        name = f"served_{engine.worker()}_{next(_names)}"
        databases.copy(f"afterglow_{engine.worker()}", name)
        own = {
            **{key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"},
            "DJANGO_SETTINGS_MODULE": "afterglow.conf.settings",
            "PYTHONPATH": str(SOURCE),
            "PYTHONUNBUFFERED": "1",
            "AFTERGLOW_HOME": str(settings.HOME),  # the keys of this process, or no login made here would hold there
            "AFTERGLOW_DATABASE_URL": engine.database_url(name),
            **environment,
        }
        log_file = tmp_path / f"{name}.log"
        server = ServerProcess(database=name, port=free_port(), environment=own, log_file=log_file, under=under, options=options)
        started.append(server)
        server.start()
        return server

    yield serve_copy
    for server in started:
        server.stop()
        databases.drop(server.database)


@pytest.fixture
def live_server_process(serve: Callable[..., ServerProcess]) -> ServerProcess:
    """A server on a copy of the migrated database with the library in it and nobody else; `str()` of it is its address."""
    return serve()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
