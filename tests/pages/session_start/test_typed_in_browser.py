"""The check-in in a real browser: what is typed in one section outlives the save of another, and the gate leads to the question itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from afterglow.pathway.session.models import CheckInAnswer, Session
from tests.faults.killer import signed_in
from tests.support import session as walk
from tests.support.browser import People
from tests.support.cast import address, build_cast, zone_by_day
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at() -> datetime:
    """The server is a process of its own and has the machine's clock."""
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def opened(transactional_db: None, at: datetime, serve: Callable[..., ServerProcess], people: People) -> tuple[ServerProcess, Page, str]:
    """Ben at the machine with Dan's check-in, nothing answered yet."""
    cast = build_cast(at, zone=zone_by_day(at))
    way = walk.checked_in(cast, at)
    server = serve()
    login = signed_in(server, address("ben")).cookies["afterglow_login"]
    page = people.page(viewport={"width": 1280, "height": 900})
    page.context.add_cookies([{"name": "afterglow_login", "value": login, "url": server.url}])
    return server, page, f"{server.url}/sessions/{way.session_id}"


def restored(page: Page) -> None:
    """What this browser kept for each form has been looked for."""
    count = page.locator("form[data-autosave]").count()
    assert count >= 6
    expect(page.locator("form[data-draft=ready]")).to_have_count(count)


def typed(page: Page) -> None:
    """Something in three other forms: free text, a choice, and a pressure that was read but not added."""
    page.locator("[name='escort-adult_name']").fill("Mia Marsh, sister")
    page.locator("[name='escort-kind'][value='adult']").check()
    page.locator("[name='sbp']").fill("128")
    page.locator("[name='values_before-hr']").fill("71")


def still_there(page: Page) -> None:
    expect(page.locator("[name='escort-adult_name']")).to_have_value("Mia Marsh, sister")
    expect(page.locator("[name='escort-kind'][value='adult']")).to_be_checked()
    expect(page.locator("[name='sbp']")).to_have_value("128")
    expect(page.locator("[name='values_before-hr']")).to_have_value("71")


def test_what_is_typed_in_one_section_outlives_the_save_of_another(opened: tuple[ServerProcess, Page, str]) -> None:
    server, page, session = opened
    page.goto(f"{session}/check-in/")
    restored(page)
    typed(page)
    page.locator("[name='iv_site-said'][value='yes']").check()
    page.get_by_role("button", name="Save order, drug and line").click()
    page.wait_for_url("**/check-in/#order")
    restored(page)
    still_there(page)
    expect(page.locator("form", has=page.locator("[name='escort-adult_name']")).locator("[data-saved]")).to_contain_text("was not sent. It is back.")
    assert server.ask(lambda: list(CheckInAnswer.objects.exclude(item="iv_site").values_list("item", flat=True))) == [], "kept here, recorded nowhere"

    page.locator("[name='fasting-meal']").first.check()  # half an answer: this section comes back refused, at another address
    page.get_by_role("button", name="Save the body").click()
    expect(page.locator("[data-focus-error]")).to_be_visible()
    restored(page)
    still_there(page)
    page.locator("[name='escort-adult_name']").fill("Mia Marsh, sister, 555 0142")
    page.locator("[name='both_roles-said'][value='yes']").check()
    page.get_by_role("button", name="Save the place").click()
    page.wait_for_url("**/check-in/#place")
    restored(page)
    expect(page.locator("[name='escort-adult_name']")).to_have_value("Mia Marsh, sister, 555 0142")

    page.get_by_role("button", name="Save the person").click()
    page.wait_for_url("**/check-in/#person")
    restored(page)
    expect(page.locator("[name='escort-adult_name']")).to_have_value("")
    expect(page.locator("[name='sbp']")).to_have_value("128")
    said = server.ask(lambda: CheckInAnswer.objects.get(item="escort").value_text)
    assert "Mia Marsh, sister, 555 0142" in said


def test_the_gate_leads_to_the_question_and_the_keyboard_stands_in_it(opened: tuple[ServerProcess, Page, str]) -> None:
    server, page, session = opened
    page.goto(f"{session}/gate/")
    page.get_by_role("link", name="On the check-in page: Fasting").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-in/#id_fasting")
    expect(page.locator("#id_fasting input:focus")).to_have_count(1)
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") < 900
    page.goto(f"{session}/gate/")
    page.locator("a[href$='#id_equipment']").click()  # answered by the record: its own page is one Tab away
    expect(page.locator("#id_equipment a:focus")).to_have_count(1)
    assert server.ask(lambda: Session.objects.get().state) == "checked_in"
