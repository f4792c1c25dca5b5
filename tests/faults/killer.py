"""People and monitors that write as fast as they are answered, and remember every key that was acknowledged."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx

from tests.support.cast import PASSWORD
from tests.support.server import ServerProcess

LOST = (httpx.TransportError,)


def signed_in(server: ServerProcess, email: str) -> httpx.Client:
    """A signed-in HTTP client: what a tablet is to the server."""
    client = httpx.Client(base_url=server.url, timeout=10)
    page = client.get("/sign-in/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    answer = client.post("/sign-in/", data={"email": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}, headers={"Origin": server.url})
    assert answer.status_code == 302, answer.text
    return client


@dataclass
class Writer:
    """Sends number after number until it is told to stop; what the server did not acknowledge is sent again, as a device or a tablet does."""

    send: Callable[[int], bool]
    acknowledged: list[int] = field(default_factory=list)
    unanswered: set[int] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def start(self) -> None:
        self.stopping.clear()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        assert self.thread is not None
        self.thread.join()

    def _run(self) -> None:
        number = (self.acknowledged[-1] if self.acknowledged else 0) + 1
        while not self.stopping.is_set():
            try:
                acknowledged = self.send(number)
            except LOST:
                self.unanswered.add(number)
                self.stopping.wait(0.02)
                continue
            if acknowledged:
                self.acknowledged.append(number)
                number += 1


def monitor(server: ServerProcess, key: str) -> Writer:
    """A bedside monitor: one message a request, numbered."""
    client = httpx.Client(base_url=server.url, timeout=10, headers={"Authorization": f"Bearer {key}"})

    def send(number: int) -> bool:
        channels = {"hr": {"value": 70 + number % 20, "unit": "/min"}, "spo2": {"value": 97, "unit": "%"}}
        message = {"id": f"m{number}", "taken_at": datetime.now(UTC).isoformat(), "channels": channels}
        answer = client.post("/devices/v1/readings", json={"messages": [message]})
        return answer.status_code == 200 and f"m{number}" in answer.json()["acknowledged"]

    return Writer(send)


def nurse(server: ServerProcess, client: httpx.Client, session_id: UUID) -> Writer:
    """A nurse who charts note after note through the JSON door; the text names its number."""

    def send(number: int) -> bool:
        entry = {
            "key": f"note-{session_id}-{number}",
            "kind": "note",
            "taken_at": datetime.now(UTC).isoformat(),
            "payload": {"text": f"note number {number}."},
        }
        headers = {"X-CSRFToken": client.cookies["afterglow_csrf"], "Origin": server.url, "Accept": "application/json"}
        answer = client.post(f"/sessions/{session_id}/chart/", json=entry, headers=headers)
        return answer.status_code == 200 and answer.json()["key"] == entry["key"]

    return Writer(send)
