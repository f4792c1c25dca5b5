"""A press with the network lost, on the desk and on the patient's phone: the page says so, the words stay, and one more press sends them once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from afterglow.doors.jobs import check_ins as jobs
from afterglow.ground.access import links
from afterglow.ground.accounts.models import Clinic
from afterglow.pathway.session.models import CheckInAnswer
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.models import FlagEvent
from afterglow.records.measures.models import Assignment
from tests.support import session as way_to
from tests.support.browser import PHONE, People
from tests.support.cast import PASSWORD, Cast, address
from tests.support.check_ins import HOUR, opened
from tests.support.course import gone_home
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]
SAID = "Spoke with his wife; he is safe and comes at ten."


def served(serve: Callable[..., ServerProcess], at: datetime) -> ServerProcess:
    """A server whose clock stands at `at`: only a demo's can be shifted."""
    Clinic.objects.update(is_demo=True)
    return serve(AFTERGLOW_CLOCK_OFFSET_S=str((at - datetime.now(UTC)).total_seconds()))


def at_the_desk(server: ServerProcess, people: People, path: str) -> Page:
    """Ben, signed in, at this page."""
    page = people.page()
    page.goto(f"{server.url}/sign-in/")
    page.locator("[name=email]").fill(address("ben"))
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    page.goto(server.url + path)
    return page


def pressed_in_vain(page: Page, button: str) -> None:
    """The press goes nowhere, and the page says what happened, why, and what to do."""
    stood = page.url
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.get_by_role("button", name=button).click()
    box = page.locator("[data-not-sent]")
    expect(box).to_be_focused()
    expect(box).to_contain_text("Nothing was sent")
    expect(box).to_contain_text("What you typed still stands here")
    expect(box).to_contain_text("Press again when the connection is back")
    assert page.url == stood


# req: C32
def test_a_note_on_a_flag_stays_and_is_sent_once(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    flag = open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="PHQ-9 item 9 was answered above 0.",
        source_kind="response", source_id="lost", owner_id=cast.ana.user_id, by=cast.ben, at=at,
    )  # fmt: skip
    server = served(serve, at + timedelta(minutes=1))
    page = at_the_desk(server, people, f"/flags/{flag}/")
    page.locator("[name=text]").first.fill(SAID)
    pressed_in_vain(page, "Add to the story")
    expect(page.locator("[name=text]").first).to_have_value(SAID)
    assert server.ask(lambda: FlagEvent.objects.filter(text=SAID).count()) == 0
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_be_hidden()
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Add to the story").click()
    assert server.ask(lambda: FlagEvent.objects.filter(text=SAID).count()) == 1


# req: C32
def test_a_check_in_pressed_offline_comes_back_after_another_page(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People
) -> None:
    """What was never sent does not count as handed in: it is offered again whatever page was open in between."""
    way = way_to.checked_in(cast, at)
    server = served(serve, at + timedelta(minutes=1))
    path = f"/sessions/{way.session_id}/check-in/"
    page = at_the_desk(server, people, path)
    expect(page.locator("form[data-draft=ready]").first).to_be_visible()
    page.locator("[name='escort-adult_name']").fill("Mia Marsh, sister")
    page.context.set_offline(True)
    expect(page.locator("[data-offline-here]")).to_be_visible()
    expect(page.locator("[data-offline-kept]")).to_be_hidden()
    page.get_by_role("button", name="Save the person").click()
    expect(page.locator("[data-not-sent]")).to_be_focused()
    page.context.set_offline(False)
    page.goto(f"{server.url}/desk/people/{cast.dan_id}/")
    page.goto(server.url + path)
    expect(page.locator("[name='escort-adult_name']")).to_have_value("Mia Marsh, sister")
    assert server.ask(lambda: CheckInAnswer.objects.filter(item="escort").count()) == 0


# req: C31
def test_a_check_in_on_the_phone_without_a_network(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    way = way_to.dosing(cast, at)
    gone_home(way)
    opened(way, at + 26 * HOUR)
    _, token = links.make_link(
        clinic_id=cast.clinic_id, person_id=cast.dan_id, holder="Dan Marsh", purpose="check_in",
        lasts=jobs.LINK_LASTS, by=jobs.job(cast.clinic_id), at=at + 26 * HOUR,
    )  # fmt: skip
    server = served(serve, at + 26 * HOUR)
    page = people.page(**PHONE)
    page.goto(f"{server.url}/l/{token}/")
    for _ in range(2):
        page.get_by_role("link", name="Start").first.click()
        page.wait_for_load_state("load")
    expect(page.locator("form[data-draft=ready]")).to_have_count(1)
    page.context.set_offline(True)
    page.locator("[name=low_mood][value='6']").check()
    expect(page.get_by_text("It is kept on this device.")).to_be_visible()
    pressed_in_vain(page, "Next")
    expect(page.locator("[name=low_mood][value='6']")).to_be_checked()

    def kept() -> list[str]:
        return [row.draft_text for row in Assignment.objects.filter(person_id=cast.dan_id) if "low_mood" in row.draft_text]

    assert server.ask(kept) == []
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile(r"^Saved \d\d:\d\d"))).to_be_visible(timeout=15_000)
    assert len(server.ask(kept)) == 1
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Question 2 of 4")).to_be_visible()
