"""The close look finds what it is there for: a page with every fault it knows, and a page with none."""

from __future__ import annotations

import pytest

from tests.support.browser import People
from tests.support.close_look import CloseWalker, Keyboard

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><html lang="en"><head><title>A page</title><style>
body {{ margin: 0; background: #fff; color: #111; }} main {{ min-height: 3000px; }} button:focus {{ outline: {ring}; }}
header {{ position: sticky; top: 0; height: {band}px; background: #fff; }} div {{ width: {wide}px; }}
@media (prefers-color-scheme: dark) {{ body, header {{ background: #111; color: {ink}; }} }}
</style></head><body><header>Who it is</header><main><h1>A page</h1><div>Words to read</div><button>Save it</button></main></body></html>"""
WELL = {"ring": "3px solid #111", "band": "80", "wide": "200", "ink": "#eee"}
FAULTS = {"held": {"band": "200"}, "narrow": {"wide": "400"}, "zoomed": {"wide": "400"}, "dusk color-contrast": {"ink": "#222"}}


def looked_at(people: People, **changed: str) -> dict[str, str]:
    page = people.page()
    page.set_content(PAGE.format(**{**WELL, **changed}))
    walker = CloseWalker("", page, faults={}, seen=set())
    walker._inspect("page")
    return walker.faults


def test_a_page_without_a_fault(people: People) -> None:
    assert looked_at(people) == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(people: People, fault: str) -> None:
    assert f"page {fault}" in looked_at(people, **FAULTS[fault])


def test_a_keyboard_that_cannot_be_followed(people: People) -> None:
    page = people.page()
    page.set_content(PAGE.format(**WELL))
    Keyboard(page).to(words="Save it")
    page.set_content(PAGE.format(**WELL | {"ring": "none"}))
    with pytest.raises(AssertionError, match="the focus cannot be seen"):
        Keyboard(page).to(words="Save it")
    with pytest.raises(AssertionError, match="Tab never came to"):
        page.set_content(PAGE.format(**WELL))
        Keyboard(page).to(words="Send it")
