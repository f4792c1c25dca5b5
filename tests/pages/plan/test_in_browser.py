"""In a real browser at desk and phone size: nothing that axe-core finds fault with on any page of plan and cabinet; the verdict follows the typing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from afterglow.pathway.plan.actions.place_visits import place_visits
from tests.support.browser import PHONE, People
from tests.support.cabinet import a_draw, a_lot
from tests.support.cast import Cast, build_cast, register, zone_by_day
from tests.support.plan import a_draft, a_plan, an_order, clear, consent, monday_after, ready
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at() -> datetime:
    """The server is a process of its own and has the machine's clock."""
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, at: datetime) -> Cast:
    return build_cast(at, zone=zone_by_day(at))


def pages_of(cast: Cast, at: datetime) -> list[str]:
    """Every page with something on it: a signed plan with a course in the calendar and an order, a draft, a lot with an open draw."""
    ready(cast, at)
    plan_id = a_plan(cast, at)
    place_visits(plan_id=plan_id, first_on=monday_after(at), key="place", by=cast.ana, at=at)
    an_order(cast, at, plan_id)
    una = register(cast.faye, at, "Una")
    clear(cast, at, una)
    consent(cast, at, una)
    draft = a_draft(cast, at, person_id=una, key="una")
    lot_id = a_lot(cast, at, expires_on=(at + timedelta(days=200)).date())
    draw_id = a_draw(cast, at, lot_id)
    return [
        "/plans/", f"/plans/people/{cast.dan_id}/", f"/plans/people/{cast.dan_id}/new/", f"/plans/{plan_id}/", f"/plans/{plan_id}/visits/",
        f"/plans/{plan_id}/orders/1/", f"/plans/{plan_id}/orders/2/", f"/plans/{draft}/", "/cabinet/", "/cabinet/day/", f"/cabinet/lots/{lot_id}/",
        f"/cabinet/draws/{draw_id}/",
    ]  # fmt: skip


# req: R39
def test_no_page_of_plan_and_cabinet_has_a_fault(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]
) -> None:
    addresses = pages_of(cast, at)
    login = cast.client("ana").cookies["afterglow_login"].value
    url = serve().url
    for page in (people.page(), people.page(**PHONE)):
        page.context.add_cookies([{"name": "afterglow_login", "value": login, "url": url}])
        for address in addresses:
            assert page.goto(url + address).status == 200, address  # type: ignore[union-attr]
            assert page.url == url + address, "it is the page itself, not the sign-in page"
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{address} scrolls sideways"


# req: S43
def test_the_verdict_follows_the_typing(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    login = cast.client("ana").cookies["afterglow_login"].value
    url, page = serve().url, people.page()
    page.context.add_cookies([{"name": "afterglow_login", "value": login, "url": url}])
    page.goto(f"{url}/plans/{plan_id}/orders/1/")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Everything that was asked is met")
    page.fill("input[name=dose_mg]", "71")
    page.press("input[name=dose_mg]", "Tab")
    expect(verdict).to_contain_text("a hard stop")
    page.goto(f"{url}/plans/people/{cast.dan_id}/new/")
    page.fill("input[name=value_0]", "0.7")
    page.press("input[name=value_0]", "Tab")
    expect(verdict).to_contain_text("To be signed by two people")
