"""No answer leaves before the entry is on the disk: seen from outside, in the calls that a running server makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults.killer import signed_in
from tests.faults.sync_trace import command, why_not_durable
from tests.support.cast import Cast, address
from tests.support.live_rooms import live_room
from tests.support.server import SOURCE, ServerProcess
from tools import strace

Serve = Callable[..., ServerProcess]
WORDS = "calmandawakewitheyesclosed"

ASKED = f'70 recvfrom(14<TCP:[1]>, "POST /sessions/1/chart/ HTTP/1.1\\r\\n{WORDS}", 65536, 0, NULL, NULL) = 900'
WROTE = f'71 pwrite64(9</d/c.sqlite3-wal>, "\\1\\2{WORDS}\\0", 4096, 4152) = 4096'
WROTE_MORE = '71 pwrite64(9</d/c.sqlite3-wal>, "\\1\\2\\3", 4096, 8272) = 4096'
SYNCED = "71 fdatasync(9</d/c.sqlite3-wal>) = 0"
ANSWERED = '70 sendto(14<TCP:[1]>, "HTTP/1.1 200 OK\\r\\n", 300, 0, NULL, 0) = 300'
HALVES = ("71 fdatasync(9</d/c.sqlite3-wal> <unfinished ...>", "71 <... fdatasync resumed>) = 0")
RECORDED = {
    "synced, then answered": ([ASKED, WROTE, SYNCED, ANSWERED], None),
    "the sync ends while another thread is seen": ([ASKED, WROTE, HALVES[0], ASKED, HALVES[1], ANSWERED], None),
    "an answer to somebody else comes first": ([ANSWERED, ASKED, WROTE, SYNCED, ANSWERED], None),
    "never synced": ([ASKED, WROTE, ANSWERED], "the answer left before a sync of the journal"),
    "synced too late": ([ASKED, WROTE, ANSWERED, SYNCED], "the answer left before a sync of the journal"),
    "answered while the sync still ran": ([ASKED, WROTE, HALVES[0], ANSWERED, HALVES[1]], "the answer left before a sync of the journal"),
    "the sync failed": ([ASKED, WROTE, SYNCED.replace("= 0", "= -1 EIO"), ANSWERED], "the answer left before a sync of the journal"),
    "only the first page synced": ([ASKED, WROTE, SYNCED, WROTE_MORE, ANSWERED], "the answer left before a sync of the journal"),
    "another file synced": ([ASKED, WROTE, SYNCED.replace("c.sqlite3-wal", "log"), ANSWERED], "the answer left before a sync of the journal"),
    "another thread synced": ([ASKED, WROTE, SYNCED.replace("71", "72"), ANSWERED], "the answer left before a sync of the journal"),
    "answered before it was written": ([ASKED, ANSWERED, WROTE, SYNCED], "the answer left before the entry was written"),
    "never written": ([ASKED, SYNCED, ANSWERED], "the entry was not seen on its way to the journal"),
    "never answered": ([ASKED, WROTE, SYNCED], "the answer was not seen"),
    "never asked": ([WROTE, SYNCED, ANSWERED], "the request was not seen"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_the_detector_accepts_only_a_sync_between_the_write_and_the_answer(name: str) -> None:
    lines, expected = RECORDED[name]
    assert why_not_durable("\n".join(lines), WORDS, "c.sqlite3") == expected


def charted(serve: Serve, cast: Cast, at: datetime, trace: Path, **environment: str) -> str | None:
    """Chart one note against a server whose calls are watched; what the detector says of it."""
    room = live_room(cast, at - timedelta(minutes=20))
    server = serve(under=command(strace.require(), trace), **environment)
    client = signed_in(server, address("ben"))
    headers = {"X-CSRFToken": client.cookies["afterglow_csrf"], "Origin": server.url, "Accept": "application/json"}
    entry = {"key": "watched", "kind": "note", "taken_at": datetime.now(UTC).isoformat(), "payload": {"text": f"{WORDS}."}}
    answer = client.post(f"/sessions/{room.session_id}/chart/", json=entry, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.json()["key"] == "watched"
    database = f"{server.database}.sqlite3"
    for _ in range(100):  # strace writes its lines a moment after the calls themselves
        said = why_not_durable(trace.read_text(errors="replace"), WORDS, database)
        if said != "the answer was not seen":
            break
        time.sleep(0.05)
    return said


# req: R42
# hazard: H47
@pytest.mark.slow
@pytest.mark.engine("sqlite")
def test_no_answer_leaves_before_the_entry_is_on_the_disk(serve: Serve, cast: Cast, at: datetime, tmp_path: Path) -> None:
    assert charted(serve, cast, at, tmp_path / "trace") is None


@pytest.mark.slow
@pytest.mark.engine("sqlite")
def test_the_same_watch_sees_a_server_that_answers_first(serve: Serve, cast: Cast, at: datetime, tmp_path: Path) -> None:
    careless = {"DJANGO_SETTINGS_MODULE": "tests.faults.careless_settings", "PYTHONPATH": f"{SOURCE}:{SOURCE.parent}"}
    assert charted(serve, cast, at, tmp_path / "trace", **careless) == "the answer left before a sync of the journal"
