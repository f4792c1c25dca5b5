"""No network in a real browser: Start and draw keep nothing for later and say so; the room grows old, says it, and comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, Request, expect

from afterglow.pathway.session.models import Session
from afterglow.records.cabinet import queries as ledger
from tests.faults.killer import signed_in
from tests.support import session as walk
from tests.support.browser import People
from tests.support.cast import PASSWORD, address, build_cast, zone_by_day
from tests.support.live_rooms import LiveRoom, live_room
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SAID = "Nothing was kept and nothing will be sent when the connection is back."


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of Ben's on a running server, and every request that the browser tried to send as a POST."""

    server: ServerProcess
    page: Page
    posts: list[Request]


@pytest.fixture
def at() -> datetime:
    """The server is a process of its own and has the machine's clock."""
    return timezone.now().replace(microsecond=0)


def opened(people: People, server: ServerProcess, path: str) -> Opened:
    login = signed_in(server, address("ben")).cookies["afterglow_login"]
    page = people.page(viewport={"width": 1280, "height": 900})
    page.context.add_cookies([{"name": "afterglow_login", "value": login, "url": server.url}])
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    page.goto(server.url + path)
    return Opened(server, page, posts)


def pressed_without_a_network(held: Opened, button: str, title: str) -> None:
    """Press it offline: the page says what was not done; back online, nothing is sent by itself."""
    page = held.page
    page.context.set_offline(True)
    page.get_by_role("button", name=button).click()
    refusal = page.locator("[data-not-sent]")
    expect(refusal).to_contain_text(title)
    expect(refusal).to_contain_text(SAID)
    expect(refusal).to_contain_text("Paper applies now, with two signatures")
    expect(refusal).to_be_focused()
    expect(page.locator("[data-offline]")).to_contain_text("Paper applies.")
    expect(page.locator("[data-offline-kept]")).to_be_hidden()
    page.get_by_role("button", name=button).click()
    expect(refusal).to_have_count(1)
    kept = page.evaluate("async () => { const { vault } = await import(document.querySelector('script[src*=\"app.js\"]').src.replace('app.js', 'vault.js'));"
                         " const store = await vault(); return (await store.all('entries')).length + (await store.all('drafts')).length; }")  # fmt: skip
    assert kept == 0
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    page.wait_for_timeout(3000)  # longer than any module's first retry
    assert held.posts == []


# req: S69
# hazard: H5
def test_start_is_not_kept_for_later(transactional_db: None, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    cast = build_cast(at, zone=zone_by_day(at))
    way = walk.ready(cast, at)
    server = serve()
    held = opened(people, server, f"/sessions/{way.session_id}/gate/")
    expect(held.page.get_by_text("Everything that was asked is met")).to_be_visible()
    held.page.locator("input[type=password]").fill(PASSWORD)
    pressed_without_a_network(held, "Start the infusion", "The infusion was not started")
    assert server.ask(lambda: Session.objects.get(id=way.session_id).state) == "checked_in"
    held.page.locator("input[type=password]").fill(PASSWORD)
    held.page.get_by_role("button", name="Start the infusion").click()
    held.page.wait_for_url(f"**/sessions/{way.session_id}/room/")
    assert len(held.posts) == 1, "with the network back it is one press and one request"
    assert server.ask(lambda: Session.objects.get(id=way.session_id).state) == "dosing"


# hazard: H5
def test_a_draw_is_not_kept_for_later(transactional_db: None, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    cast = build_cast(at, zone=zone_by_day(at))
    walk.site_ready(cast, at)
    way = walk.checked_in(cast, at)
    lot_id = walk.a_lot(cast, at)
    found = walk.read_from(walk.prepared(way, lot_id, at, 20_000))
    server = serve()
    held = opened(people, server, f"/sessions/{way.session_id}/draw/?lot={lot_id}&made_up_to=20")
    page = held.page
    page.locator(f"input[name=said_drug][value='{found.drug}']").check()
    for name, value in (
        ("said_strength", f"{found.strength_ug_per_ml / 1000:g}"),
        ("said_volume", f"{found.volume_ul / 1000:g}"),
        ("said_rate", f"{found.rate_ul_per_h / 1000:g}"),
        ("said_record_no", found.record_no),
        ("second_email", address("ana")),
        ("second_password", PASSWORD),
    ):
        page.locator(f"[name={name}]").fill(value)
    pressed_without_a_network(held, "Draw ", "Nothing was drawn")
    assert server.ask(lambda: ledger.draws_of(way.session_id).draws) == ()
    expect(page.locator("[name=said_record_no]")).to_have_value(found.record_no)
    page.get_by_role("button", name="Draw ").click()
    page.wait_for_url(f"**/sessions/{way.session_id}/gate/")
    assert len(held.posts) == 1
    assert len(server.ask(lambda: ledger.draws_of(way.session_id).draws)) == 1


# req: S69
# hazard: H13
def test_the_room_without_a_network_grows_old_says_so_and_comes_back(
    transactional_db: None, at: datetime, serve: Callable[..., ServerProcess], people: People
) -> None:
    cast = build_cast(at, zone=zone_by_day(at))
    room = live_room(cast, at)
    server = serve()
    held = opened(people, server, f"/sessions/{room.session_id}/room/")
    line, heart = held.page.locator("[data-connection]"), held.page.locator('[data-channel="hr"]')
    expect(line).to_have_text("receiving")
    send(server, room, "m1", 71)
    expect(heart.locator("[data-value]")).to_have_text("71")
    held.page.context.set_offline(True)
    expect(line).to_contain_text("No connection. Nothing received for", timeout=8_000)
    expect(line).to_contain_text("look at the monitor")
    expect(held.page.locator("[data-offline-numbers]")).to_be_visible()
    expect(heart).to_have_attribute("data-state", "stale")
    expect(heart.locator("[data-age]")).to_contain_text("old")
    expect(heart).to_have_attribute("data-state", "silent", timeout=20_000)
    expect(heart.locator("[data-value]")).to_have_text("no data")
    held.page.context.set_offline(False)
    expect(line).to_have_text("receiving", timeout=8_000)
    expect(held.page.locator("[data-offline]")).to_be_hidden()
    send(server, room, "m2", 74)
    expect(heart.locator("[data-value]")).to_have_text("74")
    expect(heart).to_have_attribute("data-state", "fresh")


def send(server: ServerProcess, room: LiveRoom, message_id: str, heart: int) -> None:
    """One reading from the bedside monitor, which has its own network."""
    message = {"id": message_id, "taken_at": datetime.now(UTC).isoformat(), "channels": {"hr": {"value": heart, "unit": "/min"}}}
    answer = httpx.post(f"{server.url}/devices/v1/readings", json={"messages": [message]}, headers={"Authorization": f"Bearer {room.key}"})
    assert answer.json()["acknowledged"] == [message_id]
