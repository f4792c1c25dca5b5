"""Two people, one room, one moment: each deed happens once, and no entry shares a number."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.chart_event import chart_event
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.leave import ExitWords, transfer
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Leaving, Session
from afterglow.records.adverse import queries as adverse
from tests.support.cast import build_cast
from tests.support.session import OnTheWay, dosing

TOGETHER = 6


def together(act: Callable[[int], object], count: int = TOGETHER) -> list[object]:
    """All at once, each with a connection of its own: what each was told, or its refusal's code."""
    gate = Barrier(count)

    def one(number: int) -> object:
        try:
            gate.wait(timeout=20)
            return act(number)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def way(transactional_db: None, at: datetime) -> OnTheWay:
    return dosing(build_cast(at), at)


# hazard: H5
def test_one_stop_wins_and_the_chain_holds(way: OnTheWay, at: datetime) -> None:
    then = at + timedelta(minutes=5)
    told = together(lambda number: stop_dose(session_id=way.session_id, key=f"stop {number}", by=way.cast.ben, at=then))
    assert told.count("session.not_now") == TOGETHER - 1
    assert Entry.objects.filter(session_id=way.session_id, kind="stopped").count() == 1

    told = together(lambda number: chart_note(session_id=way.session_id, text=f"note {number}", key=f"note {number}", by=way.cast.ben, at=then))
    numbers = [charted.seq for charted in told]
    assert len(set(numbers)) == TOGETHER and max(numbers) == Session.objects.get(id=way.session_id).seq
    assert first_broken_link(way.session_id) is None

    same = together(lambda _: chart_event(session_id=way.session_id, kind="nausea", grade=1, done="", key="one event", by=way.cast.ben, at=then))
    assert len(set(same)) == 1 and len(adverse.of_session(way.session_id)) == 1

    told = together(lambda number: transfer(session_id=way.session_id, words=ExitWords(), key=f"t {number}", by=way.cast.ben, at=then), 4)
    assert told.count("session.not_now") == 3
    assert Leaving.objects.filter(session_id=way.session_id).count() == 1
    assert first_broken_link(way.session_id) is None
