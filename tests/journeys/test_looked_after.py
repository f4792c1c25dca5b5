"""How the person wants to be looked after, in a real browser: words typed on the phone survive, the desk reads them, axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from afterglow.doors.portal.invite import invite
from afterglow.ground.accounts.models import Clinic
from afterglow.records.chart.actions.record_comfort import record_comfort
from tests.support.browser import PHONE, People
from tests.support.cast import PASSWORD, Cast
from tests.support.live_rooms import live_room
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


def looked_at(page: Page, axe: Callable[[Page], None]) -> None:
    """In both themes, and as narrow as a phone at 400%: nothing to scroll sideways."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function("document.getAnimations().length === 0")
        axe(page)
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(size or {"width": 390, "height": 844})


def signed_in(people: People, url: str, who: str) -> Page:
    page = people.page()
    page.goto(f"{url}/sign-in/")
    page.fill("[name=email]", f"{who}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/")
    return page


# req: S85 N13
def test_the_card_on_a_phone(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]) -> None:
    token = invite(person_id=cast.dan_id, site_id=cast.site_id, instruments=(), key="invite", by=cast.ben, at=at).token
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    url = serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds())).url
    page = people.page(**PHONE)
    page.goto(f"{url}/l/{token}/")
    page.get_by_role("link", name="Say how").click()
    looked_at(page, axe)
    page.get_by_label("What calms you?").fill("Slow words, and a window.")
    page.get_by_label("Ask me each time").check()
    expect(page.get_by_text("Saved ")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What calms you?")).to_have_value("Slow words, and a window.")
    expect(page.get_by_label("Ask me each time")).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_role("heading", name="Hello Dan")).to_be_visible()
    page.get_by_role("link", name="Say how").click()
    expect(page.get_by_label("What calms you?")).to_have_value("Slow words, and a window.")

    desk = signed_in(people, url, "ben")
    desk.goto(f"{url}/people/{cast.dan_id}/comfort/")
    expect(desk.get_by_text("Written by the person themselves")).to_be_visible()
    desk.get_by_label("Words to avoid").fill("relax")
    desk.get_by_role("button", name="Save the comfort card").click()
    desk.goto(f"{url}/people/{cast.dan_id}/comfort/")
    desk.get_by_text("(link)").click()
    looked_at(desk, axe)


# req: S80 S83
# hazard: H43
def test_distress_and_touch_in_the_room(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]
) -> None:
    room = live_room(cast, at)
    record_comfort(person_id=room.person_id, touch="yes", calm_by="slow words", triggers="doors", by=cast.ben, at=at - timedelta(days=1))
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    url = serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds())).url
    page = signed_in(people, url, "ben")
    page.goto(f"{url}/sessions/{room.session_id}/room/")
    expect(page.get_by_text("Touch: agreed").first).to_be_visible()
    page.get_by_text("The rest of the card").click()
    axe(page)
    page.get_by_role("link", name="What to do, and chart it").click()
    looked_at(page, axe)
    page.get_by_label("8", exact=True).check()
    page.get_by_label("Stayed beside them and spoke").check()
    page.get_by_role("button", name="Chart it").dblclick()
    expect(page.locator(".timeline").get_by_text("Distress: 8 of 10.")).to_have_count(1)  # a double click charts once
    page.get_by_role("link", name="Touch", exact=True).click()
    looked_at(page, axe)
    page.get_by_label("Offered now, and they said no: not touched").check()
    page.get_by_role("button", name="Chart it").click()
    expect(page.get_by_text("they said no in this session").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Note it anew").click()
    looked_at(page, axe)
    page.get_by_label("Music").fill("piano")
    page.get_by_role("button", name="Note it").dblclick()
    expect(page.locator(".timeline").get_by_text("Set and setting. Music: piano.")).to_have_count(1)
