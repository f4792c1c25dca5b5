"""A clinic's own licence and text in a real browser: recorded, loaded from its sheet, asked in those words; axe finds nothing, nothing is cut off."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from afterglow.ground.accounts.models import Clinic
from tests.support.browser import People
from tests.support.cast import PASSWORD, Cast
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


def looked_at(page: Page, axe: Callable[[Page], None]) -> None:
    """In both themes, and on a narrow phone: nothing to scroll sideways."""
    size = page.viewport_size
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.wait_for_function("document.getAnimations().length === 0")
        axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size(size or {"width": 1280, "height": 900})


def signed_in(people: People, url: str, who: str) -> Page:
    page = people.page()
    page.goto(f"{url}/sign-in/")
    page.fill("[name=email]", f"{who}@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/")
    return page


def filled_in(sheet: Path) -> Path:
    """The sheet as a clinic sends it back: with words in its last column, and with semicolons."""
    with sheet.open(encoding="utf-8-sig", newline="") as taken:
        rows = list(csv.reader(taken))
    done = sheet.with_name("filled-in.csv")
    with done.open("w", encoding="utf-8-sig", newline="") as written:
        csv.writer(written, delimiter=";").writerows([rows[0], *([*row[:3], f"Our words; {row[0]} {row[1]}".strip()] for row in rows[1:])])
    return done


# req: N38 C6
def test_a_licence_and_its_text_at_the_desk(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    url = serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds())).url
    page = signed_in(people, url, "olga")
    page.goto(f"{url}/desk/clinic/")
    page.get_by_role("link", name="Instrument licences").click()
    looked_at(page, axe)
    page.get_by_role("link", name="Insomnia Severity Index").click()
    page.get_by_label("Whom the licence names").fill("Harbour Clinic")
    page.get_by_label("Its number").fill("ISI-2026-17")
    page.get_by_label("Holds from").fill(f"{at:%Y-%m-%d}")
    page.get_by_role("button", name="Record this licence").dblclick()
    expect(page.get_by_text("without an end")).to_have_count(1)
    looked_at(page, axe)
    page.get_by_role("link", name="Load the text").click()
    looked_at(page, axe)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take the sheet").click()
    sheet = tmp_path / "isi-text.csv"
    taken.value.save_as(sheet)
    for sent, says in ((sheet, "has no words"), (filled_in(sheet), "Text 1, loaded")):
        page.get_by_label("The filled-in sheet").set_input_files(sent)
        page.get_by_role("button", name="Load the sheet").click()
        expect(page.get_by_text(says).first).to_be_visible()
        looked_at(page, axe)
    desk = signed_in(people, url, "ben")
    desk.goto(f"{url}/measures/of/{cast.dan_id}/")
    desk.get_by_label("Questionnaire").select_option("isi")
    desk.get_by_role("button", name="Ask it now").click()
    expect(desk.get_by_text("Our words; q7 4")).to_be_visible()
    looked_at(desk, axe)
