"""Every form of every page, sent with what nobody should send: no crash, a refusal that says so, typed words kept, nothing written, no live HTML.

The forms are found on the pages themselves, as each person of the world sees them, so that a new form is tried without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from tests.access.test_addresses import LETTERS, Row, table
from tests.access.world import Address, World, addresses, build
from tests.support.cast import PASSWORD
from tests.support.course import AT, one_world
from tests.support.walk import Control, Form, Reading

pytestmark = pytest.mark.django_db

WRITING = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.I)
MAY_BE_WRITTEN = {"accounts:sign_in": {"ground_accounts_signinfailure", "ground_audit_auditrow"}}
"""What an answer that says no writes all the same: a failed sign-in is counted."""
WORDS = {"text", "search", "email", "tel", "url", "textarea"}
LIVE = "<img src=x onerror=alert(7)>\"'"
SOMEBODY_ELSE = "00000000-0000-7000-8000-00000000beef"
HUGE = "ä" * 100_000
JUNK: dict[str, Callable[[Control], str]] = {
    "empty": lambda control: "",
    "html": lambda control: LIVE if control.kind in WORDS else _whole(control),
    "huge": lambda control: HUGE if control.kind in WORDS else "9" * 400 if control.kind == "number" else _whole(control),
    "foreign ids": lambda control: SOMEBODY_ELSE if control.kind in {"hidden", "select", "radio", "checkbox"} else _whole(control),
    "wrong format": lambda control: {"number": "1e999", "date": "31/02/2026", "time": "25:61", "datetime-local": "soon"}.get(control.kind, "NaN kg"),
    "long ago": lambda control: {"number": "-1", "date": "0001-01-01", "datetime-local": "0001-01-01T00:00"}.get(control.kind, _whole(control)),
    "far off": lambda control: {"number": "9" * 25, "date": "9999-12-31", "datetime-local": "9999-12-31T23:59"}.get(control.kind, _whole(control)),
    "a NUL": lambda control: "a\x00b" if control.kind in WORDS else _whole(control),
}


def _whole(control: Control) -> str:
    """What a person could have given: so that the one bad field is what is met."""
    if control.kind == "select":
        return next((option for option in control.options if option), "")
    plain = {
        "number": "5",
        "date": "2026-12-07",
        "time": "09:00",
        "datetime-local": "2026-12-07T09:00",
        "email": "a@example.org",
        "tel": "+1 555 0100",
    }
    return control.value or plain.get(control.kind, "Words." if control.kind in WORDS else "")


def sent(form: Form, junk: Callable[[Control], str]) -> dict[str, list[str]]:
    """Passwords are right, so that what stands behind them is reached; of one choice the first is taken."""
    data: dict[str, list[str]] = {}
    for each in form.controls:
        if each.kind == "password":
            data[each.name] = [PASSWORD]
        elif each.kind == "radio":
            data.setdefault(each.name, [junk(each)])
        else:
            data.setdefault(each.name, []).append(junk(each))
    _, name, value = form.buttons[0] if form.buttons else ("", "", "")
    return data | ({name: [value]} if name else {})


@dataclass
class Writes:
    """The tables an answer wrote to; what was rolled back is forgotten again."""

    tables: list[str] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        said = str(sql)
        if said.startswith("SAVEPOINT "):
            self.marks[said.split()[-1]] = len(self.tables)
        elif said.startswith("ROLLBACK TO SAVEPOINT "):
            del self.tables[self.marks[said.split()[-1]] :]
        found = WRITING.match(said)
        if found and found.group(1) != "django_session":
            self.tables.append(found.group(1))
        return execute(sql, params, many, context)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), one_world(AT) as way:
        yield build(way)


@pytest.fixture
def world(made: World, db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: made.at + timedelta(minutes=2))
    return made


def visitors(world: World, row: Row) -> list[Client]:
    """Whoever may open this page: the first of the roles that it is for and the owner, the holder of its link, or anybody."""
    if row.door.startswith("link:"):
        return [world.link_browsers[row.door.removeprefix("link:").split("+")[0]]]
    if row.door == "all":
        return [world.browsers["ana"]]
    if row.door == "staff":
        return [world.browsers[LETTERS[letter]] for letter in "pntfo" if letter in row.may][:2]
    return [world.browsers["nobody"]] if row.door == "public" else []


def forms_of(world: World) -> Iterator[tuple[str, Client, str, Form]]:
    """Each form once for each of its visitors: (name, who, where it goes, the form)."""
    rows, met = table(), set()
    for address in addresses():
        for client in visitors(world, rows[address.name]):
            for target, form in _on(world, address, client):
                try:
                    name = resolve(urlsplit(target).path).view_name
                except Resolver404:
                    raise AssertionError(f"{address.name} has a form that leads nowhere: {target}") from None
                if (name, id(client), *form.names()) not in met:
                    met.add((name, id(client), *form.names()))
                    yield name, client, target, form


def _on(world: World, address: Address, client: Client) -> Iterator[tuple[str, Form]]:
    with transaction.atomic():
        answer = client.get(world.url(address))
        transaction.set_rollback(True)
    if answer.status_code == 200 and not answer.streaming and answer.headers["Content-Type"].startswith("text/html"):
        for form in Reading(answer.content.decode()).forms:
            if form.method == "post":
                yield urljoin(world.url(address), form.action), form


def faults(name: str, answer: HttpResponse, writes: Writes, data: dict[str, list[str]], form: Form, kind: str) -> Iterator[str]:
    """What is wrong with this answer to this junk."""
    html = answer.content.decode(errors="replace") if not answer.streaming else ""
    if LIVE in html:
        yield "gives the HTML back alive"
    if answer.status_code < 400:
        return
    if answer.status_code >= 500:
        yield str(answer.status_code)
    written = set(writes.tables) - MAY_BE_WRITTEN.get(name, set())
    if written:
        yield f"says no ({answer.status_code}) and wrote to {sorted(written)}"
    if answer.status_code in (409, 413, 422) and not re.search(r'class="[^"]*(?:refusal|error|lede)|"errors"|"sentence"', html):
        yield f"says no ({answer.status_code}) without saying what"
    if answer.status_code == 422 and kind == "html" and "text/html" in answer.headers["Content-Type"]:
        stand = {(each.name, each.value) for drawn in Reading(html).forms for each in drawn.controls}
        lost = [each.name for each in form.controls if each.kind in WORDS and (each.name, data[each.name][0]) not in stand]
        if lost:
            yield f"loses what was typed into {lost}"


def test_no_form_is_broken_by_what_it_is_sent(world: World) -> None:
    wrong: list[str] = []
    tried = 0
    for name, client, target, form in list(forms_of(world)):
        for kind, junk in JUNK.items():
            data, writes, tried = sent(form, junk), Writes(), tried + 1
            try:
                with transaction.atomic(), connection.execute_wrapper(writes):
                    answer = client.post(target.split("#")[0], data=data, headers={"Referer": f"http://testserver{target}"})
                    transaction.set_rollback(True)
            except Exception as broken:  # the test client hands on what a browser would see as a 500
                wrong.append(f"{name} {form.names()}: {kind}: {broken!r:.300}")
                continue
            wrong += [f"{name}: {kind}: {fault}" for fault in faults(name, answer, writes, data, form, kind)]
    assert tried > 500, tried
    assert not wrong, "\n".join(wrong)
