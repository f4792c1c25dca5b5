"""Many tablets watch at once: a stream that only waits holds nothing that a page or a reading needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta

import httpx
import pytest

from tests.faults.killer import monitor, signed_in
from tests.support.cast import Cast, address
from tests.support.live_rooms import live_room
from tests.support.server import ServerProcess

pytestmark = pytest.mark.slow
STREAMS = 16
"""More than the server's connections to PostgreSQL (12)."""


# hazard: H47
def test_pages_and_readings_go_on_beside_many_open_streams(serve: Callable[..., ServerProcess], cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server = serve()
    client = signed_in(server, address("ben"))
    client.limits = httpx.Limits(max_connections=None)
    url = f"/sessions/stream/?room={room.session_id}:0"
    with ExitStack() as stack:
        for _ in range(STREAMS):
            tablet = stack.enter_context(httpx.Client(base_url=server.url, cookies=client.cookies, timeout=10))
            answer = stack.enter_context(tablet.stream("GET", url))
            assert answer.status_code == 200
            assert next(answer.iter_text()).startswith("retry:")
        assert client.get(f"/sessions/{room.session_id}/room/").status_code == 200
        writer = monitor(server, room.key)
        assert writer.send(1)
        assert client.get("/desk/").status_code == 200
