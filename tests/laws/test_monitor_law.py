"""Whatever is started, handed over, paused, stopped or finished, in whatever order: nobody ever monitors two doses at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.hand_over_monitor import hand_over_monitor
from afterglow.pathway.session.actions.name_monitor import name_monitor
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.watching import site_watch
from tests.support.cast import build_cast
from tests.support.course import AT
from tests.support.live_rooms import a_nurse, live_room
from tests.support.session import OnTheWay, ready, signature, started

ROOMS = 4
PEOPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Dan ready to be started, with three doses that run; Ben, Ana and one more nurse watch, or take over."""

    way: OnTheWay
    sessions: tuple[UUID, ...]
    people: tuple[UUID, ...]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    """Made once; every example plays in a savepoint."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
        try:
            way = ready(build_cast(AT), AT)
            nurse = a_nurse(way.cast, AT, "nina@example.org", "Nina Holt")
            doses = tuple(live_room(way.cast, AT, number).session_id for number in range(1, ROOMS))
            people = (way.cast.ben.user_id, way.cast.ana.user_id, nurse.id)
            yield House(way=way, sessions=(way.session_id, *doses), people=people)  # type: ignore[arg-type]
        finally:
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


def _do(house: House, deed: str, room: int, person: int, at: datetime, number: int) -> None:
    ben, session_id, user_id = house.way.cast.ben, house.sessions[room], house.people[person]
    common: dict[str, Any] = {"session_id": session_id, "by": ben, "at": at}
    if deed == "start":
        started(house.way, at, key=f"start {number}")
    elif deed == "name":
        name_monitor(user_id=user_id, **common)
    elif deed == "hand over":
        hand_over_monitor(user_id=user_id, signed=signature(ben, at), key=f"deed {number}", **common)
    elif deed == "both sign":
        _both_sign(house, {**common, "user_id": user_id, "signed": signature(ben, at), "key": f"deed {number}"})
    else:
        {"pause": pause_dose, "resume": resume_dose, "stop": stop_dose}[deed](key=f"deed {number}", **common)  # type: ignore[operator]


def _both_sign(house: House, told: dict[str, Any]) -> None:
    """As the page does it: asked first, and what two signatures lift is signed by Ben and Ana for what both read."""
    try:
        with transaction.atomic():
            hand_over_monitor(**told)
    except Refusal as refusal:
        second = signature(house.way.cast.ana, told["at"])
        hand_over_monitor(**told, second=second, reason="nobody else is on site", saw=str(refusal.facts.get("saw", "")))


DEEDS = ("start", "name", "hand over", "hand over", "both sign", "both sign", "pause", "resume", "stop", "stop")
ONE_TOO_MANY = [("stop", room, 0) for room in (1, 2, 3)] + [("both sign", room, 0) for room in (1, 2, 3)] + [("name", 0, 0), ("start", 0, 0)]
STEPS = st.tuples(st.sampled_from(DEEDS), st.integers(0, ROOMS - 1), st.integers(0, PEOPLE - 1))


# req: N1, N9
# hazard: H45
@example(walk=[*ONE_TOO_MANY, ("hand over", 1, 1)])
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(STEPS, min_size=4, max_size=16))
def test_nobody_ever_monitors_two_doses(house: House, db: None, walk: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        for number, (deed, room, person) in enumerate(walk):
            at, entries = AT + timedelta(seconds=10 * (number + 1)), Entry.objects.count()
            try:
                with transaction.atomic():
                    _do(house, deed, room, person, at, number)
            except Refusal:
                assert Entry.objects.count() == entries, f"a refused {deed} wrote something"
            _holds(house, at)
        transaction.set_rollback(True)


def _holds(house: House, at: datetime) -> None:
    """One dose for one person; and what is one too many in recovery, or beside a dose, is said of every session it concerns and of no other."""
    rows = list(Session.objects.filter(state__in=("dosing", "paused", "recovery")).values_list("id", "monitor_id", "state"))
    doses = Counter(monitor for _, monitor, state in rows if state != "recovery")
    recoveries = Counter(monitor for _, monitor, state in rows if state == "recovery")
    assert max(doses.values(), default=0) <= 1
    said = site_watch(accounts.site(house.way.cast.site_id, clinic_id=house.way.cast.clinic_id), at)
    for session_id, monitor, state in rows:
        too_many = recoveries[monitor] > 2 if state == "recovery" else recoveries[monitor] > 0
        beside = state == "recovery" and doses[monitor] > 0
        assert bool(said[session_id]) == (too_many or beside), (state, doses[monitor], recoveries[monitor])
