"""The Pharmacology page in a real browser: asked by keyboard, both themes, a narrow phone; axe finds nothing and no script is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from afterglow.ground.accounts.models import Clinic
from tests.journeys.test_licences import looked_at, signed_in
from tests.support.browser import People
from tests.support.cast import Cast
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


# hazard: H34
def test_models_are_set_side_by_side_by_keyboard(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]
) -> None:
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    url = serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds())).url
    page = signed_in(people, url, "theo")
    page.get_by_role("link", name="Pharmacology", exact=True).click()
    looked_at(page, axe)
    page.get_by_label("Drug").select_option("S-ketamine")
    page.get_by_label("Weight").fill("70")
    page.get_by_label("Weight").press("Enter")
    expect(page.get_by_role("img", name="S-ketamine. Blood from a vein")).to_be_visible()
    looked_at(page, axe)
    page.get_by_label("Route").select_option("oral_film")
    page.get_by_role("button", name="Show the curves").press("Enter")
    expect(page.get_by_role("heading", name="Models that did not run")).to_be_visible()
    looked_at(page, axe)
    page.get_by_label("Weight").fill("0")
    page.get_by_label("Weight").evaluate("input => input.form.noValidate = true")
    page.get_by_role("button", name="Show the curves").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    looked_at(page, axe)
