"""Time in a played clinic: every step once, all in one order, taken up where it was left; and a clinic that lies where it is day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.simulator.house import DAY_BEGINS, zone_of_day
from afterglow.simulator.script import Life, PlayFailed, Step, World, play

AT = datetime(2026, 12, 7, 9, tzinfo=UTC)


def a_world() -> World:
    clinic = uuid4()
    ana = Actor(kind="person", id="user:1", name="Ana", clinic_id=clinic, user_id=uuid4())
    return World(seed=7, zone="America/Los_Angeles", clinic_id=clinic, site_id=uuid4(), staff={"ana": ana, "page": Actor.job("page", clinic)})


def a_life(name: str, *at_minutes: int, said: list[str], fails_at: int | None = None) -> Life:
    def deed(minute: int) -> Step:
        def do(world: World, life: Life, at: datetime) -> None:
            if minute == fails_at:
                raise Refusal("test.no", "Somebody was here before.")
            said.append(f"{life.name}{minute}")

        return Step(AT + timedelta(minutes=minute), f"{minute}", do)

    return Life(name=name, steps=[deed(minute) for minute in at_minutes])


def test_steps_of_all_lives_come_in_the_order_of_time_and_only_until_then() -> None:
    said: list[str] = []
    lives = [a_life("a", 30, 0, 10, said=said), a_life("b", 5, 20, said=said)]
    assert [step.name for step in play(a_world(), lives, until=AT + timedelta(minutes=20))] == ["0", "5", "10", "20"]
    assert said == ["a0", "b5", "a10", "b20"]
    assert [life.done for life in lives] == [2, 2]


def test_a_play_goes_on_where_it_was_left() -> None:
    said: list[str] = []
    lives = [a_life("a", 0, 10, 30, said=said), a_life("b", 0, said=said)]
    for minutes in (10, 10, 60, 60):
        list(play(a_world(), lives, until=AT + timedelta(minutes=minutes)))
    assert said == ["a0", "b0", "a10", "a30"]


def test_a_refusal_fails_a_build_and_says_whose_step_it_was() -> None:
    with pytest.raises(PlayFailed, match="b, 5, .*test.no"):
        list(play(a_world(), [a_life("a", 0, said=[]), a_life("b", 5, said=[], fails_at=5)], until=AT + timedelta(hours=1)))


def test_later_a_refusal_ends_that_life_only_for_people_go_before_the_play() -> None:
    said: list[str] = []
    lives = [a_life("a", 0, 10, said=said), a_life("b", 5, 20, said=said, fails_at=5)]
    list(play(a_world(), lives, until=AT + timedelta(hours=1), forgiving=True))
    assert said == ["a0", "a10"]
    assert [life.ended for life in lives] == ["", "test.no"]
    list(play(a_world(), lives, until=AT + timedelta(hours=2), forgiving=True))
    assert said == ["a0", "a10"]


def test_a_players_signature_says_that_it_was_simulated() -> None:
    world = a_world()
    signed = world.sign("ana", AT)
    assert (signed.how, signed.user_id, signed.at) == ("simulated", world.staff["ana"].user_id, AT)
    with pytest.raises(ValueError, match="page is no member of staff"):
        world.sign("page", AT)


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 20))
@pytest.mark.parametrize("month", [1, 7])
def test_whoever_starts_it_meets_a_clinic_by_day(month: int, minutes: int) -> None:
    at = datetime(2026, month, 15, tzinfo=UTC) + timedelta(minutes=minutes)
    zone, state = zone_of_day(at)
    local = at.astimezone(ZoneInfo(zone))
    assert state in ("CA", "NY", "GU")
    arrives, home = local - timedelta(minutes=45), local + timedelta(minutes=165)
    assert arrives.date() == home.date() == local.date()
    assert arrives.hour > DAY_BEGINS
    assert 6 <= local.hour <= 21
