"""kill -9: nothing that was acknowledged is lost, nothing is there twice, and the chain holds."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Reading
from tests.faults.killer import Writer, monitor, nurse, signed_in
from tests.support.cast import Cast, address
from tests.support.live_rooms import live_room
from tests.support.server import ServerProcess

Serve = Callable[..., ServerProcess]
SEED = 20261122
pytestmark = pytest.mark.slow


def notes_of(session_id: UUID) -> list[str]:
    return [
        json.loads(text)["text"] for text in Entry.objects.filter(session_id=session_id, kind="note").order_by("seq").values_list("text", flat=True)
    ]


def messages_of(session_id: UUID) -> list[str]:
    return list(Reading.objects.filter(session_id=session_id).order_by("seq").values_list("message_id", flat=True))


def strike(server: ServerProcess, writers: list[Writer], seconds: float) -> None:
    """Let everybody write for a while, kill the server in the middle of it, start it again."""
    for writer in writers:
        writer.start()
    time.sleep(seconds)
    server.kill()
    for writer in writers:
        writer.stop()
    server.start()


# req: R42 R5 C1
# hazard: H47
def test_charting_survives_the_kill(serve: Serve, cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server = serve()
    writer = nurse(server, signed_in(server, address("ben")), room.session_id)
    rng = random.Random(SEED)
    for _ in range(4):
        strike(server, [writer], rng.uniform(0.6, 1.6))
    stored = server.ask(lambda: notes_of(room.session_id))
    assert len(writer.acknowledged) > 20, server.log()
    assert sorted(set(stored)) == sorted(stored), "an entry is there twice"
    missing = [number for number in writer.acknowledged if f"note number {number}." not in set(stored)]
    assert missing == []
    assert server.ask(lambda: first_broken_link(room.session_id)) is None


# req: R42 R5 R6
# hazard: H47
def test_the_stream_survives_the_kill_and_the_room_shows_the_gap(serve: Serve, cast: Cast, at: datetime) -> None:
    rooms = [live_room(cast, at - timedelta(minutes=20), number) for number in (1, 2, 3)]
    server = serve()
    writers = [monitor(server, room.key) for room in rooms]
    rng = random.Random(SEED)
    for _ in range(3):
        strike(server, writers, rng.uniform(0.6, 1.4))
    for room, writer in zip(rooms, writers, strict=True):
        stored = server.ask(lambda room=room: messages_of(room.session_id))  # type: ignore[misc]
        assert len(stored) == len(set(stored))
        assert [number for number in writer.acknowledged if f"m{number}" not in set(stored)] == []
        assert server.ask(lambda room=room: first_broken_link(room.session_id)) is None  # type: ignore[misc]
    client = signed_in(server, address("ben"))
    page = client.get(f"/sessions/{rooms[0].session_id}/room/")
    assert page.status_code == 200
    assert "no data" in page.text.lower()


# req: R5 R42
def test_a_storm_of_sessions(serve: Serve, cast: Cast, at: datetime) -> None:
    """20 sessions at once from a fixed seed (`make soak` makes it 1,000): nurses chart, monitors send, the server is killed again and again."""
    count = int(os.environ.get("AFTERGLOW_STORM_SESSIONS", "20"))
    together, rng = 20, random.Random(SEED)
    for first in range(0, count, together):
        batch = range(first, min(first + together, count))
        rooms = [live_room(cast, at - timedelta(minutes=20), 100 + number) for number in batch]
        server = serve()
        client = signed_in(server, address("ben"))
        monitors = [monitor(server, room.key) for room in rooms]
        nurses = [nurse(server, client, room.session_id) for room in rooms[:4]]
        for _ in range(4):
            strike(server, [*monitors, *nurses], rng.uniform(0.5, 2.0))
        for room, writer in zip(rooms, monitors, strict=True):
            stored = server.ask(lambda room=room: messages_of(room.session_id))  # type: ignore[misc]
            assert len(stored) == len(set(stored))
            assert {f"m{number}" for number in writer.acknowledged} <= set(stored)
            assert server.ask(lambda room=room: first_broken_link(room.session_id)) is None  # type: ignore[misc]
        for room, writer in zip(rooms[:4], nurses, strict=True):
            stored = server.ask(lambda room=room: notes_of(room.session_id))  # type: ignore[misc]
            assert len(stored) == len(set(stored))
            assert {f"note number {number}." for number in writer.acknowledged} <= set(stored)
        assert all(writer.acknowledged for writer in [*monitors, *nurses]), "a storm in which nobody was answered proves nothing"
        server.stop()
