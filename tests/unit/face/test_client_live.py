"""The live room in a real browser: one stream, honest ages, and a word when nothing arrives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import People
from tests.unit.face.scripted import Script, scripted

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 22, 18, 22, tzinfo=UTC)
MODULE = '<script type="module" src="/static/face/js/room.js"></script>'


def room(now: datetime = NOW) -> str:
    taken = (now - timedelta(seconds=1)).isoformat()
    return f"""<div data-room="r2" data-seq="5"><span data-connection></span><div data-marks></div>
<div class="number" data-channel="hr" data-taken-at="{taken}" data-interval="1" data-silent-after="15"><span data-value>77</span><span data-age></span></div>
<button type="button" data-key="v" onfocus="0">Vitals</button><input aria-label="note"></div>"""


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as made:
        yield made


def reading(seq: int, value: int | None, shown: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "room": "r2",
        "seq": seq,
        "kind": "reading",
        "at": at.isoformat(),
        "channels": {"hr": {"value": value, "unit": "/min", "shown": shown}},
    } | more


def wait_until(page: Page, met: Callable[[], bool], seconds: float = 6.0) -> None:
    """Playwright's own pause, not a sleep: requests pass through this thread, and a sleep would hold them up."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def opened(people: People, script: Script) -> Page:
    page = people.page()
    page.clock.install(time=NOW)
    page.goto(script.page("/room", room(), now=NOW.isoformat(), more=MODULE))
    wait_until(page, lambda: script.open_streams == 1)
    return page


def test_a_reading_arrives_and_an_older_one_does_not_replace_it(people: People, script: Script) -> None:
    page = opened(people, script)
    script.send(reading(6, 81, "81", NOW))
    expect(page.locator("[data-value]")).to_have_text("81")
    script.send(reading(7, 60, "60", NOW - timedelta(seconds=30)))
    script.send(reading(8, 82, "82", NOW + timedelta(seconds=1)))
    expect(page.locator("[data-value]")).to_have_text("82")
    assert any("room=r2%3A5" in asked for asked in script.asked_for)


# hazard: H13
def test_a_number_grows_old_then_silent(people: People, script: Script) -> None:
    page = opened(people, script)
    number = page.locator("[data-channel=hr]")
    expect(number).to_have_attribute("data-state", "fresh")
    page.clock.run_for(3000)
    expect(number).to_have_attribute("data-state", "stale")
    expect(page.locator("[data-age]")).to_contain_text("old")
    page.clock.run_for(14000)
    expect(number).to_have_attribute("data-state", "silent")
    expect(page.locator("[data-value]")).to_have_text("no data")
    expect(page.locator("[data-age]")).to_contain_text("last 77 at")


# hazard: H11
def test_a_silent_channel_shows_the_servers_words_and_no_zero(people: People, script: Script) -> None:
    page = opened(people, script)
    mark = {"code": "no_signal", "level": "act", "channel": "hr", "sentence": "No signal: check the person now"}
    script.send(reading(6, None, "no signal", NOW, marks=[mark]))
    expect(page.locator("[data-value]")).to_have_text("no signal")
    expect(page.locator("[data-channel=hr]")).to_have_attribute("data-state", "silent")
    expect(page.locator("[data-marks] .mark--act")).to_contain_text("No signal: check the person now")


# hazard: H13
def test_a_dead_stream_is_said_on_the_screen(people: People, script: Script) -> None:
    page = opened(people, script)
    expect(page.locator("[data-connection]")).to_have_text("receiving")
    page.clock.run_for(14000)
    expect(page.locator("[data-connection]")).to_contain_text("look at the monitor")
    expect(page.locator("[data-offline]")).to_be_visible()
    script.send({"at": NOW.isoformat()}, event="beat")
    expect(page.locator("[data-connection]")).to_have_text("receiving")


def test_many_tabs_share_one_stream_and_the_next_takes_over(people: People, script: Script) -> None:
    first = people.page()
    url = script.page("/room", room(), now=NOW.isoformat(), more=MODULE)
    first.goto(url)
    wait_until(first, lambda: script.open_streams == 1)
    others = [first.context.new_page() for _ in range(7)]
    for page in others:
        page.goto(url)
    script.send(reading(6, 81, "81", NOW))
    for page in (first, *others):
        expect(page.locator("[data-value]")).to_have_text("81")
    assert script.open_streams == 1
    streams_before = sum(asked.startswith("/live") for asked in script.asked_for)
    first.close()
    wait_until(others[0], lambda: sum(asked.startswith("/live") for asked in script.asked_for) > streams_before and script.open_streams == 1)
    script.send(reading(7, 90, "90", NOW + timedelta(seconds=1)))
    expect(others[3].locator("[data-value]")).to_have_text("90")


def test_a_key_goes_to_its_button_but_never_while_typing(people: People, script: Script) -> None:
    page = opened(people, script)
    page.locator("input").focus()
    page.keyboard.press("v")
    expect(page.locator("input")).to_have_value("v")
    page.locator("input").blur()
    page.keyboard.press("v")
    expect(page.locator("[data-key=v]")).to_be_focused()


def test_the_chosen_theme_is_remembered_for_the_server(people: People, script: Script) -> None:
    page = people.page()
    page.goto(script.page("/plain", '<button type="button" data-theme-switch hidden>theme</button>'))
    page.click("[data-theme-switch]")
    assert page.locator("html").get_attribute("data-theme") == "dusk"
    assert {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}["afterglow_theme"] == "dusk"


# hazard: H28
def test_a_notice_draws_the_rooms_anew_at_once_and_moves_no_cursor(people: People, script: Script) -> None:
    page = people.page()
    page.clock.install(time=NOW)
    script.page("/rooms", f'<p id="stop">Consent was withdrawn at 10:21.</p>{room()}')
    body = f'<div data-fragment="/rooms" data-fragment-every="3600">{room()}</div>'
    page.goto(script.page("/board", body, now=NOW.isoformat(), more=MODULE))
    wait_until(page, lambda: script.open_streams == 1)
    assert not any(asked.startswith("/rooms") for asked in script.asked_for)
    script.send({"room": "r2", "seq": 0, "kind": "notice", "at": (NOW - timedelta(minutes=5)).isoformat(), "state": "dosing", "marks": []})
    expect(page.locator("#stop")).to_have_text("Consent was withdrawn at 10:21.")
    script.send(reading(6, 83, "83", NOW))
    expect(page.locator("[data-value]")).to_have_text("83")
