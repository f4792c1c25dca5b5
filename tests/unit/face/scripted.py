"""A small real HTTP server that answers as a test scripts it: the other side of the client modules, with no application behind it."""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

STATIC = Path(__file__).resolve().parents[3] / "src/afterglow/ground/face/static"
SHELL = """<!doctype html><html lang="en" data-theme="day"><head><meta charset="utf-8"><title>{title}</title>
<script type="module" src="/static/face/js/app.js"></script>{more}</head>
<body data-author="{author}" data-now="{now}" data-live-url="/live"><div class="messages"></div><div data-offline hidden>offline</div>{body}</body></html>"""


@dataclass
class Script:
    """What the server will answer, and what it was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)  # one per POST: (status, body) or a callable(form) -> (status, body); the last one stays
    posts: list[dict[str, Any]] = field(default_factory=list)
    streams: list[queue.Queue[str | None]] = field(default_factory=list)
    open_streams: int = 0
    asked_for: list[str] = field(default_factory=list)
    url: str = ""

    def page(self, path: str, body: str, *, author: str = "ben", now: str = "2026-11-22T18:22:00+00:00", more: str = "") -> str:
        self.pages[path] = SHELL.format(title=path, body=body, author=author, now=now, more=more)
        return self.url + path

    def send(self, entry: dict[str, Any], event: str = "") -> None:
        """One server-sent event to every open stream."""
        for stream in self.streams:
            stream.put((f"event: {event}\n" if event else "") + f"data: {json.dumps(entry)}\n\n")


class _Handler(BaseHTTPRequestHandler):
    """Answers from `script`, which a subclass names."""

    script: Script
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing on the console."""

    def answer(self, status: int, body: str | bytes, kind: str = "text/html; charset=utf-8", **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.script.asked_for.append(self.path)
        if path in self.script.pages:
            self.answer(200, self.script.pages[path])
        elif path.startswith("/static/") and (file := STATIC / path.removeprefix("/static/")).is_file():
            self.answer(200, file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")
        elif path == "/live" and "poll=1" not in self.path:
            self.stream()
        else:
            self.answer(404, "nothing here")

    def stream(self) -> None:
        own: queue.Queue[str | None] = queue.Queue()
        self.script.streams.append(own)
        self.script.open_streams += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            self.wfile.write(b'event: beat\ndata: {"at": ""}\n\n')
            while (text := self.next_of(own)) is not None:
                self.wfile.write(text.encode())
                self.wfile.flush()
        except OSError:
            pass  # the browser closed it
        finally:
            self.script.open_streams -= 1
            self.script.streams.remove(own)
            self.close_connection = True

    def next_of(self, own: queue.Queue[str | None]) -> str | None:
        try:
            return own.get(timeout=0.2)
        except queue.Empty:
            return ":\n\n"  # a comment; writing it is how a closed stream is noticed

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(raw).items()} if "urlencoded" in self.headers["Content-Type"] else {"raw": raw}
        self.script.posts.append({"path": self.path, "form": form, "headers": dict(self.headers)})
        answer = self.script.answers.pop(0) if len(self.script.answers) > 1 else self.script.answers[0]
        status, body = answer(form) if callable(answer) else answer
        if status == 302:
            self.answer(302, "", Location=body or "/sign-in")
        else:
            self.answer(status, json.dumps(body), "application/json")


def _handler(script: Script) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"script": script})


@contextmanager
def scripted() -> Iterator[Script]:
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(script))
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_port}"
    script.pages["/sign-in"] = "<!doctype html><title>Sign in</title><p>Sign in</p>"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()  # how long its end takes
    try:
        yield script
    finally:
        for stream in list(script.streams):
            stream.put(None)
        server.shutdown()
        server.server_close()
