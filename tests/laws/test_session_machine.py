"""No sequence of deeds, sensible or not, brings a session into a state that is not on the walk, breaks its chain or loses drug."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.change_rate import change_rate
from afterglow.pathway.session.actions.leave import ExitWords, discharge, leave_against_advice, transfer
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.resume import resume_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Leaving, Session
from afterglow.pathway.session.queries.given import dose_line, infusion
from afterglow.pathway.session.queries.room import room
from afterglow.pathway.session.rules.states import ENDED, WALK
from afterglow.records.cabinet import queries as cabinet
from tests.support.course import AT, finish, list_answered, one_world, vitals, waste_rest
from tests.support.session import OnTheWay, started


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[OnTheWay]:
    """One dose that runs; every example plays in a savepoint."""
    with django_db_blocker.unblock(), one_world(AT) as way:
        yield way


def common(way: OnTheWay, at: datetime, number: int) -> dict[str, Any]:
    return {"session_id": way.session_id, "key": f"deed {number}", "by": way.cast.ben, "at": at}


def _exit(act: Any, way: OnTheWay, at: datetime, number: int) -> object:
    return act(words=ExitWords(pump_stopped_at=at), **common(way, at, number))


# deed of the walk -> how it is done; those without a place on the walk change no state
DEEDS: dict[str, Any] = {
    "start": lambda way, at, n: started(way, at, key=f"start {n}"),
    "pause": lambda way, at, n: pause_dose(**common(way, at, n)),
    "resume": lambda way, at, n: resume_dose(**common(way, at, n)),
    "stop": lambda way, at, n: stop_dose(**common(way, at, n)),
    "finish": lambda way, at, n: finish(way, at, key=f"deed {n}"),
    "discharge": lambda way, at, n: discharge(**common(way, at, n)),
    "transfer": lambda way, at, n: _exit(transfer, way, at, n),
    "leave_against_advice": lambda way, at, n: _exit(leave_against_advice, way, at, n),
    "vitals": lambda way, at, n: vitals(way, at, key=f"deed {n}"),
    "rate": lambda way, at, n: change_rate(rate_ul_per_h=20_000 + n, reason="why", **common(way, at, n)),
    "waste": lambda way, at, n: waste_rest(way, at, key=f"deed {n}"),
    "list": lambda way, at, n: list_answered(way, at),
}
WAITS = (1, 5, 20, 60, 95)


# req: S71
# hazard: H5
# hazard: H7
# hazard: H26
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(WAITS)), max_size=14))
def test_no_illegal_state_by_any_sequence_of_deeds(world: OnTheWay, db: None, walk: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        _play(world, walk)
        transaction.set_rollback(True)


def _play(way: OnTheWay, walk: list[tuple[str, int]]) -> None:
    at, state, entries = AT, "dosing", Entry.objects.filter(session_id=way.session_id).count()
    for number, (deed, minutes) in enumerate(walk):
        at += timedelta(minutes=minutes)
        done = _do(deed, way, at, number)
        now = Session.objects.get(id=way.session_id)
        if deed in WALK and done and not (deed == "finish" and state != "dosing"):
            assert now.state == WALK[deed][state], (deed, state)
        else:
            assert now.state == state, (deed, state)
        written = Entry.objects.filter(session_id=way.session_id).count()
        assert written >= entries and (done or written == entries), f"a refused {deed} wrote something"
        state, entries = now.state, written
        _holds(way, now, at)


def _do(deed: str, way: OnTheWay, at: datetime, number: int) -> bool:
    """Was it done?  A refusal leaves nothing behind."""
    try:
        with transaction.atomic():
            DEEDS[deed](way, at, number)
    except Refusal:
        return False
    return True


def _holds(way: OnTheWay, session: Session, at: datetime) -> None:
    """What is true after every deed."""
    held, drawn = infusion(session.id), cabinet.draws_of(session.id)
    assert held is not None
    line = dose_line(held, at=session.ended_at or at)
    assert 0 <= line.given.dose_ug <= held.mixture.drug_ug and not (held.is_running and session.state != "dosing")
    assert drawn.drawn_ug == drawn.given_ug + drawn.wasted_ug + drawn.returned_ug + drawn.open_ug and drawn.open_ug >= 0
    assert (session.ended_at is not None) == (session.state in ENDED) == Leaving.objects.filter(session_id=session.id).exists()
    if session.state == "discharged":
        assert drawn.closed and session.dosing_ended_at is not None
    picture = room(session.id, at)
    assert picture.state == session.state and set(picture.may) == {deed for deed, steps in WALK.items() if session.state in steps}
    assert first_broken_link(session.id) is None
