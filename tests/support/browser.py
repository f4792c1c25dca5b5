"""A real browser (Debian's Chromium) for journeys.  A request to anywhere but this machine is refused, remembered, and fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support import databases
from tools import chromium

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
HERE = ("127.0.0.1", "localhost")


class People:
    """Opens one separate browser profile per person: `people.page()` for a desk, `people.page(**PHONE)` for a phone."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.left_the_machine: list[str] = []
        self.page_errors: list[str] = []

    def page(self, **options: Any) -> Page:
        context = self.browser.new_context(locale="en-GB", **options)
        context.set_default_timeout(30_000)
        context.route(_is_elsewhere, self._refuse)
        context.on("weberror", lambda error: self.page_errors.append(f"{error.page.url if error.page else '?'}: {error.error}"))
        self.contexts.append(context)
        return context.new_page()

    def _refuse(self, route: Any) -> None:
        self.left_the_machine.append(route.request.url)
        route.abort("internetdisconnected")


@pytest.fixture
def people(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[People]:
    """The browser.  At the end of the test: no request may have left the machine, and no script may have failed."""
    if "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")  # so that the flush comes after the browser has gone
    # Playwright keeps an event loop in this thread; Django would refuse the fixtures' own reads and writes beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        databases.let_go_if_ended()
        browser = playwright.chromium.launch(
            executable_path=chromium.require(),
            args=[*chromium.FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"],
        )
        opened = People(browser)
        try:
            yield opened
        finally:
            for context in opened.contexts:
                context.close()
            browser.close()
    assert not opened.left_the_machine, f"the pages asked for addresses outside this machine: {opened.left_the_machine}"
    assert not opened.page_errors, f"scripts failed: {opened.page_errors}"


@pytest.fixture
def browser_page(people: People) -> Page:
    """One page at desk size; see `people` for more of them, or for a phone."""
    return people.page()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: fails with a readable list when axe-core finds an accessibility fault on the page as it stands."""
    return _no_violations


def _no_violations(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    lines = [
        f"{fault['id']} ({fault['impact']}): {fault['help']}\n    at {node['target']}: {node['html'][:160]}"
        for fault in found
        for node in fault["nodes"]
    ]
    assert not lines, f"axe found {len(found)} faults on {page.url}:\n" + "\n".join(lines)


def _is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in HERE
