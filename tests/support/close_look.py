"""A walker who presses every button twice and looks at each kind of page in day and dusk, at 320 px and zoomed to 400%; and one with a keyboard alone."""

from __future__ import annotations

import re
import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Locator, Page, Response, ViewportSize

from tests.support.walk import NARROW_PX, PATIENCE_S, WIDEST, BrowserWalker

ZOOMED = ViewportSize(width=NARROW_PX, height=256)
"""What is left of a screen of 1280 by 1024 at 400%: WCAG 2.2, 1.4.10."""
MOST_HELD = 0.5
"""At most this share of a zoomed screen may stay in place while the page is scrolled; the rest is for what is read."""
FARTHEST_TAB = 150

HELD = """() => { window.scrollTo(0, document.documentElement.scrollHeight / 2);
  const bands = [...document.querySelectorAll('body *')].filter(e => ['sticky', 'fixed'].includes(getComputedStyle(e).position))
    .map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.width > innerWidth / 2 && r.bottom > 0 && r.top < innerHeight &&
      (Math.abs(r.top) < 2 || Math.abs(r.bottom - innerHeight) < 2));
  const found = bands.map(([e, r]) => ({ what: e.className, px: Math.round(Math.min(r.bottom, innerHeight) - Math.max(r.top, 0)) }));
  window.scrollTo(0, 0); return found; }"""
WHERE = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const box = e.matches('.choice input') ? e.closest('.choice').querySelector('label') : e, style = getComputedStyle(box), r = box.getBoundingClientRect();
  const x = Math.max(0, Math.min(r.left + r.width / 2, innerWidth - 1)), y = Math.max(0, Math.min(r.top + r.height / 2, innerHeight - 1));
  const top = document.elementFromPoint(x, y);
  return { tag: e.tagName.toLowerCase(), name: e.getAttribute('name') || '', value: e.value || '', type: e.type || '', words: e.innerText || '',
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0, html: e.outerHTML.slice(0, 120),
    seen: !!top && (box.contains(top) || top.contains(box)) }; }"""


class CloseWalker(BrowserWalker):
    """Besides axe in daylight and 320 px: contrast at dusk, and a screen zoomed to 400% that is not taken up by what stands still.

    Every form that it sends is sent by a double click: whoever walks with it counts the rows.
    """

    def _arrive(self, pressed: Locator) -> Response:
        """The second press may begin a journey of its own while the first is on its way: the last page that came is the one that counts."""
        came: list[Response] = []

        def note(answer: Response) -> None:
            if answer.frame == self.page.main_frame and answer.request.is_navigation_request() and not 300 <= answer.status < 400:
                came.append(answer)

        self.page.on("response", note)
        try:
            with self.page.expect_navigation(wait_until="load"):
                pressed.dblclick()
        except Error as error:
            if "ERR_ABORTED" not in str(error):
                raise
            self.page.wait_for_timeout(500)  # for the journey that took over
        finally:
            deadline = time.monotonic() + PATIENCE_S
            while not came and time.monotonic() < deadline:
                self.page.wait_for_timeout(100)
            self.page.wait_for_load_state("load")
            self.page.remove_listener("response", note)
        return came[-1]

    def _inspect(self, kind: str) -> None:
        super()._inspect(kind)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        for fault in Axe().run(self.page, options={"runOnly": ["color-contrast"]}).response["violations"]:
            self.faults[f"{kind} dusk {fault['id']}"] = "; ".join(f"{node['target']}: {node['html'][:120]}" for node in fault["nodes"])
        self.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size(ZOOMED)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROW_PX:
            self.faults[f"{kind} zoomed"] = f"scrolls sideways at 400%: {wide} px, {self.page.evaluate(WIDEST)}"
        held = self.page.evaluate(HELD)
        if sum(each["px"] for each in held) > MOST_HELD * ZOOMED["height"]:
            self.faults[f"{kind} held"] = f"stands still at 400%: {held}"
        self.page.set_viewport_size(size)


class Keyboard:
    """Tab, Space, Enter and letters.  Every stop on the way must be seen: with a ring around it, and nothing in front of it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str = "", *, words: str = "", value: str = "") -> None:
        """Tab on to the control of this name (and value), or to the button, link or summary with these words."""
        passed = []
        for _ in range(FARTHEST_TAB):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(WHERE)
            if at is None:
                continue
            if not at["ring"]:  # a page that has just come may not be styled yet
                self.page.wait_for_timeout(300)
                at = self.page.evaluate(WHERE) or at
            assert at["ring"], f"the focus cannot be seen at {at['html']}"
            assert at["seen"], f"something stands in front of {at['html']}"
            passed.append(at["name"] or at["words"][:30])
            said = " ".join(at["words"].split())
            if (words and re.match(rf"{re.escape(words)}(\s|$)", said)) or (name and at["name"] == name and value in ("", at["value"])):
                return
        raise AssertionError(f"Tab never came to {name or words!r}; it passed {passed}")

    def write(self, name: str, words: str) -> None:
        self.to(name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def choose(self, name: str, value: str) -> None:
        """A radio button: Tab comes to its group, the arrows go through it."""
        self.to(name)
        self.page.keyboard.press("Space")
        for _ in range(12):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value}")

    def press(self, words: str) -> None:
        """A button or link: the page that it leads to is loaded afterwards."""
        self.to(words=words)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")

    def unfold(self, words: str) -> None:
        self.to(words=words)
        self.page.keyboard.press("Space")
