"""A device's side of the devices door: hand in messages over HTTP, keep what was not acknowledged, send it again with the same ids."""

from __future__ import annotations

import http.client
import json
import sys
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

MOST_AT_ONCE = 50
MOST_KEPT = 3600
"""An hour of one message a second; what is older is let go, and said."""
PATH = "/devices/v1/readings"


class KeyRefused(Exception):
    """The server knows no device with this key: sending on is useless."""


class Sender:
    """One device.  `url`: the server, such as http://127.0.0.1:8000."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is not an address such as http://127.0.0.1:8000")
        self._made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._place = (parts.hostname, parts.port)
        self._key = key
        self._kept: deque[dict[str, Any]] = deque()
        self._line: http.client.HTTPConnection | None = None
        self._said: set[str] = set()

    @property
    def unsent(self) -> int:
        return len(self._kept)

    def send(self, message_id: str, taken_at: datetime, channels: Mapping[str, tuple[float, str]]) -> bool:
        """Add one message and hand in everything that waits; True when nothing waits any more.  Raises KeyRefused."""
        named = {code: {"value": value, "unit": unit} for code, (value, unit) in channels.items()}
        self._kept.append({"id": message_id, "taken_at": taken_at.isoformat(), "channels": named})
        if len(self._kept) > MOST_KEPT:
            self._kept.popleft()
            self._say("kept", f"More than {MOST_KEPT} messages wait; the oldest are let go.")
        return self.flush()

    def flush(self) -> bool:
        """Hand in what waits, oldest first; False when the server could not be reached or could not store it."""
        while self._kept:
            batch = [self._kept[index] for index in range(min(MOST_AT_ONCE, len(self._kept)))]
            answer = self._post(batch)
            if answer is None:
                return False
            done = set(answer["acknowledged"]) | {each["id"] for each in answer["refused"]}
            for each in answer["refused"]:
                self._say(each["code"], each["sentence"])
            if not done & {message["id"] for message in batch}:
                return False
            self._kept = deque(message for message in self._kept if message["id"] not in done)
        return True

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _post(self, batch: list[dict[str, Any]]) -> dict[str, Any] | None:
        body = json.dumps({"sent_at": datetime.now(UTC).isoformat(), "messages": batch}).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        for _ in range(2):  # a line that was kept open may have been closed by the other side
            fresh = self._line is None
            try:
                self._line = self._line or self._made(*self._place, timeout=10)
                self._line.request("POST", PATH, body, headers)
                response = self._line.getresponse()
                text = response.read()
            except (OSError, http.client.HTTPException) as fault:
                self.close()
                if fresh:
                    self._say("line", f"The server does not answer ({type(fault).__name__}); messages wait here.")
                    return None
                continue
            return self._read(response.status, text)
        return None

    def _read(self, status: int, text: bytes) -> dict[str, Any] | None:
        if status == 200:
            self._said.discard("line")
            answer: dict[str, Any] = json.loads(text)
            return answer
        if status == 401:
            raise KeyRefused
        self._say(f"status {status}", f"The server answered {status}; messages wait here.")
        return None

    def _say(self, code: str, sentence: str) -> None:
        """Each kind of trouble once, so that a minute of it does not fill a screen."""
        if code not in self._said:
            self._said.add(code)
            print(sentence, file=sys.stderr, flush=True)
