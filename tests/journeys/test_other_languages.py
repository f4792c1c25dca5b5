"""A questionnaire in a language written from right to left, on a phone in a real browser: by finger and by keyboard; axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from afterglow.doors.portal.invite import invite
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.measures.models import Response
from tests.support.browser import People
from tests.support.cast import Cast
from tests.support.server import ServerProcess
from tests.support.translations import ARABIC, shipped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


# req: S10
# req: N44
def test_arabic_on_a_phone(cast: Cast, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    shipped("gad7", "ar", now)
    edit_person(person_id=cast.dan_id, version=1, changes={"language": "ar"}, by=cast.ben, at=now)
    made = invite(person_id=cast.dan_id, site_id=cast.site_id, instruments=("gad7",), key="k", by=cast.ben, at=now)
    page = people.page()
    page.set_viewport_size({"width": 360, "height": 740})
    server = serve()
    page.goto(f"{server.url}/l/{made.token}/")
    page.get_by_role("link", name="Generalized Anxiety").first.click()
    expect(page.get_by_role("heading", name=f"{ARABIC} gad7")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="Start").click()
    for number in range(1, 8):
        expect(page.get_by_role("heading", name=f"{ARABIC} q{number}", exact=True)).to_be_visible()
        if number == 1:
            axe(page)
            fits(page)
            first = page.locator(".choice").first
            circle, words = first.locator("input").bounding_box(), first.locator("label").bounding_box()
            assert circle is not None and words is not None
            assert circle["x"] > words["x"] + words["width"] / 2, "the circle stands on the right, where the line begins"
            page.get_by_label(f"{ARABIC} q1 0").focus()
            page.keyboard.press("Space")
        else:
            page.get_by_text(f"{ARABIC} q{number} 1", exact=True).click()
        page.get_by_role("button", name="Next").click()
    while page.get_by_role("button", name="Next").count():
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    kept = server.ask(lambda: Response.objects.values_list("language", "worded", "total").get(instrument_name="gad7"))
    assert kept == ("ar", "not_validated", 6)
