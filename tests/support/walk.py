"""One walk, two walkers: a real browser, and an HTTP client that knows no JavaScript.  Both read pages as they come and send the forms in them.

A form is named by the words on its button, a field by its name, so that a walk is written once and told to either.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Response, expect

Value = str | bool | Sequence[str]
NARROW_PX = 320
PATIENCE_S = 30
UNIQUE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/l/)[^/]+|\d+")


@dataclass(slots=True)
class Control:
    """One thing of a form that can be filled in: `kind` is the input's type, "select" or "textarea"; options only where there is a choice."""

    name: str
    kind: str
    value: str = ""
    chosen: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value

    def names(self, kind: str = "") -> list[str]:
        return list(dict.fromkeys(each.name for each in self.controls if kind in ("", each.kind)))

    def options(self, name: str) -> list[str]:
        return [option for each in self.controls if each.name == name for option in (each.options or [each.value])]


class Walker(Protocol):
    """What a walk needs of whoever walks it."""

    @property
    def path(self) -> str: ...

    @property
    def html(self) -> str: ...

    @property
    def words(self) -> str: ...

    def open(self, address: str) -> None: ...

    def send(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None: ...

    def deed(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None: ...

    def refused(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "") -> str: ...

    def until(self, seen: Callable[[str], bool], what: str) -> None: ...

    def fetch(self, address: str) -> tuple[str, bytes]: ...

    def status(self, address: str) -> int: ...

    def form(self, button: str, to: str = "", where: Mapping[str, str] | None = None) -> Form: ...

    def link(self, words: str, to: str = "") -> str: ...


class Reading(HTMLParser):
    """The forms, links and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.open_form: Form | None = None
        self.select: Control | None = None
        self.area: Control | None = None
        self.button: tuple[dict[str, str], list[str]] | None = None
        self.anchor: tuple[str, list[str]] | None = None
        self.silent = self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "style") or (tag == "span" and (self.hidden or given.get("aria-hidden") == "true")):
            self.silent += tag != "span"
            self.hidden += tag == "span"
        elif tag == "form":
            self.open_form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open_form)
        elif tag == "a":
            self.anchor = (given.get("href", ""), [])
        elif tag == "button":
            self.button = (given, [])
        elif tag == "option" and self.select is not None:
            self.select.options.append(given.get("value", ""))
            if "selected" in given or len(self.select.options) == 1:
                self.select.value = given.get("value", "")
        elif tag in ("input", "select", "textarea") and self.open_form is not None and given.get("name") and "disabled" not in given:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self.open_form is not None
        kind = given.get("type", "text") if tag == "input" else tag
        default = "on" if kind in ("checkbox", "radio") else ""
        control = Control(given["name"], kind, given.get("value", default), "checked" in given)
        self.open_form.controls.append(control)
        self.select = control if tag == "select" else self.select
        self.area = control if tag == "textarea" else self.area

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.silent -= 1
        elif tag == "span" and self.hidden:
            self.hidden -= 1
        elif tag == "form":
            self.open_form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            if self.area is not None:
                self.area.value = self.area.value.removeprefix("\n")
            self.area = None
        elif tag == "a" and self.anchor is not None:
            self.links.append((_plain(self.anchor[1]), self.anchor[0]))
            self.anchor = None
        elif tag == "button" and self.button is not None:
            given, words = self.button
            if self.open_form is not None and given.get("type", "submit") == "submit":
                said = given.get("aria-label") or _plain(words)
                self.open_form.buttons.append((said, given.get("name", ""), given.get("value", "")))
            self.button = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data
            return
        if self.silent or self.hidden:
            return
        self.text.append(data)
        for gathering in (self.button, self.anchor):
            if gathering is not None:
                gathering[1].append(data)

    def form(self, button: str, to: str, where: Mapping[str, str]) -> Form:
        found = [form for form in self.forms if to in form.action and any(_is(words, button) for words, _, _ in form.buttons)]
        found = [form for form in found if all(value in form.options(name) for name, value in where.items())]
        offered = sorted({f"{words} -> {form.action}" for form in self.forms for words, _, _ in form.buttons})
        assert found, f"no form with the button {button!r} here; there are: {offered}"
        return found[0]

    def link(self, words: str, to: str) -> str:
        found = [href for said, href in self.links if _is(said, words) and to in href]
        assert found, f"no link {words!r} to {to!r} here; there are: {self.links}"
        return found[0]


def _plain(parts: list[str]) -> str:
    return " ".join("".join(parts).split())


def _is(words: str, asked: str) -> bool:
    return words == asked or words.startswith(f"{asked} ")


class PlainWalker:
    """An HTTP client and nothing else: forms are sent as they stand in the HTML."""

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, follow_redirects=True, timeout=30)
        self.answer: httpx.Response | None = None

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.url.path

    @property
    def html(self) -> str:
        assert self.answer is not None
        return self.answer.text

    @property
    def words(self) -> str:
        return re.sub(" (?=[,.;:])", "", " ".join(" ".join(Reading(self.html).text).split()))

    def open(self, address: str) -> None:
        self._took(self.client.get(address))

    def form(self, button: str, to: str = "", where: Mapping[str, str] | None = None) -> Form:
        return Reading(self.html).form(button, to, where or {})

    def link(self, words: str, to: str = "") -> str:
        return Reading(self.html).link(words, to)

    def send(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None:
        self._took(self._sent(button, values or {}, to, where))

    deed = send

    def refused(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "") -> str:
        """The words of the page that says no."""
        self.answer = self._sent(button, values or {}, to, None)
        assert self.answer.status_code == 422, f"{button} at {self.path}: {self.answer.status_code}"
        return refused(self.html)

    def until(self, seen: Callable[[str], bool], what: str) -> None:
        """Without a script the page loads itself anew (its noscript refresh); so does this."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen(self.html):
            assert time.monotonic() < deadline, f"{what} did not come to {self.path}"
            time.sleep(1)
            self.open(self.path)

    def _sent(self, button: str, values: Mapping[str, Value], to: str, where: Mapping[str, str] | None) -> httpx.Response:
        form, came_from = self.form(button, to, where), str(self.answer.url if self.answer else "")
        target, data = urljoin(came_from, form.action), filled(form, values, button)
        if form.method == "get":
            return self.client.get(target, params=data, headers={"Referer": came_from})
        return self.client.post(target, data=data, headers={"Referer": came_from})

    def fetch(self, address: str) -> tuple[str, bytes]:
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.headers["content-type"], answer.content

    def status(self, address: str) -> int:
        """How the server answers somebody who types this address; the open page stays as it is."""
        return self.client.get(address).status_code

    def _took(self, answer: httpx.Response) -> None:
        self.answer = answer
        assert answer.status_code == 200, f"{answer.request.method} {answer.url.path}: {answer.status_code}. {refused(answer.text)}"
        assert 'class="refusal' not in answer.text, f"{answer.url.path}: {refused(answer.text)}"


def filled(form: Form, values: Mapping[str, Value], button: str) -> dict[str, Any]:
    """What a browser would send: everything that stands in the form, with `values` filled in and the button that was pressed."""
    unknown = set(values) - set(form.names())
    assert not unknown, f"the form has no {sorted(unknown)}; it has {form.names()}"
    data: dict[str, list[str]] = {}
    for each in form.controls:
        given = values.get(each.name)
        if each.kind in ("radio", "checkbox"):
            if _ticked(each, given):
                data.setdefault(each.name, []).append(each.value)
        elif given is None:
            data.setdefault(each.name, []).append(each.value)
        else:
            assert isinstance(given, str), f"{each.name} takes words"
            assert each.kind != "select" or given in each.options, f"{each.name} offers {each.options}, not {given!r}"
            data.setdefault(each.name, []).append(given)
    for name, given in values.items():
        wanted = [given] if isinstance(given, str) else []
        offered = form.options(name)
        kinds = {each.kind for each in form.controls if each.name == name}
        assert not kinds & {"radio"} or set(wanted) <= set(offered), f"{name} offers {offered}, not {given!r}"
    _, name, value = next(each for each in form.buttons if _is(each[0], button))
    return data | ({name: [value]} if name else {})


def _ticked(control: Control, given: Value | None) -> bool:
    if given is None:
        return control.chosen
    if isinstance(given, bool):
        return given
    return control.value == given if isinstance(given, str) else control.value in given


def refused(html: str) -> str:
    """The words of the refusal on a page, or the page's own words when it has none."""
    found = re.search(r'<[^>]*class="refusal.*?</(?:section|div|aside)>', html, re.S)
    errors = re.findall(r'class="[^"]*error[^"]*"[^>]*>(.*?)</', html, re.S)
    return " ".join(" ".join(Reading(found.group() if found else html).text).split())[:1500] + (f" | {errors}" if errors else "")


class BrowserWalker:
    """A real browser.  Each kind of page it comes to is held against axe-core and against a screen 320 px wide, once; faults are gathered."""

    def __init__(self, base: str, page: Page, *, faults: dict[str, str], seen: set[str]) -> None:
        self.base, self.page, self.faults, self.seen = base, page, faults, seen

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    @property
    def html(self) -> str:
        return self.page.content()

    @property
    def words(self) -> str:
        return " ".join(self.page.locator("body").inner_text().split())

    def open(self, address: str) -> None:
        answer = self.page.goto(urljoin(self.base, address), wait_until="load")
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}. {refused(self.html)}"
        self._look()

    def form(self, button: str, to: str = "", where: Mapping[str, str] | None = None) -> Form:
        return Reading(self.html).form(button, to, where or {})

    def link(self, words: str, to: str = "") -> str:
        return Reading(self.html).link(words, to)

    def send(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None:
        pressed = self._fill(button, values or {}, to, where)
        answer = self._arrive(pressed)
        assert answer.status == 200, f"{button} at {self.path}: {answer.status}. {refused(self.html)}"
        assert self.page.locator(".refusal").count() == 0, f"{button} at {self.path}: {refused(self.html)}"
        self._look()

    def refused(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "") -> str:
        """The words of the page that says no; it is held against axe like any other."""
        pressed = self._fill(button, values or {}, to, None)
        with self.page.expect_navigation(wait_until="load") as loading:
            pressed.click()
        assert loading.value.status == 422, f"{button} at {self.path}: {loading.value.status}"
        self._look(" refused")
        return refused(self.html)

    def until(self, seen: Callable[[str], bool], what: str) -> None:
        """The open page comes to show it by itself: nothing is loaded anew."""
        deadline = time.monotonic() + PATIENCE_S
        while not seen(self.html):
            assert time.monotonic() < deadline, f"{what} did not come to {self.path}"
            self.page.wait_for_timeout(200)

    def deed(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None:
        """A button of the room: the page stays, what was done goes through the outbox to the server and is taken from it there."""
        pressed = self._fill(button, values or {}, to, where)
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            pressed.click()
        assert sent.value.ok, f"{button} at {self.path}: {sent.value.status} {sent.value.text()[:500]}"
        expect(self.page.locator("[data-outbox] li")).to_have_count(0)

    def fetch(self, address: str) -> tuple[str, bytes]:
        answer = self.page.context.request.get(urljoin(self.base, address))
        assert answer.status == 200, f"{address}: {answer.status}"
        return answer.headers["content-type"], answer.body()

    def status(self, address: str) -> int:
        """How the server answers somebody who types this address; the open page stays as it is."""
        return self.page.context.request.get(urljoin(self.base, address)).status

    def _arrive(self, pressed: Locator) -> Response:
        """Press, and come to the page that it leads to."""
        with self.page.expect_navigation(wait_until="load") as loading:
            pressed.click()
        return loading.value

    def _fill(self, button: str, values: Mapping[str, Value], to: str, where: Mapping[str, str] | None) -> Locator:
        """The button, with its form filled in the way a hand would; what is folded away is unfolded first."""
        read = self.form(button, to, where)
        pressed = self._button(button, to, where or {})
        pressed.evaluate(
            "button => { for (let at = button.closest('details:not([open])'); at; at = at.closest('details:not([open])')) at.open = true }"
        )
        form = pressed.locator("xpath=ancestor::form")
        unknown = set(values) - set(read.names())
        assert not unknown, f"the form has no {sorted(unknown)}; it has {read.names()}"
        for name, value in values.items():
            self._set(form, name, next(each.kind for each in read.controls if each.name == name), value)
        return pressed

    def _button(self, button: str, to: str, where: Mapping[str, str]) -> Locator:
        having = "".join(f':has([name="{name}"][value="{value}"])' for name, value in where.items())
        forms = self.page.locator(f'form[action*="{to}"]{having}' if to else f"form{having}")
        return forms.get_by_role("button", name=re.compile(rf"^\s*{re.escape(button)}(\s|$)"), include_hidden=True).first

    def _set(self, form: Locator, name: str, kind: str, value: Value) -> None:
        found = form.locator(f'[name="{name}"]')
        folded = found.first.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            folded.first.locator("summary").first.click()
        if kind in ("radio", "checkbox"):
            if isinstance(value, bool):
                found.set_checked(value)
                return
            for each in [value] if isinstance(value, str) else value:
                form.locator(f'[name="{name}"][value="{each}"]').check()
            return
        assert isinstance(value, str), f"{name} takes words"
        if kind == "select":
            found.select_option(value)
        else:
            found.fill(value)

    def _look(self, state: str = "") -> None:
        """Hold this kind of page against axe and against a narrow screen."""
        kind = UNIQUE.sub("*", self.path) + state
        if kind in self.seen:
            return
        self.seen.add(kind)
        self._inspect(kind)

    def _inspect(self, kind: str) -> None:
        for fault in Axe().run(self.page).response["violations"]:
            places = "; ".join(f"{node['target']}: {node['html'][:120]}" for node in fault["nodes"])
            self.faults[f"{kind} axe {fault['id']}"] = f"{fault['help']} at {places}"
        size = self.page.viewport_size
        assert size is not None
        self.page.set_viewport_size({"width": NARROW_PX, "height": size["height"]})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROW_PX:
            self.faults[f"{kind} narrow"] = f"scrolls sideways at {NARROW_PX} px: {wide} px, {self.page.evaluate(WIDEST)}"
        self.page.set_viewport_size(size)


WIDEST = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321 && !e.closest('nav, .table-scroll table'))
  .slice(0, 4).map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ')"""
