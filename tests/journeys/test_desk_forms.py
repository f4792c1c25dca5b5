"""The main forms of the desk: once with a keyboard alone, and once with every button pressed twice and the browser's Back after it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import models
from playwright.sync_api import Error, Page, expect

from afterglow.ground.accounts.models import Clinic, Membership, Site
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.enquiry.models import Enquiry
from afterglow.pathway.plan.models import Order, TreatmentPlan
from afterglow.pathway.screening.models import Case, ScreeningDecision
from afterglow.pathway.session.models import EquipmentCheck, LimitAcceptance
from afterglow.records.cabinet.models import Lot, Movement
from afterglow.records.chart.models import Person
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.flags.models import Flag
from afterglow.records.schedule.models import Appointment, Room
from afterglow.records.staff.models import Credential, Shift
from tests.journeys import steps
from tests.support.browser import PHONE, People
from tests.support.cast import PASSWORD, Cast, address
from tests.support.close_look import Keyboard
from tests.support.plan import a_draft, ready
from tests.support.server import ServerProcess
from tests.support.walk import PATIENCE_S, BrowserWalker, Value, refused

# what a page does in a browser does not depend on the engine
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.engine("sqlite")]
Serve = Callable[..., ServerProcess]


class PressesTwice(BrowserWalker):
    """Every button is double-clicked; the pages themselves are looked at by other walks."""

    def send(self, button: str, values: Mapping[str, Value] | None = None, *, to: str = "", where: Mapping[str, str] | None = None) -> None:
        """The second press may break off the page that the first one began to load, so it is waited for the page that stands in the end."""
        pressed = self._fill(button, values or {}, to, where)
        self.page.evaluate("window.beforeThePress = true")
        pressed.dblclick()
        deadline = time.monotonic() + PATIENCE_S
        while not self._another_page_stands():
            assert time.monotonic() < deadline, f"{button} at {self.path} led nowhere"
            self.page.wait_for_timeout(100)
        assert self.page.locator(".refusal").count() == 0, f"{button} at {self.path}: {refused(self.html)}"
        assert self.page.locator("h1").count() == 1, f"{button} at {self.path}: {self.words[:300]}"

    def _another_page_stands(self) -> bool:
        try:
            return bool(self.page.evaluate("!window.beforeThePress && document.readyState === 'complete'"))
        except Error:  # asked while one page gave way to the next
            return False

    def _inspect(self, kind: str) -> None:
        """Nothing here."""


def the_server(at: datetime, serve: Serve) -> tuple[ServerProcess, float]:
    """The clinic at nine on a working day; only a demo's clock can be shifted, so this is one."""
    Clinic.objects.update(is_demo=True)
    offset_s = (at - datetime.now(UTC)).total_seconds()
    return serve(AFTERGLOW_CLOCK_OFFSET_S=str(offset_s)), offset_s


def danger(cast: Cast, at: datetime) -> Flag:
    flag_id = open_flag(
        person_id=cast.dan_id, kind="suicide_item", urgency="urgent", sentence="PHQ-9 item 9 was answered above 0.",
        source_kind="response", source_id="desk", owner_id=cast.ana.user_id, by=cast.ben, at=at,
    )  # fmt: skip
    return Flag.objects.get(id=flag_id)


# req: S1, S13, S29, S32, S43, S66, C21
def test_a_button_pressed_twice_counts_once(cast: Cast, at: datetime, serve: Serve, people: People) -> None:
    server, offset_s = the_server(at, serve)
    counted: tuple[type[models.Model], ...] = (Room, Site, Credential, Shift, Lot, EquipmentCheck, Appointment, LimitAcceptance)
    before = {model: model._default_manager.count() for model in counted}

    def walker(who: str) -> PressesTwice:
        return PressesTwice(server.url, people.page(**(PHONE if who == "nora" else {})), faults={}, seen=set())

    walk = steps.Walk(cast=cast, server=server, offset_s=offset_s, walker=walker)
    for step in (steps.enquiry, steps.intake, steps.screening, steps.consent, steps.plan):
        step(walk)
    nora = walk.known["person"]
    assert server.ask(lambda: Person.objects.filter(given_name="Nora").count()) == 1
    of_nora: tuple[tuple[type[models.Model], str], ...] = (
        (Enquiry, "person_id"), (Case, "person_id"), (ScreeningDecision, "case__person_id"), (Consent, "person_id"), (TreatmentPlan, "person_id"),
        (Order, "plan__person_id"),
    )  # fmt: skip
    for model, column in of_nora:
        assert server.ask(lambda model=model, column=column: model._default_manager.filter(**{column: nora}).count()) == 1, model  # type: ignore[misc]
    placed = server.ask(lambda: list(Appointment.objects.filter(person_id=nora).values_list("kind", "dose_no")))
    assert len(placed) == len(set(placed)) > 6

    flag_id = _desk_forms(walk, at)
    after = server.ask(lambda: {model: model._default_manager.count() for model in counted})
    assert after.pop(Appointment) == before.pop(Appointment) + len(placed) + 1
    assert after.pop(LimitAcceptance) == before.pop(LimitAcceptance) + 21
    assert {model.__name__: after[model] - before[model] for model in after} == {model.__name__: 1 for model in after}
    assert server.ask(lambda: Movement.objects.filter(what="received").count()) == 1
    assert server.ask(lambda: Membership.objects.filter(user__email="rita@example.org").count()) == 1
    closed = server.ask(lambda: Flag.objects.values_list("owner_id", "closing_note").get(id=flag_id))
    assert closed == (cast.ana.user_id, "Called him; safe, seen tomorrow.")
    _back_is_sane(walk)


def _desk_forms(walk: steps.Walk, at: datetime) -> UUID:
    """Set-up, staff, limits, equipment, cabinet, calendar and a flag, whose id it gives."""
    cast = walk.cast
    olga, ana, ben, faye = walk.of("olga"), walk.of("ana"), walk.of("ben"), walk.of("faye")
    flag = walk.server.ask(lambda: danger(cast, at))
    day = f"{walk.local + timedelta(days=1):%Y-%m-%d}"
    olga.open("/clinic/site/new/")
    olga.send("Add this site", {"name": "Airport", "zone": "America/New_York", "state": "NY"})
    olga.open("/schedule/rooms/")
    olga.send("Add this room", {"name": "Room 9", "kind": "talk"})
    olga.open(f"/staff/{cast.theo.user_id}/")
    olga.send("Record this credential", {"kind": "acls", "number": "ACLS-77", "expires_on": "2099-01-01"})
    olga.open("/staff/roster/")
    hours: dict[str, Value] = {"duty": "on_site", "starts_on": day, "starts": "09:00", "ends_on": day, "ends": "17:00"}
    olga.send("Add this shift", {"user_id": str(cast.theo.user_id), **hours})
    olga.open("/staff/add/")
    olga.send("Add this colleague", {"name": "Rita Moe", "email": "rita@example.org", "role_ids": ["front_desk"]})
    ana.open("/sessions/limits/")
    ana.send("Accept the limits", {"password": PASSWORD})
    ben.open("/sessions/equipment/")
    there = dict.fromkeys(ben.form("Record today's check").names("radio"), "there")
    ben.send("Record today's check", there)
    ben.open("/cabinet/receive/")
    ben.send("Receive", {"product": "ketamine_racemic_50:10000", "lot_no": "K-1", "expires_on": "2099-01-01", "vials": "3"})
    faye.open(f"/schedule/book/{cast.dan_id}/")
    faye.send("Book this appointment", {"kind": "consultation", "day": day, "starts": "10:00", "minutes": "30"})
    ana.open(f"/flags/{flag.id}/")
    ana.send("I have it", to="/own/")
    ana.open(f"/flags/{flag.id}/")
    ana.send("Close this flag", {"note": "Called him; safe, seen tomorrow."})
    return flag.id


def _back_is_sane(walk: steps.Walk) -> None:
    """After a booking, Back shows a form that can be used, not an error; Forward shows the appointment."""
    faye = walk.of("faye")
    assert isinstance(faye, PressesTwice)
    page, made = faye.page, faye.page.url
    page.go_back(wait_until="load")
    expect(page.get_by_role("button", name="Book this appointment")).to_be_visible()
    assert page.locator(".refusal").count() == 0
    page.go_forward(wait_until="load")
    assert page.url == made and page.locator("h1").inner_text().startswith("Consultation")


class Desk:
    """Somebody at a keyboard: forms are opened by their address, filled by Tab, arrows and letters, and sent by Enter."""

    def __init__(self, url: str, page: Page, who: str) -> None:
        self.url, self.page, self.keys = url, page, Keyboard(page)
        self.open("/sign-in/")
        page.keyboard.type(address(who))  # the address has the focus when the page opens
        self.keys.write("password", PASSWORD)
        self.enter()
        assert page.url == f"{url}/desk/", page.url

    def open(self, path: str) -> None:
        answer = self.page.goto(self.url + path)
        assert answer is not None and answer.status == 200, path

    def enter(self) -> None:
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")

    def pick(self, name: str, label: str) -> None:
        """In a list: the letters of its words."""
        self.keys.to(name)
        self.page.keyboard.type(label)

    def sent(self, words: str) -> None:
        self.keys.press(words)
        assert self.page.locator(".refusal").count() == 0, self.page.locator(".refusal").first.inner_text()


# req: R39
def test_the_main_forms_with_a_keyboard_alone(cast: Cast, at: datetime, serve: Serve, people: People) -> None:
    ready(cast, at)
    draft, flag = a_draft(cast, at), danger(cast, at)
    server, _ = the_server(at, serve)
    faye, olga, ana, ben = (Desk(server.url, people.page(), who) for who in ("faye", "olga", "ana", "ben"))

    _front_desk(server, faye)
    _set_up(server, olga)
    ben.open("/cabinet/receive/")
    ben.keys.choose("product", "ketamine_racemic_50:10000")
    ben.keys.write("lot_no", "K-9")
    ben.pick("expires_on", "01012099")
    ben.keys.write("vials", "2")
    ben.sent("Receive")
    assert server.ask(lambda: Lot.objects.get(lot_no="K-9").expires_on.year) == 2099

    ana.open("/sessions/limits/")
    ana.keys.write("password", PASSWORD)
    ana.enter()
    ana.open(f"/plans/{draft}/")
    ana.keys.write("password", PASSWORD)
    ana.enter()
    ana.open(f"/flags/{flag.id}/")
    ana.sent("I have it")
    ana.open(f"/flags/{flag.id}/")
    ana.keys.write("note", "Called him; safe, seen tomorrow.")
    ana.sent("Close this flag")
    assert server.ask(lambda: TreatmentPlan.objects.get(id=draft).state) == "in_force"
    assert server.ask(lambda: LimitAcceptance.objects.count()) == 21
    assert server.ask(lambda: Flag.objects.get(id=flag.id).closed_at) is not None


def _front_desk(server: ServerProcess, faye: Desk) -> None:
    faye.open("/enquiries/new/")
    faye.keys.choose("danger_now", "no")
    faye.keys.choose("asker", "self")
    faye.keys.write("given_name", "Rosa")
    faye.keys.choose("may_contact", "yes")
    faye.keys.choose("contact_by", "phone")
    faye.keys.write("phone", "+1 555 0177")
    faye.sent("Keep this enquiry")
    faye.open("/people/new/")
    faye.keys.write("given_name", "Ida")
    faye.keys.write("family_name", "Keys")
    faye.sent("Register this person")
    ida = server.ask(lambda: Person.objects.get(given_name="Ida"))
    assert ida.contact_by == "not_asked", "nobody chose for her"
    faye.open(f"/schedule/book/{ida.id}/?day=2099-06-01")
    faye.pick("kind", "review")
    faye.pick("starts", "1000AM")
    faye.sent("Book this appointment")
    assert server.ask(lambda: Appointment.objects.get(person_id=ida.id).kind) == "review"


def _set_up(server: ServerProcess, olga: Desk) -> None:
    olga.open("/clinic/site/new/")
    olga.keys.write("name", "Airport")
    olga.keys.write("state", "CA")
    olga.sent("Add this site")
    olga.open("/schedule/rooms/")
    olga.keys.write("name", "Room 9")
    olga.keys.choose("kind", "talk")
    olga.sent("Add this room")
    assert server.ask(lambda: (Site.objects.filter(name="Airport").count(), Room.objects.filter(name="Room 9").count())) == (1, 1)
