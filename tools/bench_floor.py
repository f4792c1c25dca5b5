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

SIZE = 20_000
"""Bytes of the answer: about those of one of our pages."""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[int]:
    """The port of the bare server, for as long as the block lasts."""
    from tools.bench_server import START_WITHIN_S, answers, free_port

    port = free_port()
    with (folder / "floor.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, __file__, str(port)], stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + START_WITHIN_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "floor.log").read_text()[-2000:])
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)


def main() -> None:
    import uvicorn
    from django.conf import settings
    from django.core.asgi import get_asgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path

    body = b"<!doctype html><title>floor</title>" + b"x" * SIZE

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(body)

    settings.configure(ROOT_URLCONF=(path("", page),), ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="of a bench", MIDDLEWARE=[])
    uvicorn.run(get_asgi_application(), host="127.0.0.1", port=int(sys.argv[1]), access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
