"""Who is in the demo: forty people, each visit in a room and an hour of its own, and somebody at every end a course can have."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from afterglow.simulator import arrivals, careers, lives
from afterglow.simulator.courses import KINDS
from afterglow.simulator.follow import DOSE_DAYS, VISIT_MIN
from afterglow.simulator.script import World

AT = datetime(2026, 12, 7, 17, 30, tzinfo=UTC)
WORLD = World(seed=7, zone="America/Los_Angeles", clinic_id=UUID(int=1), site_id=UUID(int=2), staff={})


@pytest.fixture(scope="module")
def everyone() -> list[str]:
    made = [*lives.fixed_lives(WORLD, AT), *careers.career_lives(WORLD, AT), *arrivals.arrival_lives(WORLD, AT)]
    return [life.name for life in [*made, *lives.live_lives(WORLD, AT, start_no=0)]]


def test_forty_people_each_once(everyone: list[str]) -> None:
    assert len(everyone) == len(set(everyone)) == 40


def test_numbers_of_later_live_rooms_meet_nobody(everyone: list[str]) -> None:
    assert careers.FIRST_NUMBER + len(careers.CAREERS) + 7 <= lives.LATER_NUMBER
    assert careers.FIRST_NUMBER + len(careers.CAREERS) == arrivals.FIRST_NUMBER


def test_no_two_visits_share_a_room_and_an_hour() -> None:
    """All six of everybody: they are booked before anyone knows who will stop."""
    length = timedelta(minutes=VISIT_MIN)
    taken = []
    for career in careers.CAREERS:
        room = list(careers.ROOMS)[career.slot[1]]
        days = [career.days_ago - day for day in DOSE_DAYS]
        taken += [(room, WORLD.clock(WORLD.day_of(AT) - timedelta(days=day), careers.HOURS[career.slot[0]])) for day in days]
    for room, begins in taken:
        assert [other for other in taken if other[0] == room and abs(other[1] - begins) < length] == [(room, begins)]


def test_doses_of_the_table_lie_before_today() -> None:
    for career in careers.CAREERS:
        assert 1 <= career.doses <= len(DOSE_DAYS)
        assert career.days_ago - DOSE_DAYS[career.doses - 1] >= 1, career


def test_nobody_gets_a_dose_beyond_a_review_but_one_bridging_dose() -> None:
    """In the script itself: the play would be refused otherwise."""
    for career in careers.CAREERS:
        if career.doses > 3:
            assert career.after_three == "continue" or (career.bridging and career.doses == 4), career
        if career.after_last:
            assert career.doses == len(DOSE_DAYS), career
        if career.booster_days_ago:
            assert career.after_last == "aftercare", career


def test_every_end_of_a_course_is_there() -> None:
    ends = Counter(career.after_last or career.after_three or career.leaves or "under way" for career in careers.CAREERS)
    assert {"aftercare", "stop", "refer", "continue", "under way"} <= ends.keys()
    assert any(career.bridging for career in careers.CAREERS)
    assert any(career.booster_days_ago for career in careers.CAREERS)
    assert any(career.missed_talk for career in careers.CAREERS)
    assert any(career.doses == 3 and not career.after_three and not career.leaves for career in careers.CAREERS), "a review that is due"
    assert {career.kind for career in careers.CAREERS} == {kind.name for kind in KINDS}


def test_somebody_is_found_by_how_they_fare() -> None:
    names = [life.name for life in careers.career_lives(WORLD, AT)]
    wanted = careers.like(lambda career: career.quiet)
    assert careers.CAREERS[names.index(wanted)].quiet
    with pytest.raises(StopIteration):
        careers.like(lambda career: career.doses > len(DOSE_DAYS))


def test_enough_people_began_to_show_a_proportion() -> None:
    """Fewer than twenty are never shown (safety 77); five of the others were given a dose, too."""
    assert len(careers.CAREERS) + 5 >= 20


def test_the_steps_of_a_career_are_the_same_every_time() -> None:
    first, second = careers.career_lives(WORLD, AT), careers.career_lives(WORLD, AT)
    assert [[(step.at, step.name) for step in life.steps] for life in first] == [[(step.at, step.name) for step in life.steps] for life in second]
    assert all(life.steps[0].at > AT - timedelta(days=80) for life in first)
