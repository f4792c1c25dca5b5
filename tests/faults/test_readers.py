"""Readers on SQLite: the same pages, each in the trail once, whoever worked them out; one that dies is missed by nobody, and none outlives the server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from afterglow.ground.audit.models import AuditRow
from tests.faults.killer import signed_in
from tests.support.cast import Cast, address
from tests.support.live_rooms import live_room
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.engine("sqlite")]
WITHIN_S = 15
PAGES = 40
Serve = Callable[..., ServerProcess]


def readers_of(server: ServerProcess) -> list[int]:
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return [int(pid) for pid in children if "readers.child" in Path(f"/proc/{pid}/cmdline").read_text()]


def soon(what: Callable[[], bool]) -> bool:
    """Does it come true while somebody would still wait?"""
    end = time.monotonic() + WITHIN_S
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def ask(clients: list[httpx.Client], path: str, pages: int = PAGES) -> list[httpx.Response]:
    """So many requests, as many at once as there are browsers."""
    with ThreadPoolExecutor(len(clients)) as pool:
        return [page for some in pool.map(lambda client: [client.get(path) for _ in range(pages // len(clients))], clients) for page in some]


def with_readers(serve: Serve, *, readers: int = 2) -> tuple[ServerProcess, list[httpx.Client], list[int]]:
    """A server whose readers have been started by pages that met."""
    server = serve(options=("--readers", str(readers)))
    client = signed_in(server, address("ben"))
    assert readers_of(server) == [], "nobody met yet"
    clients = [httpx.Client(base_url=server.url, cookies=client.cookies, timeout=WITHIN_S) for _ in range(4)]
    end = time.monotonic() + WITHIN_S
    while len(readers_of(server)) < readers and time.monotonic() < end:
        ask(clients, "/desk/", 8)
    found = readers_of(server)
    assert len(found) == readers, server.log()
    return server, clients, found


def read_rows(server: ServerProcess, person: object) -> int:
    return server.ask(lambda: AuditRow.objects.filter(person_id=person).count())


def busy_s(pid: int) -> float:
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) / os.sysconf("SC_CLK_TCK")


# req: R41
# hazard: H47
def test_pages_from_readers_are_the_same_and_stand_in_the_trail_once_each(serve: Serve, cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server, clients, readers = with_readers(serve)
    path = f"/people/{room.person_id}/"
    alone = clients[0].get(path)
    before, worked = read_rows(server, room.person_id), [busy_s(pid) for pid in readers]
    pages = ask(clients, path)
    assert {page.status_code for page in pages} == {200}
    assert {page.text.split("<main")[1] for page in pages} == {alone.text.split("<main")[1]}
    assert len({page.headers["x-request-id"] for page in pages}) == len(pages)
    assert {page.headers["content-security-policy"] for page in pages} == {alone.headers["content-security-policy"]}
    assert read_rows(server, room.person_id) == before + len(pages)
    assert soon(lambda: sum(map(busy_s, readers)) > sum(worked)), "no reader did any of it"


def test_what_was_written_shows_in_the_next_page_of_every_reader_and_a_stranger_still_sees_nothing(serve: Serve, cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server, clients, _ = with_readers(serve)
    path = f"/people/{room.person_id}/"
    assert {page.status_code for page in ask(clients, path)} == {200}
    stranger = signed_in(server, address("cora"))
    strangers = [httpx.Client(base_url=server.url, cookies=stranger.cookies, timeout=WITHIN_S) for _ in range(4)]
    assert {page.status_code for page in ask(strangers, path)} == {404}
    form = clients[0].get("/desk/")
    token = form.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert clients[0].post("/sign-out/", data={"csrfmiddlewaretoken": token}, headers={"Referer": server.url}).status_code == 302
    assert {page.status_code for page in ask(clients, path)} == {302}, "the sign-in ended, and no reader remembers it"


# hazard: H47
def test_a_reader_that_is_killed_is_missed_by_nobody(serve: Serve, cast: Cast, at: datetime) -> None:
    room = live_room(cast, at - timedelta(minutes=20))
    server, clients, readers = with_readers(serve)
    path = f"/people/{room.person_id}/"
    before = read_rows(server, room.person_id)
    with ThreadPoolExecutor(1) as beside:
        asked = beside.submit(ask, clients, path, 80)
        time.sleep(0.2)
        os.kill(readers[0], signal.SIGKILL)
        pages = asked.result()
    assert {page.status_code for page in pages} == {200}
    assert read_rows(server, room.person_id) == before + len(pages), "each page once, the one that was lost with its reader too"

    def another() -> bool:
        ask(clients, path, 8)
        return len(readers_of(server)) == 2 and readers[0] not in readers_of(server)

    assert soon(another), server.log()
    assert "Traceback" not in server.log(), server.log()


# hazard: H47
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_reader_outlives_the_server(serve: Serve, cast: Cast, end: signal.Signals) -> None:
    server, _, readers = with_readers(serve)
    os.kill(server.pid, end)
    assert soon(lambda: all(map(gone, readers)))
    assert "Traceback" not in server.log(), server.log()
