"""The whole course after the first dose, as desk, therapist, prescriber, nurse, owner and patient: in a real browser, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from afterglow.ground.accounts import actions as accounts
from afterglow.ground.accounts.models import Clinic
from afterglow.pathway.integration.models import Goal, Practice, Visit
from afterglow.records.schedule import queries as schedule
from tests.journeys import course_steps as steps
from tests.journeys.steps import Walk
from tests.support.browser import PHONE, People
from tests.support.cast import PASSWORD, Cast, address
from tests.support.close_look import CloseWalker, Keyboard
from tests.support.contact import QUESTIONS
from tests.support.course import gone_home
from tests.support.further_doses import day_of, three_doses, three_more
from tests.support.registry import SILENT, courses
from tests.support.response import asked
from tests.support.server import ServerProcess
from tests.support.session import OnTheWay, dosing
from tests.support.walk import PlainWalker, Walker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
IN_A_BROWSER = pytest.mark.engine("sqlite")  # what a page does in a browser does not depend on the engine; the same without JavaScript runs on both


@dataclass(slots=True)
class Walkers:
    """Who walks: real browsers that are looked at closely, or HTTP clients."""

    serve: Callable[..., ServerProcess]
    people: People | None = None
    faults: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def from_here(self, cast: Cast, at: datetime, way: OnTheWay | None = None) -> Walk:
        """A server on what was written so far, whose clock stands at `at`; only a demo's clock can be shifted, so the clinic is one."""
        Clinic.objects.update(is_demo=True)
        offset_s = (at - datetime.now(UTC)).total_seconds()
        server = self.serve(AFTERGLOW_CLOCK_OFFSET_S=str(offset_s))
        walk = Walk(cast=cast, server=server, offset_s=offset_s, walker=lambda who: self._walker(server, who))
        if way is not None:
            walk.known |= {"person": str(way.person_id), "plan": str(way.plan_id)}
        return walk

    def _walker(self, server: ServerProcess, who: str) -> Walker:
        if self.people is None:
            return PlainWalker(server.url)
        page = self.people.page(**(PHONE if who in ("nora", "dan") else {}))
        return CloseWalker(server.url, page, faults=self.faults, seen=self.seen)

    def found_nothing(self) -> None:
        assert not self.faults, "\n".join(f"{place}: {fault}" for place, fault in self.faults.items())


@pytest.fixture(params=[pytest.param("browser", marks=IN_A_BROWSER), "plain"])
def walkers(request: pytest.FixtureRequest, serve: Callable[..., ServerProcess]) -> Walkers:
    return Walkers(serve, request.getfixturevalue("people") if request.param == "browser" else None)


# req: S93, S94, S95, S96, S97
# hazard: H31
def test_after_a_dose_a_visit_a_goal_and_today_on_the_phone(cast: Cast, at: datetime, walkers: Walkers) -> None:
    way = dosing(cast, at)
    home_at = gone_home(way)
    walk = walkers.from_here(cast, home_at + timedelta(hours=1), way)
    walk.known["talk"] = next(str(row.id) for row in schedule.of_person(way.person_id) if row.kind == "integration")
    for step in steps.AFTER_A_DOSE:
        step(walk)
    walkers.found_nothing()


# req: S47, S57
# hazard: H42
def test_a_review_that_stops_the_course(cast: Cast, at: datetime, walkers: Walkers) -> None:
    way = three_doses(cast, at, 15)
    walk = walkers.from_here(cast, day_of(at, 3) + timedelta(hours=26), way)
    ahead = {row.kind: str(row.id) for row in schedule.of_person(way.person_id) if row.dose_no == 4}
    walk.known |= {"fourth": ahead["dosing"], "fourth_talk": ahead["integration"]}
    for step in (
        steps.the_trajectory,
        steps.no_fourth_dose_before_the_review,
        steps.the_one_bridging_dose,
        steps.the_review_stops_the_course,
    ):
        step(walk)
    walkers.found_nothing()


# req: S47, S57, S62, S63, S64
# hazard: H42
def test_a_review_that_goes_on_and_a_booster_after_the_course(cast: Cast, at: datetime, walkers: Walkers) -> None:
    way = three_doses(cast, at, 6)
    walk = walkers.from_here(cast, day_of(at, 3) + timedelta(hours=26), way)
    steps.the_review_lets_it_go_on(walk)
    walk.server.ask(lambda: three_more(way, at, 5))
    walk.until_local(day_of(at, 6) + timedelta(hours=26))
    steps.the_review_at_the_end(walk)
    month = day_of(at, 6) + timedelta(days=28)
    walk.server.ask(lambda: asked(cast, month - timedelta(hours=1), 16))
    walk.until_local(month)
    for step in steps.AFTERCARE:
        step(walk)
    walkers.found_nothing()


# req: S113, N16
# hazard: H36
def test_figures_of_too_few_are_not_shown(cast: Cast, at: datetime, walkers: Walkers) -> None:
    accounts.add_staff(name="Rita Moon", email=address("rita"), password=PASSWORD, role_ids=("researcher",), by=cast.olga, at=at)
    long_ago = at - timedelta(days=200)
    courses(cast, long_ago, 5, scores=SILENT)
    walk = walkers.from_here(cast, at)
    steps.figures_of_a_few(walk)
    walk.server.ask(lambda: courses(cast, long_ago, 20))
    walk.later(1)
    steps.figures_of_enough(walk)
    walkers.found_nothing()


# req: C32, S93, S95
@IN_A_BROWSER
def test_with_the_keyboard_alone_and_back_again(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    """Theo signs in, records a visit, sets a goal and gives a practice without touching a mouse; the way back sends nothing twice."""
    way = dosing(cast, at)
    gone_home(way)
    talk = next(row for row in schedule.of_person(way.person_id) if row.kind == "integration")
    walk = Walkers(serve).from_here(cast, talk.starts_at + timedelta(minutes=30), way)
    page = people.page()
    keys = Keyboard(page)
    page.goto(f"{walk.server.url}/sign-in/")
    keys.write("email", address("theo"))
    keys.write("password", PASSWORD)
    keys.press("Sign in")
    page.goto(f"{walk.server.url}/integration/visits/{talk.id}/")
    keys.choose("state", "held")
    keys.write("happened", "Spoke of the sea.")
    for question in QUESTIONS:
        keys.choose(f"asked_{question}", "0")
    keys.choose("danger", "no")
    keys.press("Record the visit")
    assert page.get_by_role("heading", name="Held").is_visible()
    page.goto(f"{walk.server.url}/integration/people/{way.person_id}/")
    keys.unfold("Set a goal")
    keys.write("text", "Swim again")
    keys.press("Set the goal")
    assert page.get_by_role("heading", name="Swim again").is_visible()
    page.go_back()
    text = page.locator('form[action$="/goals/"] [name="text"]')
    expect(text).to_have_value("")  # else the way back would set the same goal a second time
    keys.unfold("Set a goal")
    keys.write("text", "Sleep without")
    page.goto(f"{walk.server.url}/integration/")
    page.go_back()
    expect(text).to_have_value("Sleep without")  # what was typed and never sent is still there
    assert walk.server.ask(lambda: Goal.objects.filter(person_id=way.person_id).count()) == 1
    page.goto(f"{walk.server.url}/integration/people/{way.person_id}/")
    keys.unfold("Give a practice for a week")
    keys.write("text", "Walk by the water")
    keys.write("times_a_week", "3")
    keys.press("Give the practice")
    assert page.get_by_text("Done on 0 of 3 days").is_visible()
    assert walk.server.ask(lambda: (Visit.objects.count(), Practice.objects.count())) == (1, 1)
