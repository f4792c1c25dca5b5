"""Nothing typed is ever lost: drafts and charting entries in a real browser, against a server that answers as scripted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import People
from tests.unit.face.scripted import Script, scripted

pytestmark = pytest.mark.slow

SAVED = (200, {"saved_at": "2026-11-22T18:22:05Z", "shown": "10:22"})
DRAFT = """<form method="post" action="/done" data-autosave="/save"><label>Why <textarea name="why"></textarea></label>
<label><input type="radio" name="mood" value="low">low</label><label><input type="radio" name="mood" value="high">high</label>
<input type="password" name="password"><p data-saved></p><button>Next</button></form>"""
CHART = """<form method="post" action="/chart" data-chart data-words="Note"><input type="hidden" name="key" value="first-key">
<label>Note <input name="note"></label><button>Write it down</button></form><ul data-outbox></ul>"""

# IndexedDB opens only when the test calls openTheStore(): what a slow device does to whoever types at once.
SLOW_STORE = """const open = IDBFactory.prototype.open;
const told = new Promise((go) => { window.openTheStore = go; });
IDBFactory.prototype.open = function (...words) {
  const later = { get result() { return this.real.result; } };
  told.then(() => {
    later.real = open.apply(this, words);
    for (const name of ["onupgradeneeded", "onsuccess", "onerror", "onblocked"]) later.real[name] = () => later[name]?.();
  });
  return later;
};"""


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as made:
        yield made


def stored(form: dict[str, str]) -> tuple[int, Any]:
    return 200, {"key": form["key"]}


def ready(page: Page) -> None:
    """What this browser kept for the form has been looked for: only now is an empty field a field to which nothing comes back."""
    expect(page.locator("form[data-draft=ready]")).to_have_count(1)


def posted(page: Page, script: Script, count: int) -> None:
    """Wait for that many posts: an empty list of unsent entries says nothing before the entry was put into it."""
    for _ in range(200):
        if len(script.posts) >= count:
            break
        page.wait_for_timeout(50)
    assert len(script.posts) == count


def kept_drafts(page: Page) -> int:
    """How many drafts this browser keeps."""
    found: int = page.evaluate(
        """() => new Promise((done) => { const open = indexedDB.open("afterglow"); open.onsuccess = () => {
        const count = open.result.transaction("drafts").objectStore("drafts").count();
        count.onsuccess = () => { open.result.close(); done(count.result); }; }; })"""
    )
    return found


# req: C1
def test_what_is_typed_is_saved_within_two_seconds(people: People, script: Script) -> None:
    script.answers = [SAVED]
    page = people.page()
    page.clock.install(time=datetime(2026, 11, 22, 18, 22, tzinfo=UTC))
    page.goto(script.page("/form", DRAFT))
    page.clock.pause_at(datetime(2026, 11, 22, 18, 30, tzinfo=UTC))  # the page's own clock: how fast this machine is proves nothing
    page.fill("textarea", "The letter.")
    page.fill("input[type=password]", "secret words")
    assert script.posts == []
    page.clock.run_for(2000)
    expect(page.locator("[data-saved]")).to_have_text("Saved 10:22")
    assert "The letter." in script.posts[-1]["form"]["raw"]
    assert "secret words" not in script.posts[-1]["form"]["raw"]
    page.reload()
    ready(page)
    expect(page.locator("textarea")).to_have_value("")  # acknowledged: the copy in the browser is gone


HERE = """<form method="post" action="/form" data-autosave="here"><input type="hidden" name="version" value="%s">
<label>Why <textarea name="why"></textarea></label><p data-saved></p><button>Add</button></form>"""


# req: C1
def test_a_form_of_the_desk_is_kept_in_the_browser_alone_with_the_version_it_was_typed_against(people: People, script: Script) -> None:
    page = people.page()
    page.goto(script.page("/form", HERE % 3))
    ready(page)
    page.fill("textarea", "Half a line")
    expect(page.locator("[data-saved]")).to_contain_text("Kept in this browser")
    assert script.posts == []
    page.goto(script.page("/form", HERE % 4))
    expect(page.locator("[data-saved]")).to_contain_text("was not sent. It is back.")
    assert (page.input_value("textarea"), page.input_value("[name=version]")) == ("Half a line", "3")
    page.get_by_role("button", name="Put back what was saved before").click()
    assert (page.input_value("textarea"), page.input_value("[name=version]")) == ("", "4")


def test_a_form_that_comes_back_by_a_redirect_was_taken(people: People, script: Script) -> None:
    """Adding one row to a list leads to the same page again: the row is there, so it is not offered a second time."""
    script.answers = [(302, "/form"), (302, "/form")]
    page = people.page()
    page.goto(script.page("/form", HERE % 1))
    ready(page)
    page.fill("textarea", "Lithium")
    expect(page.locator("[data-saved]")).to_contain_text("Kept in this browser")
    page.click("text=Add")
    ready(page)
    expect(page.locator("textarea")).to_have_value("")
    assert kept_drafts(page) == 0 and len(script.posts) == 1


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


# req: C1
def test_what_is_typed_while_the_browsers_store_still_opens_is_saved_and_not_written_over(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    url = script.page("/form", DRAFT)
    page.goto(url)
    ready(page)
    page.fill("textarea", "What was kept.")
    page.check("input[value=low]")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.add_init_script(SLOW_STORE)
    script.answers = [SAVED]
    page.goto(url)
    page.fill("textarea", "Typed at once.")
    expect(page.locator("form[data-draft=ready]")).to_have_count(0)
    page.evaluate("openTheStore()")
    ready(page)
    expect(page.locator("textarea")).to_have_value("Typed at once.")
    expect(page.locator("input[value=low]")).to_be_checked()
    expect(page.locator("[data-saved]")).to_have_text("Saved 10:22")
    assert "Typed at once." in script.posts[-1]["form"]["raw"]
    assert kept_drafts(page) == 0


def test_another_person_never_gets_the_draft(people: People, script: Script) -> None:
    script.answers = [(503, {})]
    page = people.page()
    page.goto(script.page("/form", DRAFT))
    page.fill("textarea", "Mine.")
    expect(page.locator("[data-saved]")).to_contain_text("kept on this device")
    page.goto(script.page("/form", DRAFT, author="theo"))
    ready(page)
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
    for _ in range(100):
        if kept_drafts(page) == 0:
            break
        page.wait_for_timeout(50)
    assert kept_drafts(page) == 0
    page.goto(url)
    ready(page)
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
    posted(page, script, 4)
    expect(page.locator("[data-outbox] li")).to_have_count(0)
    assert script.posts[-1]["form"]["note"] == "Asleep."
    assert script.posts[-1]["form"]["key"] != "first-key"


def test_a_redirect_to_the_sign_in_page_is_not_an_answer(people: People, script: Script) -> None:
    script.answers = [(302, None)]
    page = people.page()
    url = script.page("/room", CHART)
    page.goto(url)
    page.fill("[name=note]", "Tearful, then quiet.")
    page.click("button")
    expect(page.locator("[data-outbox] li")).to_contain_text("sign in again")
    page.goto("about:blank")
    sent = len(script.posts)
    script.answers = [stored]
    page.goto(url)  # a new tab's life: the entry comes from this browser's store
    posted(page, script, sent + 1)
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
    expect(page.locator("[data-outbox] li")).to_contain_text("its author")
    sent = len(script.posts)
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
    posted(page, script, 2)  # the second answer leaves the list as long as the first did: only the post itself tells that it came
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
