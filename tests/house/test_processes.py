"""The servers and browsers that journeys and faults lean on do what they say: a kill kills, a copy is a copy, nothing leaves the machine unseen."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable

import httpx
import pytest
from django.conf import settings
from playwright.sync_api import Page

from afterglow.ground.content.models import LibraryRow
from tests.support import databases
from tests.support.browser import PHONE, People
from tests.support.server import SOURCE, ServerProcess

pytestmark = pytest.mark.slow
STATIC = SOURCE / "afterglow/ground/face/static"


def status(server: ServerProcess, path: str = "/") -> int:
    call = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        call.request("GET", path)
        return call.getresponse().status
    finally:
        call.close()


def test_a_server_can_be_killed_and_comes_back_with_its_own_data(live_server_process: ServerProcess) -> None:
    server = live_server_process
    assert status(server) < 500
    held, pid = server.ask(LibraryRow.objects.count), server.pid
    server.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(ConnectionRefusedError):
        status(server)
    assert server.ask(LibraryRow.objects.count) == held > 0
    server.restart()
    assert status(server) < 500


def test_a_served_copy_is_not_the_tests_own_database(serve: Callable[..., ServerProcess]) -> None:
    server = serve()
    LibraryRow.objects.first()
    before = server.ask(LibraryRow.objects.count)
    row = LibraryRow.objects.first()
    assert row is not None
    row.pk, row.file_id, row._state.adding = databases_key(), "a_file_of_this_test", True
    row.save(force_insert=True)
    assert server.ask(LibraryRow.objects.count) == before
    assert LibraryRow.objects.count() == before + 1


def databases_key() -> object:
    from afterglow.ground import ids

    return ids.new_id(databases.LOADED_AT)


def test_a_question_that_fails_fails_here(live_server_process: ServerProcess) -> None:
    with pytest.raises(LibraryRow.DoesNotExist):
        live_server_process.ask(lambda: LibraryRow.objects.get(file_id="nowhere"))


def test_a_request_to_elsewhere_is_refused_and_remembered(live_server_process: ServerProcess, people: People) -> None:
    page = people.page(**PHONE)
    page.goto(live_server_process.url)
    assert people.left_the_machine == []
    refused = page.evaluate("fetch('https://elsewhere.example/x', {mode: 'no-cors'}).then(() => 'came through', () => 'refused')")
    assert refused == "refused"
    # A content policy may refuse it before the network does: then nothing reached the wire and there is nothing to remember.
    assert people.left_the_machine in ([], ["https://elsewhere.example/x"])
    blank = people.page()
    blank.set_content("<img src='https://elsewhere.example/y.png' alt=''>")
    blank.wait_for_load_state("load")
    assert "https://elsewhere.example/y.png" in people.left_the_machine
    people.left_the_machine.clear()


def test_a_failing_script_is_remembered(people: People) -> None:
    page = people.page()
    with page.expect_event("pageerror"):
        page.set_content("<script>throw new Error('planted')</script>")
    assert len(people.page_errors) == 1
    assert "planted" in people.page_errors[0]
    people.page_errors.clear()


def test_axe_finds_a_fault(browser_page: Page, axe: Callable[[Page], None]) -> None:
    browser_page.set_content("<!doctype html><html lang='en'><title>t</title><main><h1>t</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(browser_page)
    browser_page.set_content("<!doctype html><html lang='en'><title>t</title><main><h1>t</h1></main></html>")
    axe(browser_page)


def test_a_static_file_is_served_whole_and_nothing_is_warned_of(live_server_process: ServerProcess) -> None:
    server = live_server_process
    style, font = "face/css/base.css", "face/fonts/inter-latin-wght-normal.woff2"
    with httpx.Client(base_url=server.url) as client:
        for name in (style, font):
            answer = client.get(settings.STATIC_URL + name)
            assert (answer.status_code, answer.content) == (200, (STATIC / name).read_bytes())
            assert answer.headers["Cache-Control"].startswith("max-age=31536000")
            known = {"If-Modified-Since": answer.headers["Last-Modified"]}
            assert client.get(settings.STATIC_URL + name, headers=known).status_code == 304
        assert client.get(settings.STATIC_URL + style).headers["Content-Type"].startswith("text/css")
        part = client.get(settings.STATIC_URL + font, headers={"Range": "bytes=4-11"})
        assert (part.status_code, part.content) == (206, (STATIC / font).read_bytes()[4:12])
        head = client.head(settings.STATIC_URL + font)
        assert (head.status_code, head.content, int(head.headers["Content-Length"])) == (200, b"", (STATIC / font).stat().st_size)
    assert "Warning" not in server.log(), server.log()
