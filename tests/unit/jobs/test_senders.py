"""Text messages go to the gateway as they should, and only a plain yes counts; the settings refuse what would leak."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.error
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from afterglow.doors.jobs import senders
from afterglow.records.messages.actions.deliver_due import Letter

LETTER = Letter(message_id=uuid.UUID(int=7), channel="sms", to="+1 555 0100", sender="Office", subject="", text="Office: urgent.")


@dataclass
class Gateway:
    """Answers with `status`; `seen` holds (path, headers, body) of every request."""

    url: str = ""
    status: int = 200
    seen: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """A server of our own on this machine."""
    kept = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
            self._answer(kept.status)

        def do_GET(self) -> None:
            kept.seen.append((self.path, {}, None))
            self._answer(200)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/sign-in")
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()  # how long its end takes
    settings.SMS_URL, settings.SMS_KEY = f"http://127.0.0.1:{server.server_port}/send", "key-1"
    yield kept
    server.shutdown()
    server.server_close()


# req: C16
# hazard: H16
def test_a_text_message_is_posted_with_its_key_and_its_id(gateway: Gateway) -> None:
    senders.send_sms(LETTER)
    ((path, headers, body),) = gateway.seen
    assert (path, body) == ("/send", {"to": "+15550100", "text": "Office: urgent."})
    assert headers["authorization"] == "Bearer key-1"
    assert headers["idempotency-key"] == str(uuid.UUID(int=7))


# hazard: H16
@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_anything_but_a_plain_yes_is_a_failure_and_is_not_followed(gateway: Gateway, status: int) -> None:
    gateway.status = status
    with pytest.raises(urllib.error.HTTPError):
        senders.send_sms(LETTER)
    assert [path for path, _, _ in gateway.seen] == ["/send"]


def test_ways_out_and_what_pages_say_about_them(settings: Any) -> None:
    settings.MAIL, settings.SMS_URL = None, ""
    assert sorted(senders.post().senders) == []
    assert senders.note(demo=False) == "No e-mail and no text messages are set up: nobody is being paged."
    settings.SMS_URL = "https://gateway.example"
    assert sorted(senders.post().senders) == ["sms"]
    assert "only colleagues with a number" in senders.note(demo=False)
    settings.MAIL = {"host": "mail.example"}
    assert sorted(senders.post().senders) == ["email", "sms"]
    assert senders.note(demo=False) == ""
    assert "none is sent" in senders.note(demo=True)


def told(tmp_path: Path, **given: str) -> tuple[int, str]:
    """What the settings make of these variables, in a process of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AFTERGLOW_")}
    asked = "from afterglow.conf import settings; print(settings.MAIL)"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=kept | {"AFTERGLOW_HOME": str(tmp_path)} | given, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


# hazard: H53
@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({}, 0, "None"),
        ({"AFTERGLOW_SMTP_URL": "smtp://u:p%40@mail.example", "AFTERGLOW_MAIL_FROM": "a@b.c"}, 0, "'port': 587, 'username': 'u', 'password': 'p@', 'use_tls': True"),
        ({"AFTERGLOW_SMTP_URL": "smtps://mail.example", "AFTERGLOW_MAIL_FROM": "a@b.c"}, 0, "'use_tls': False, 'use_ssl': True"),
        ({"AFTERGLOW_SMTP_URL": "smtp+plain://127.0.0.1", "AFTERGLOW_MAIL_FROM": "a@b.c"}, 0, "'port': 25"),
        ({"AFTERGLOW_SMTP_URL": "smtp+plain://mail.example", "AFTERGLOW_MAIL_FROM": "a@b.c"}, 1, "unencrypted"),
        ({"AFTERGLOW_SMTP_URL": "https://mail.example", "AFTERGLOW_MAIL_FROM": "a@b.c"}, 1, "must be smtp://"),
        ({"AFTERGLOW_SMTP_URL": "smtp://mail.example"}, 1, "AFTERGLOW_MAIL_FROM is not"),
        ({"AFTERGLOW_SMS_URL": "http://gateway.example/send"}, 1, "must start with https://"),
        ({"AFTERGLOW_SMS_URL": "https://gateway.example/send"}, 0, "None"),
    ],
)  # fmt: skip
def test_settings_that_would_leak_are_refused(tmp_path: Path, given: dict[str, str], code: int, said: str) -> None:
    got, words = told(tmp_path, **given)
    assert (got, said in words) == (code, True), words
