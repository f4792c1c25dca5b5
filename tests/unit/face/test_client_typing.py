"""Nothing typed is ever lost: drafts and charting entries in a real browser, against a server that answers as scripted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import People
from tests.unit.face.scripted import Script, scripted

pytestmark = pytest.mark.slow

SAVED = (200, {"saved_at": "2026-11-22T18:22:05Z", "shown": "10:22"})
DRAFT = """<form method="post" action="/done" data-autosave="/save"><label>Why <textarea name="why"></textarea></label>
<label><input type="radio" name="mood" value="low">low</label><label><input type="radio" name="mood" value="high">high</label>
<input type="password" name="password"><p data-saved></p><button>Next</button></form>"""
CHART = """<form method="post" action="/chart" data-chart data-words="Note"><input type="hidden" name="key" value="first-key">
<label>Note <input name="note"></label><button>Write it down</button></form><ul data-outbox></ul>"""


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as made:
        yield made


def stored(form: dict[str, str]) -> tuple[int, Any]:
    return 200, {"key": form["key"]}


# req: C1
def test_what_is_typed_is_saved_within_two_seconds(people: People, script: Script) -> None:
    script.answers = [SAVED]
    page = people.page()
    page.goto(script.page("/form", DRAFT))
    page.fill("textarea", "The letter.")
    page.fill("input[type=password]", "secret words")
    expect(page.locator("[data-saved]")).to_have_text("Saved 10:22", timeout=2000)
    assert "The letter." in script.posts[-1]["form"]["raw"]
    assert "secret words" not in script.posts[-1]["form"]["raw"]
    page.reload()
    expect(page.locator("textarea")).to_have_value("")  # acknowledged: the copy in the browser is gone


# req: C1 C5
def test_a_draft_survives_an_expired_sign_in_and_a_dead_tab(people: People, script: Script) -> None:
    script.answers = [(302, None)]
    page = people.page()
    url = script.page("/form", DRAFT)
    page.goto(url)
    page.fill("textarea", "I could not say it before.")
    page.check("input[value=high]")
    expect(page.locator("[data-saved]")).to_contain_text("signed out")
    other = page.context.new_page()
    page.close()
    script.answers = [SAVED]
    other.goto(url)
    expect(other.locator("textarea")).to_have_value("I could not say it before.")
    expect(other.locator("input[value=high]")).to_be_checked()
    expect(other.locator("[data-saved]")).to_have_text("Saved 10:22")


def test_another_person_never_gets_the_draft(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    page.goto(script.page("/form", DRAFT))
    page.fill("textarea", "Mine.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.goto(script.page("/form", DRAFT, author="theo"))
    page.wait_for_timeout(400)
    expect(page.locator("textarea")).to_have_value("")


def test_a_draft_that_was_handed_in_does_not_come_back(people: People, script: Script) -> None:
    script.answers = [(503, {}), (503, {}), (302, None)]
    script.page("/sign-in", "<p>Thank you</p>")  # where the scripted 302 leads: another page of the same person
    page = people.page()
    url = script.page("/form", DRAFT)
    page.goto(url)
    page.fill("textarea", "Handed in.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    script.answers = [(302, None)]
    page.click("button:has-text('Next')")
    expect(page.locator("text=Thank you")).to_be_visible()
    page.wait_for_timeout(300)
    page.goto(url)
    page.wait_for_timeout(400)
    expect(page.locator("textarea")).to_have_value("")


def test_crisis_help_appears_with_the_answer_itself(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    body = '<form data-autosave="/save"><label><input type="radio" name="item9" value="1" data-crisis>yes</label></form><section data-crisis-help hidden>988</section>'
    page.goto(script.page("/q", body))
    expect(page.locator("[data-crisis-help]")).to_be_hidden()
    page.check("input[value='1']")
    expect(page.locator("[data-crisis-help]")).to_be_visible(timeout=500)


# hazard: H14
def test_an_entry_is_kept_until_the_server_answers_with_its_key(people: People, script: Script) -> None:
    script.answers = [(503, {}), (200, {"key": "somebody else's"}), stored]
    page = people.page()
    page.goto(script.page("/room", CHART))
    page.fill("[name=note]", "Calm.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_contain_text("Not stored yet")
    expect(page.locator("[data-outbox] li")).to_have_count(0, timeout=8000)
    assert [post["form"]["key"] for post in script.posts] == ["first-key"] * 3
    assert len({post["form"]["taken_at"] for post in script.posts}) == 1  # when it was made, not when it got through
    page.fill("[name=note]", "Asleep.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_have_count(0)
    assert script.posts[-1]["form"]["key"] != "first-key"


def test_a_redirect_to_the_sign_in_page_is_not_an_answer(people: People, script: Script) -> None:
    script.answers = [(302, None)]
    page = people.page()
    url = script.page("/room", CHART)
    page.goto(url)
    page.fill("[name=note]", "Tearful, then quiet.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_contain_text("sign in again")
    script.answers = [stored]
    page.goto(url)  # a new tab's life: the entry comes from this browser's store
    expect(page.locator("[data-outbox] li")).to_have_count(0)
    assert script.posts[-1]["form"]["note"] == "Tearful, then quiet."


def test_another_person_neither_sends_nor_sees_the_entry(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    page.goto(script.page("/room", CHART))
    page.fill("[name=note]", "Private words.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_contain_text("Not stored yet")
    page.goto(script.page("/room", CHART, author="theo"))
    sent = len(script.posts)
    expect(page.locator("[data-outbox] li")).to_contain_text("its author")
    assert "Private words." not in page.inner_text("[data-outbox]")
    page.wait_for_timeout(1500)
    assert len(script.posts) == sent


def test_a_refusal_is_shown_and_does_not_hold_up_the_next_entry(people: People, script: Script) -> None:
    refusal = {"code": "clock.future", "sentence": "This time lies in the future.", "now": "Enter when it happened."}
    script.answers = [(409, refusal), stored]
    page = people.page()
    page.goto(script.page("/room", CHART))
    page.fill("[name=note]", "Tomorrow.")
    page.click("button:has-text('Write')")
    expect(page.locator("[data-outbox] li")).to_contain_text("Not stored. This time lies in the future. Enter when it happened.")
    page.fill("[name=note]", "Now.")
    page.click("button:has-text('Write')")
    for _ in range(100):  # the second answer leaves the list as long as the first did: only the post itself tells that it came
        if len(script.posts) == 2:
            break
        page.wait_for_timeout(50)
    assert script.posts[-1]["form"]["note"] == "Now."
    expect(page.locator("[data-outbox] li")).to_have_count(1)
    page.click("text=Enter it again")
    expect(page.locator("[name=note]")).to_have_value("Tomorrow.")
    expect(page.locator("[data-outbox] li")).to_have_count(0)


# req: R19
def test_kept_words_are_not_readable_in_the_browsers_store(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    page.goto(script.page("/room", CHART))
    page.fill("[name=note]", "Private words.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_contain_text("Not stored yet")
    kept = page.evaluate(
        """() => new Promise((done) => { const open = indexedDB.open("afterglow"); open.onsuccess = () => {
        const all = open.result.transaction("entries").objectStore("entries").getAll();
        all.onsuccess = () => done(all.result.map((row) => new TextDecoder().decode(row.sealed)).join("")); }; })"""
    )
    assert kept
    assert "Private" not in kept
