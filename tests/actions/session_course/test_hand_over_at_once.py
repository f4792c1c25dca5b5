"""Many hand-overs at the same moment, on PostgreSQL: SQLite lets one writer in at a time anyway.

The site's lock is what holds the number in recovery, for which the database has no constraint; without it all of them would be taken over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session.actions.hand_over_monitor import hand_over_monitor
from afterglow.pathway.session.actions.start_session import SessionStarted
from afterglow.pathway.session.models import Entry, Session
from tests.support import session as steps
from tests.support.cast import Cast, build_cast
from tests.support.live_rooms import LiveRoom, live_room

TOGETHER = 20
pytestmark = [pytest.mark.engine("postgresql"), pytest.mark.django_db(transaction=True)]


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """Every deed in its own thread and connection, all let go together: what each was told, or its refusal's code."""
    gate = Barrier(len(deeds))

    def one(deed: Callable[[], object]) -> object:
        try:
            gate.wait(timeout=20)
            return deed()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def tally(answers: Sequence[object]) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else type(answer).__name__ for answer in answers)


def to_ana(cast: Cast, room: LiveRoom, at: datetime) -> object:
    return to(cast, room, cast.ana, at)


def to(cast: Cast, room: LiveRoom, who: Actor, at: datetime) -> object:
    assert who.user_id is not None
    signed = steps.signature(cast.ben, at)
    return hand_over_monitor(session_id=room.session_id, user_id=who.user_id, signed=signed, key=f"{room.session_id}", by=cast.ben, at=at)


# req: N9, R42
# hazard: H45
@pytest.mark.parametrize(("state", "taken", "refused"), [("dosing", 1, "session.may_not_monitor"), ("recovery", 2, "session.monitor_not_free")])
def test_twenty_hand_overs_to_one_person_give_one_dose_or_two_in_recovery(at: datetime, state: str, taken: int, refused: str) -> None:
    cast = build_cast(at)
    rooms = [live_room(cast, at, number) for number in range(TOGETHER)]
    if state == "recovery":
        Session.objects.update(state="recovery", dosing_ended_at=at)
    told = at_once([lambda room=room: to_ana(cast, room, at) for room in rooms])  # type: ignore[misc]
    assert tally(told) == {"Charted": taken, refused: TOGETHER - taken}
    assert Session.objects.filter(monitor_id=cast.ana.user_id).count() == taken
    assert Entry.objects.filter(kind="monitor_handed_over").count() == taken


# req: N1, N9, R42
# hazard: H45
def test_a_start_and_a_hand_over_that_name_one_person_are_never_both_done(at: datetime) -> None:
    way = steps.ready(build_cast(at), at)
    other = live_room(way.cast, at, 1)
    told = at_once([lambda: steps.started(way, at), lambda: to(way.cast, other, way.cast.ben, at)])
    assert sum(not isinstance(each, str) for each in told) == 1
    assert isinstance(told[0], SessionStarted) or told[0] == "session.gate_unmet"
    assert Session.objects.filter(monitor_id=way.cast.ben.user_id, state="dosing").count() == 1
