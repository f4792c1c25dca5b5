"""Several server processes on PostgreSQL: each answers, each tells what another one stored, one that dies is replaced, and all end together."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path

import httpx
import pytest

from tests.faults.killer import monitor, signed_in
from tests.support.cast import Cast, address
from tests.support.live_rooms import live_room
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.engine("postgresql")]
WITHIN_S = 15
Serve = Callable[..., ServerProcess]


def workers_of(server: ServerProcess) -> list[int]:
    """The processes that the server started to serve."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return sorted(int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text() and alive(int(pid)))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def soon(what: Callable[[], bool]) -> bool:
    """Does it come true while somebody would still wait?"""
    end = time.monotonic() + WITHIN_S
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


@contextmanager
def held(pid: int) -> Iterator[None]:
    """A process that is held takes no connection: another one answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ready(server: ServerProcess) -> list[int]:
    """Both workers, once each of them answers with the other one held."""
    assert soon(lambda: len(workers_of(server)) == 2), server.log()
    found = workers_of(server)
    for pid in found:
        with held(pid):
            assert soon(lambda: answers(server)), server.log()
    return found


def answers(server: ServerProcess) -> bool:
    try:
        return httpx.get(f"{server.url}/sign-in/", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


# hazard: H47
def test_a_reading_that_one_process_stored_shows_in_the_stream_of_the_other(serve: Serve, cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server = serve(options=("--workers", "2"))
    first, second = ready(server)
    client = signed_in(server, address("ben"))  # whichever answers: the sign-in holds for both
    assert "reading" not in client.get(f"/sessions/stream/?room={room.session_id}:0&poll=1").text
    with ExitStack() as stack:
        with held(second):
            tablet = stack.enter_context(httpx.Client(base_url=server.url, cookies=client.cookies, timeout=WITHIN_S))
            answer = stack.enter_context(tablet.stream("GET", f"/sessions/stream/?room={room.session_id}:0"))
            said = answer.iter_text()
            assert next(said).startswith("retry:")
        with held(first):
            assert monitor(server, room.key).send(1)
        end = time.monotonic() + WITHIN_S
        heard = list(takewhile(lambda text: "reading" not in text and time.monotonic() < end, said))  # beats come all the time
        assert time.monotonic() < end, heard


# hazard: H47
def test_a_worker_that_is_killed_is_replaced_and_all_end_together(serve: Serve, cast: Cast) -> None:
    server = serve(options=("--workers", "2"))
    lost, kept = ready(server)
    os.kill(lost, signal.SIGKILL)
    assert answers(server) or answers(server), server.log()  # a connection that it had taken is lost with it
    assert soon(lambda: len(workers_of(server)) == 2 and lost not in workers_of(server)), server.log()
    after = ready(server)
    assert kept in after
    process = server.process
    assert process is not None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=WITHIN_S) == 0
    assert not any(alive(pid) for pid in after)
    assert "Traceback" not in server.log(), server.log()


# hazard: H47
def test_no_worker_outlives_the_parent_that_runs_the_jobs(serve: Serve, cast: Cast) -> None:
    server = serve(options=("--workers", "2"))
    left = ready(server)
    os.kill(server.pid, signal.SIGKILL)
    assert soon(lambda: not any(alive(pid) for pid in left)), "workers went on without their parent: nobody escalates flags then"
    assert not answers(server)
