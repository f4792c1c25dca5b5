"""The journal in a real browser: begun and kept with the keyboard alone, typed words survive a dead tab, shared and taken back, axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from afterglow.ground.access import links
from afterglow.ground.accounts.models import Clinic
from tests.support.browser import PHONE, People
from tests.support.cast import Cast
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]
WORD = "lantern-seven"


def looked_at(page: Page, axe: Callable[[Page], None]) -> None:
    """In both themes, and as narrow as a phone at 400%: nothing to scroll sideways."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function("document.getAnimations().length === 0")  # a colour on its way to the other theme is nobody's contrast
        axe(page)
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(size or {"width": 390, "height": 844})


# req: N14
# hazard: H60 H61
def test_the_journal_on_a_phone(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]) -> None:
    told = {"clinic_id": cast.clinic_id, "person_id": cast.dan_id, "holder": "Dan Marsh", "purpose": "course", "lasts": timedelta(days=28)}
    token = links.make_link(**told, by=cast.theo, at=at)[1]
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    url = serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds())).url
    page = people.page(**PHONE)
    page.goto(f"{url}/l/{token}/")
    page.get_by_role("link", name="Open your journal").click()
    looked_at(page, axe)
    page.get_by_label("Choose a word").focus()
    for keys in (WORD, WORD):
        page.keyboard.type(keys)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What you wrote")).to_be_visible()
    page.get_by_label("Write").focus()
    page.keyboard.type("The sea was grey.")  # perhaps before the page's script has come
    expect(page.get_by_text("Saved ")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Write")).to_have_value("The sea was grey.")
    page.get_by_role("button", name="Keep this entry").dblclick()
    expect(page.get_by_text("Private: read it")).to_have_count(1)  # a double click keeps one entry
    expect(page.get_by_label("Write")).to_have_value("")
    looked_at(page, axe)
    page.get_by_role("button", name="Share with my care team").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Private: read it")).to_have_count(1)
    page.get_by_role("link", name="Change it").click()
    looked_at(page, axe)
    page.get_by_label("What you want it to say").fill("The sea was green.")
    expect(page.get_by_text("Saved ")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What you want it to say")).to_have_value("The sea was green.")
    page.get_by_role("button", name="Keep the change").dblclick()
    expect(page.get_by_text("Changed ", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Remove it").click()
    looked_at(page, axe)
    page.get_by_role("button", name="Remove it for good").dblclick()
    expect(page.get_by_text("Your first entry will stand here")).to_be_visible()
    page.get_by_role("button", name="Close my journal").click()
    expect(page.get_by_label("Your word")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_label("Your word")).to_be_visible()
    page.get_by_role("link", name="Tell the clinic now").click()
    looked_at(page, axe)
    page.get_by_role("button", name="Tell the clinic now").dblclick()
    expect(page.get_by_text("You do not have to carry this alone")).to_be_visible()
    looked_at(page, axe)
