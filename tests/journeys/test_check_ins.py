"""Check-ins on a phone: one with a suicide item answered yes, one left unanswered, one at night with nobody on call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from afterglow.doors.jobs import check_ins as jobs
from afterglow.ground.access import links
from afterglow.ground.accounts.models import Clinic
from afterglow.records.flags.models import Flag
from afterglow.records.staff.models import Shift
from tests.journeys.steps import id_in
from tests.support.browser import PHONE, People
from tests.support.cast import PASSWORD, Cast, address
from tests.support.check_ins import HOUR, opened
from tests.support.course import gone_home
from tests.support.server import ServerProcess
from tests.support.session import dosing
from tests.support.walk import BrowserWalker

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


YES = "Thoughts of ending life or of self-harm in the last 24 hours"
SPOKEN = "Spoke with Dan: no plan, safe at home, his wife is with him. He comes tomorrow at ten."


class Day:
    """Dan went home after his first dose; a server whose clock stands so many hours after that dose began, and browsers on it."""

    def __init__(self, cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
        self.cast, self.at, self.serve, self.people = cast, at, serve, people
        self.faults: dict[str, str] = {}
        self.way = dosing(cast, at)
        gone_home(self.way)

    def token(self, at: datetime) -> str:
        by = jobs.job(self.cast.clinic_id)
        told = {"clinic_id": self.cast.clinic_id, "person_id": self.cast.dan_id, "holder": "Dan Marsh", "purpose": "check_in"}
        return links.make_link(**told, lasts=jobs.LINK_LASTS, by=by, at=at)[1]

    def begin(self, hours: float) -> None:
        """The server on what was written so far, at this hour after the dose began; its own jobs run."""
        Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
        offset_s = (self.at + hours * HOUR - datetime.now(UTC)).total_seconds()
        self.server = self.serve(AFTERGLOW_CLOCK_OFFSET_S=str(offset_s))

    def phone(self) -> BrowserWalker:
        return BrowserWalker(self.server.url, self.people.page(**PHONE), faults=self.faults, seen=set())

    def desk(self, who: str) -> BrowserWalker:
        walker = BrowserWalker(self.server.url, self.people.page(), faults=self.faults, seen={"/sign-in/", "/desk/"})
        walker.open("/sign-in/")
        walker.send("Sign in", {"email": address(who), "password": PASSWORD})
        return walker


@pytest.fixture
def day(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> Day:
    return Day(cast, at, serve, people)


def no_faults(day: Day) -> None:
    assert not day.faults, "\n".join(f"{place}: {fault}" for place, fault in day.faults.items())


# req: S54 S105 N43
# hazard: H16
def test_a_yes_shows_help_at_once_and_stands_on_top_of_the_desk(day: Day) -> None:
    opened(day.way, day.at + 26 * HOUR)
    token = day.token(day.at + 26 * HOUR)
    day.begin(26)
    dan = day.phone()
    dan.open(f"/l/{token}/")
    assert dan.path == "/me/"
    assert "Somebody at the clinic is on call now" in dan.words
    dan.open(dan.link("Start", "/me/questions/"))
    dan.open(dan.link("Start", "/me/questions/"))
    for name, value in (("low_mood", "6"), ("anxiety", "5"), ("hopelessness", "8")):
        dan.send("Next", {name: value})
    expect(dan.page.get_by_text("You do not have to carry this alone")).to_be_hidden()
    dan.page.locator('[name="thoughts"][value="1"]').check()
    expect(dan.page.get_by_text("You do not have to carry this alone")).to_be_visible()
    dan.send("Next")
    assert "You do not have to carry this alone" in dan.words
    dan.send("Send my answers")
    assert dan.words.index("You do not have to carry this alone") < dan.words.index("Your answers were sent")
    ana = day.desk("ana")
    ana.open("/flags/")
    assert YES in ana.words
    owned_and_closed(day, ana)
    no_faults(day)


def owned_and_closed(day: Day, ana: BrowserWalker) -> None:
    """Nobody closes it but its owner, by name, and not without a note."""
    ana.open(ana.link("While the form was being filled", "/flags/"))
    flag = ana.path
    held = Flag.objects.filter(id=id_in(flag))
    ben = day.desk("ben")
    ben.open(flag)
    assert "Close this flag" not in ben.html
    ana.send("I have it")
    close = ana.page.get_by_role("button", name="Close this flag")
    close.click()
    assert ana.page.locator('[name="note"]:invalid').count() == 1, "without a note the form is not sent"
    assert day.server.ask(lambda: held.filter(closed_at=None).count()) == 1
    ana.send("Close this flag", {"note": SPOKEN})
    closed = day.server.ask(lambda: held.values_list("owner_id", "closing_note", "closed_at").get())
    assert closed[:2] == (day.cast.ana.user_id, SPOKEN)
    assert closed[2] is not None
    ben.open(flag)
    assert "closed by Ana Ruiz" in ben.words
    assert SPOKEN in ben.words


# req: N42 S55
# hazard: H16
def test_left_unanswered_it_becomes_a_call_that_ben_writes_down(day: Day) -> None:
    opened(day.way, day.at + 26 * HOUR)
    day.begin(38)  # past the time by which the answer was asked for; the server's own jobs take note
    ben = day.desk("ben")
    for _ in range(40):
        ben.open("/response/check-ins/")
        if "Dan Marsh" in ben.words.partition("How many answer")[0]:
            break
        ben.page.wait_for_timeout(500)
    ben.open(ben.link("Dan Marsh", "/response/check-ins/"))
    assert "+1 555 0100" in ben.words
    ben.send("Write down the call", {"outcome": "well", "note": "He forgot. He sleeps better and has no such thoughts."}, to="/call/")
    assert "reached, and doing well" in ben.words
    ben.open("/response/check-ins/")
    assert "Nobody has to be called" in ben.words
    no_faults(day)


# req: S105
# hazard: H16
def test_at_night_with_nobody_on_call_the_phone_says_when_answers_are_read(day: Day) -> None:
    opened(day.way, day.at + 4 * HOUR, "first_day")
    token = day.token(day.at + 4 * HOUR)
    Shift.objects.filter(duty="on_call").update(starts_at=day.at + 23 * HOUR, ends_at=day.at + timedelta(days=5))
    day.begin(13)
    dan = day.phone()
    dan.open(f"/l/{token}/")
    assert "Nobody at the clinic is on call now. Answers are read from" in dan.words
    dan.open(dan.link("Start", "/me/questions/"))
    assert "it waits" in dan.words
    assert "Answers are read from" in dan.words
    assert dan.page.locator('a[href="tel:988"]').count() >= 2
    no_faults(day)
