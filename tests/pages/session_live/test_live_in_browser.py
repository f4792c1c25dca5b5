"""The room in a real browser, fed by the monitor as a process of its own: numbers come alive, silence shows, one tap charts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from afterglow.pathway.session.models import Entry, Reading
from tests.support.browser import People
from tests.support.cast import build_cast, zone_by_day
from tests.support.live_rooms import LiveRoom, live_room
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SOURCE = Path(__file__).resolve().parents[3] / "src"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A server with one room under way, and Ben's login there."""

    server: ServerProcess
    room: LiveRoom
    login: str


@pytest.fixture
def watched(transactional_db: None, serve: Callable[..., ServerProcess], request: pytest.FixtureRequest) -> Watched:
    """Built and copied before the browser starts: its event loop would give the tests a second connection, and PostgreSQL copies nothing in use."""
    at = timezone.now()
    cast = build_cast(at, zone=zone_by_day(at))
    room = live_room(cast, at, **request.param)
    login = cast.client("ben").cookies["afterglow_login"].value
    return Watched(server=serve(), room=room, login=login)


@contextmanager
def device(program: str, server: ServerProcess, room: LiveRoom, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A monitor as a process; its key comes by the environment, as a clinic would keep it off the process list."""
    command = [sys.executable, "-m", f"afterglow.simulator.{program}", "--url", server.url, *options]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(SOURCE), "AFTERGLOW_DEVICE_KEY": room.key})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)


def open_page(people: People, watched: Watched, path: str) -> Page:
    page = people.page(viewport={"width": 1440, "height": 900})
    page.context.add_cookies([{"name": "afterglow_login", "value": watched.login, "url": watched.server.url}])
    page.goto(watched.server.url + path)
    return page


# req: S69 S70 N8 R6
# hazard: H13
@pytest.mark.parametrize("watched", [{}], indirect=True, ids=["one a second"])
def test_the_room_lives_falls_silent_and_charts_with_one_tap(watched: Watched, people: People, axe: Callable[[Page], None]) -> None:
    server, room = watched.server, watched.room
    page = open_page(people, watched, f"/sessions/{room.session_id}/room/")
    heart = page.locator('[data-channel="hr"]')
    expect(heart.locator("[data-value]")).to_have_text("no data")
    with device("monitor", server, room, "--cuff-every", "4"):
        expect(page.locator("[data-connection]")).to_have_text("receiving")
        expect(heart).to_have_attribute("data-state", "fresh", timeout=15_000)
        expect(heart.locator("[data-value]")).to_have_text(re.compile(r"^\d+(\.\d)?$"))
        expect(page.locator('[data-channel="pressure"] [data-value]')).to_contain_text("/")
        axe(page)
    expect(heart).to_have_attribute("data-state", "silent", timeout=30_000)
    expect(heart.locator("[data-value]")).to_have_text("no data")
    expect(heart.locator("[data-age]")).to_contain_text("last ")
    expect(page.locator("main")).to_contain_text("Heart rate: no data for", timeout=10_000)
    page.locator("#awake-4").click()
    expect(page.locator(".timeline")).to_contain_text("Awake 4.")
    page.locator("#deed-stop").click()
    expect(page.locator(".room-phase")).to_have_text("Recovery")
    assert server.ask(lambda: list(Entry.objects.filter(session_id=room.session_id).order_by("seq").values_list("kind", flat=True)))[1:] == [
        "vitals",
        "stopped",
    ]


# req: S70 N4
# hazard: H11
@pytest.mark.parametrize(
    "watched",
    [{"profile": "bedside_minutes", "caution": "Recording of an intensive-care monitor. Not to be used to tune limits."}],
    indirect=True,
    ids=["recording"],
)
def test_the_recording_is_shown_with_its_zeros_as_words_in_the_room_and_on_the_board(
    watched: Watched, people: People, axe: Callable[[Page], None]
) -> None:
    server, room = watched.server, watched.room
    page = open_page(people, watched, f"/sessions/{room.session_id}/room/")
    board = open_page(people, watched, "/sessions/board/")
    expect(page.locator(".room-recording")).to_contain_text("Not to be used to tune limits.")
    with device("replay", server, room, "--speed", "600", "--from-minute", "60") as playing:
        assert playing.wait(timeout=60) == 0
    assert server.ask(lambda: Reading.objects.filter(session_id=room.session_id).count()) == 12
    saturation, heart = page.locator('[data-channel="spo2"] [data-value]'), page.locator('[data-channel="hr"] [data-value]')
    expect(saturation).to_have_text("36")
    expect(heart).to_have_text("no reading")
    expect(page.locator("main")).to_contain_text("No signal: check the person now.", timeout=10_000)
    axe(page)
    expect(board.locator(f'[data-room="{room.session_id}"] [data-channel="spo2"] [data-value]')).to_have_text("36")
    expect(board.locator(".board")).to_contain_text("Oxygen saturation", timeout=20_000)
    expect(board.locator(".board")).not_to_contain_text("Person1")
    axe(board)
