"""Every address x every role x own / other patient / other clinic; and one audit row for each page about a person.

The table in `table.txt` is written by hand: what each role gets is said there, not derived from the guards.  An address without a row fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.ground.audit.models import AuditRow
from tests.access.walk import walked
from tests.access.world import LETTERS, Address, World, addresses, build
from tests.support.course import AT, one_world

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).parent / "table.txt"
STOPPED = {401, 403, 404}
# The charting door reads its entry before it looks for the session: a whole one gets as far as the session.
ENTRY = {"data": '{"key": "access", "kind": "note", "payload": {"text": "A note."}}', "content_type": "application/json"}


@dataclass(frozen=True)
class Row:
    """One line of the table; its head says what the words mean."""

    name: str
    door: str
    may: str
    about: str


def table() -> dict[str, Row]:
    lines = [line.split() for line in TABLE.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {name: Row(name, door, may.replace("-", ""), about) for name, door, may, about in lines}


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for the file; each test runs in a savepoint of it."""
    with django_db_blocker.unblock(), one_world(AT) as way:
        yield build(way)


@pytest.fixture
def world(made: World, db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: made.at + timedelta(minutes=2))
    return made


# req: C27
def test_every_address_has_a_row_and_every_row_an_address() -> None:
    named = {address.name for address in addresses()}
    assert named == set(table())


def everything() -> Iterator[tuple[Address, Row, str]]:
    """Every address with its row, read and written to."""
    rows = table()
    for method in ("get", "post"):
        for address in addresses():
            yield address, rows[address.name], method


def asked(world: World, address: Address, client: Client, method: str = "get") -> int:
    answer = getattr(client, method)(world.url(address), **(ENTRY if address.name == "session:chart" and method == "post" else {}))
    if answer.status_code == 302 and "/sign-in/" in answer.headers["Location"]:
        return 401
    return int(answer.status_code)


# req: C27 S35
# hazard: H31
def test_each_role_gets_what_the_table_says(world: World) -> None:
    wrong = []
    for address, row, method in everything():
        if row.door not in {"staff", "all"}:
            continue
        for letter, who in LETTERS.items():
            may = row.door == "all" or letter in row.may
            if method == "post" and may:
                continue  # what a permitted deed does is the deed's own test
            status = asked(world, address, world.browsers[who], method)
            if may and status in STOPPED:
                wrong.append(f"{method} {address.name}: {who} may, and got {status}")
            if not may and status != 403:
                wrong.append(f"{method} {address.name}: {who} may not, and got {status}")
    assert not wrong, "\n".join(wrong)


# req: C27
def test_another_clinic_sees_nothing_and_changes_nothing(world: World) -> None:
    """Cora prescribes and nurses elsewhere: Dan's objects do not exist for her, and no list of hers names him."""
    wrong, before = [], AuditRow.objects.filter(person_id=world.cast.dan_id).count()
    for address, row, method in everything():
        if row.door not in {"staff", "all"}:
            continue
        client = world.browsers["cora"]
        about_dan = row.about in {"person", "live", "clinic", "site"}
        if about_dan:
            may = row.door == "all" or set(row.may) & {"p", "n"}
            status = asked(world, address, client, method)
            if status not in ({404, 405} if may else {403}):
                wrong.append(f"{method} {address.name}: {status}")
        elif method == "get":
            answer = client.get(world.url(address))
            if not answer.streaming and "Dan Marsh" in answer.content.decode(errors="replace"):
                wrong.append(f"{address.name} shows Dan")
    assert not wrong, "\n".join(wrong)
    assert AuditRow.objects.filter(person_id=world.cast.dan_id).count() == before


# req: S6 S7
# hazard: H31
def test_a_therapist_sees_own_patients_only(world: World) -> None:
    wrong: list[str] = []
    met: dict[str, bool] = {}
    for address, row, method in everything():
        if row.door == "staff" and row.about in {"person", "live"} and "t" in row.may:
            status = asked(world, address, world.browsers["tess"], method)
            if status not in {404, 405}:
                wrong.append(f"{method} {address.name}: {status}")
            met[address.name] = met.get(address.name, False) or status == 404
    wrong += [f"{name}: never looked for the person" for name, looked in met.items() if not looked]
    assert not wrong, "\n".join(wrong)


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    wrong = []
    for address, row, method in everything():
        status = asked(world, address, world.browsers["nobody"], method)
        if row.door in {"staff", "all"} and status != 401:
            wrong.append(f"{method} {address.name}: {status}")
        if row.door.startswith("link:") and status != 404:
            wrong.append(f"{method} {address.name}: {status}")
    assert not wrong, "\n".join(wrong)


def test_a_link_opens_its_own_purpose_only(world: World) -> None:
    wrong = []
    for address, row, method in everything():
        for purpose, client in world.link_browsers.items():
            if row.door in {"staff", "all"} and asked(world, address, client, method) not in {401, 404}:
                wrong.append(f"{method} {address.name}: a link for {purpose} came in")
            if (
                row.door.startswith("link:")
                and purpose not in row.door.removeprefix("link:").split("+")
                and asked(world, address, client, method) != 404
            ):
                wrong.append(f"{method} {address.name}: a link for {purpose} opened {row.door}")
    assert not wrong, "\n".join(wrong)


# req: R12 N15
def test_a_page_about_a_person_writes_one_row_and_a_list_one_row(world: World) -> None:
    wrong = []
    for address, row, method in everything():
        if method == "post":
            continue
        who = next((LETTERS[letter] for letter in "pntfo" if letter in row.may), None)
        if row.door != "staff" or who is None or row.about in {"-", "site"}:
            continue
        last = AuditRow.objects.latest("id").id
        answer = world.browsers[who].get(world.url(address))
        if answer.status_code != 200:
            continue
        fresh = list(AuditRow.objects.filter(id__gt=last).values_list("event", "person_id"))
        named = [person for _, person in fresh if person == world.cast.dan_id]
        expected = {"person": (1, 1), "live": (0, 0), "list": (1, 0)}.get(row.about, (1, len(named)))
        if (len(fresh), len(named)) != expected:
            wrong.append(f"{address.name}: {fresh}")
    assert not wrong, "\n".join(wrong)


# req: C27 S7
def test_every_link_that_a_page_shows_opens_for_whom_it_is_shown(world: World) -> None:
    """Owner, prescriber, nurse, therapist of the team and of none, desk, researcher, another clinic's prescriber, and each holder of a link."""
    seen: dict[str, set[str]] = {}
    wrong: list[str] = []
    browsers = [(who, "/", client) for who, client in world.browsers.items() if who != "nobody"]
    browsers += [(f"{purpose} link", reverse("portal:today"), world.link_browsers[purpose]) for purpose in ("intake", "proxy", "check_in")]
    for who, start, client in browsers:
        seen[who], refused = walked(client, start)
        wrong += [f"{who}: {each}" for each in refused]
    assert not wrong, "\n".join(wrong)
    assert seen["ana"] >= {"chart:person", "chart:edit", "plan:plan", "plan:order", "session:room", "aftercare:person", "portal:intake"}
    assert seen["theo"] >= {"chart:person", "portal:intake"} and "chart:edit" not in seen["theo"]
    assert seen["faye"] >= {"chart:edit", "portal:intake"}
    assert all(len(names) > 1 for names in seen.values()), {who: len(names) for who, names in seen.items()}


def test_patient_pages_are_private_to_caches(world: World) -> None:
    for name in ("desk:journey", "chart:person"):
        address = next(each for each in addresses() if each.name == name)
        assert "no-store" in world.browsers["ana"].get(world.url(address)).headers["Cache-Control"]
