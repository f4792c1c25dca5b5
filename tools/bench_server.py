"""`afterglow serve` on a copy of the bench database, in SQLite or PostgreSQL, with its clock set back to the bench's moment; and browsers signed in to it."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path

from tools.bench_base import AT, PROJECT

PROGRAM = (sys.executable, "-c", "import sys; from afterglow.conf.cli import main; sys.exit(main())")
PASSWORD = "quiet harbour lamp 7"
START_WITHIN_S = 120


def environment(home: Path, database: Path | str) -> dict[str, str]:
    """What a process runs with: this folder, this file (or the address of a PostgreSQL database), and AT as its present.

    Sessions already under way then are in their first minutes.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("AFTERGLOW_")}
    return {
        **own,
        "AFTERGLOW_HOME": str(home),
        "AFTERGLOW_DATABASE_URL": database if isinstance(database, str) else f"sqlite:///{database}",
        "AFTERGLOW_CLOCK_OFFSET_S": str((AT - datetime.now(UTC)).total_seconds()),
        "DJANGO_SETTINGS_MODULE": "afterglow.conf.settings",
        "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}",
        "PYTHONUNBUFFERED": "1",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """Use as a context.  `started` is the real time at which the clock stood at AT."""

    def __init__(self, home: Path, database: Path | str, command: tuple[str, ...] = (*PROGRAM, "serve")) -> None:
        self.home, self.port = home, free_port()
        self.environment = environment(home, database)
        self.offset_s = float(self.environment["AFTERGLOW_CLOCK_OFFSET_S"])
        self.command = (*command, "--port", str(self.port))
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        with (self.home / f"server-{self.port}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError(f"the server did not come up: {(self.home / f'server-{self.port}.log').read_text()[-2000:]}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def browser(self, who: str = "") -> Browser:
        return Browser(self.port, who)


def answers(port: int) -> bool:
    """Does something on this port answer a page?"""
    call = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        call.request("GET", "/")
        call.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        call.close()
    return True


class Browser:
    """One connection that is kept open, with its cookies, signed in as `who` of the simulated cast ("" for nobody)."""

    def __init__(self, port: int, who: str) -> None:
        self.port, self.cookies = port, {}
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        if who:
            page = self.get("/sign-in/")
            token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            if token is None:
                raise RuntimeError("the sign-in page holds no form")
            form = {"csrfmiddlewaretoken": token.group(1).decode(), "email": f"{who}@example.org", "password": PASSWORD}
            status, _ = self._ask("POST", "/sign-in/", urllib.parse.urlencode(form).encode())
            if status != 302:
                raise RuntimeError(f"{who} could not sign in: {status}")

    def get(self, path: str) -> bytes:
        """The page; raises RuntimeError for anything but 200, so that no refusal is ever measured as a page."""
        status, body = self._ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        return body

    def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": self.cookie()}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self.port}/sign-in/"}
        self.line.request(method, path, body, headers)
        response = self.line.getresponse()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.partition(";")[0]
        return response.status, response.read()

    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        self.line.close()
