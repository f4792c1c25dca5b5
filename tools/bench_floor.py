"""The floor of the page bench: Django with one view and nothing else, under the same server program.

Run as a program it is that server; `serving` starts it in a process of its own.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
SIZE = 20_000
"""Bytes of the answer: about those of one of our pages."""


OTHERS_START_S = 3
"""The first process answers; the others are given this long to do so too."""


@contextlib.contextmanager
def serving(folder: Path, workers: int) -> Iterator[int]:
    """The port of the bare server, with so many processes, for as long as the block lasts."""
    from tools.bench_server import START_WITHIN_S, answers, free_port

    port = free_port()
    with (folder / "floor.log").open("wb") as log:
        command = [sys.executable, __file__, str(port), str(workers)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "floor.log").read_text()[-2000:])
            time.sleep(0.05)
        if workers > 1:
            time.sleep(OTHERS_START_S)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def application() -> Any:
    """The bare program, made in each process that serves it."""
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    body = b"<!doctype html><title>floor</title>" + b"x" * SIZE

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body)

    settings.configure(ROOT_URLCONF=(path("", page),), ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="of a bench", MIDDLEWARE=[])
    return get_asgi_application()


def main() -> None:
    sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]
    import uvicorn

    from afterglow.doors.ops.workers import WorkerConfig, Workers

    port, workers = int(sys.argv[1]), int(sys.argv[2])
    settings = {"factory": True, "host": "127.0.0.1", "port": port, "workers": workers, "access_log": False, "log_level": "warning"}
    (uvicorn.Server if workers == 1 else Workers)(WorkerConfig("tools.bench_floor:application", **settings)).run()


if __name__ == "__main__":
    main()
