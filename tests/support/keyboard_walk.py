"""A walker whose hands never leave the keyboard: fields are come to by Tab, chosen with Space and the arrows, typed, and sent with Enter."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Locator, Page

from tests.support.close_look import WHERE
from tests.support.walk import BrowserWalker, Value, refused

FARTHEST_TAB = 400
SETTLED_MS = 300
ON_THE_GOAL = "() => !!document.activeElement && document.activeElement.matches('[data-goal]')"


class KeyboardWalker(BrowserWalker):
    """Every stop on the way has a ring around it and nothing in front of it, as for `Keyboard`; pages are opened by their address."""

    def __init__(self, base: str, page: Page) -> None:
        super().__init__(base, page, faults={}, seen=set())
        self.stops = 0

    def send(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None:
        read, given = self.form(button, to, where), values or {}
        pressed = self._button(button, to, where or {})
        form = pressed.locator("xpath=ancestor::form")
        order = read.names()
        assert set(given) <= set(order), f"the form has no {sorted(set(given) - set(order))}; it has {order}"
        for name in sorted(given, key=order.index):
            self._set(form, name, next(each.kind for each in read.controls if each.name == name), given[name])
        self._tab_to(pressed)
        with self.page.expect_navigation(wait_until="load") as loading:
            self.page.keyboard.press("Enter")
        assert loading.value.status == 200, f"{button} at {self.path}: {loading.value.status}. {refused(self.html)}"
        assert self.page.locator(".refusal").count() == 0, f"{button} at {self.path}: {refused(self.html)}"

    def _set(self, form: Locator, name: str, kind: str, value: Value) -> None:
        found = form.locator(f'[name="{name}"]')
        if kind == "radio":
            self._choose(found, str(value))
        elif kind == "checkbox":
            for each in [found.first] if isinstance(value, bool) else [form.locator(f'[name="{name}"][value="{said}"]') for said in value]:
                if each.is_checked() != (value is not False):
                    self._tab_to(each)
                    self.page.keyboard.press("Space")
                assert each.is_checked() == (value is not False), name
        elif kind == "select":
            self._tab_to(found)
            self.page.keyboard.press("Home")
            self._step_to(str(value), found.locator("option").count())
        else:
            self._tab_to(found.first)
            self._write(kind, str(value))
            assert found.first.input_value() == value, f"{name} holds {found.first.input_value()!r}"

    def _choose(self, group: Locator, value: str) -> None:
        """Tab comes to the one that is chosen, or to the first; the arrows go on."""
        self._tab_to(group)
        self.page.keyboard.press("Space")
        self._step_to(value, group.count())

    def _step_to(self, value: str, most: int) -> None:
        for _ in range(most + 1):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never came to {value!r} at {self.path}")

    def _write(self, kind: str, value: str) -> None:
        if kind == "date":  # in parts, in the order of this browser's own date field
            year, month, day = value.split("-")
            self.page.keyboard.type(f"{month}{day}{year}")
            return
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(value)

    def _tab_to(self, goal: Locator) -> None:
        """On to this control (of a group: to whichever of them has the stop); what is folded away in front of it is unfolded on the way."""
        folded = goal.first.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            self._walk_to(folded.first.locator("summary").first)
            self.page.keyboard.press("Space")
        self._walk_to(goal)

    def _walk_to(self, goal: Locator) -> None:
        goal.evaluate_all(
            "goals => { for (const e of document.querySelectorAll('[data-goal]')) delete e.dataset.goal;"
            " for (const e of goals) e.dataset.goal = 'yes' }"
        )
        if self.page.evaluate(ON_THE_GOAL):
            return
        for _ in range(FARTHEST_TAB):
            self.page.keyboard.press("Tab")
            self.stops += 1
            if self.page.evaluate(ON_THE_GOAL):
                break
        else:
            raise AssertionError(f"Tab never came to {goal} at {self.path}")
        self._seen()

    def _seen(self) -> None:
        at = self.page.evaluate(WHERE)
        if not (at["ring"] and at["seen"]):  # a page that has just come may not be styled yet
            self.page.wait_for_timeout(SETTLED_MS)
            at = self.page.evaluate(WHERE)
        assert at["ring"], f"the focus cannot be seen at {at['html']} on {self.path}"
        assert at["seen"], f"something stands in front of {at['html']} on {self.path}"

    def _inspect(self, kind: str) -> None:
        """Nothing here: the pages are looked at by other walks."""
