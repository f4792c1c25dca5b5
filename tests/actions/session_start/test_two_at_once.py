"""Many Starts at the same moment, on PostgreSQL: SQLite lets one writer in at a time anyway.

Fifty on one room start it once; fifty in fifty rooms that name one monitor start one.  Without the site's lock the second would start all.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connections, transaction

from afterglow.ground.errors import Refusal
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.session.actions.draw_drug import draw_drug
from afterglow.pathway.session.actions.start_session import SessionStarted
from afterglow.pathway.session.models import Entry, GateDecision, Session
from afterglow.records.cabinet.models import Movement
from afterglow.records.schedule.actions.add_room import add_room
from tests.support import session as steps
from tests.support.cast import Cast, build_cast
from tests.support.session import OnTheWay, started

TOGETHER = 50
FEW = 10
pytestmark = [pytest.mark.engine("postgresql"), pytest.mark.django_db(transaction=True)]


def at_once(deeds: Sequence[Callable[[], object]]) -> list[object]:
    """Every deed in its own thread and connection, all let go together."""
    answers: list[object] = []

    def one(deed: Callable[[], object], go: threading.Barrier) -> None:
        go.wait()
        try:
            answers.append(deed())
        except Refusal as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    go = threading.Barrier(len(deeds))
    threads = [threading.Thread(target=one, args=(deed, go)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def tally(answers: Sequence[object]) -> Counter[str]:
    return Counter(answer if isinstance(answer, str) else type(answer).__name__ for answer in answers)


# req: S68, R42
# hazard: H5
def test_fifty_starts_on_one_room_start_it_once(at: datetime) -> None:
    way = steps.ready(build_cast(at), at)
    crew = [way.cast.ben, way.cast.ana]
    answers = at_once([lambda number=number: started(way, at, key=f"start {number}", by=crew[number % 2]) for number in range(TOGETHER)])  # type: ignore[misc]
    assert tally(answers) == {"SessionStarted": 1, "session.already_started": TOGETHER - 1}
    assert Entry.objects.filter(kind="started").count() == 1
    assert GateDecision.objects.filter(started=True).count() == 1


# req: S68, R42
# hazard: H5
def test_the_same_request_ten_times_at_once_is_one_start_and_ten_equal_answers(at: datetime) -> None:
    way = steps.ready(build_cast(at), at)
    answers = at_once([lambda: started(way, at, key="one form")] * FEW)
    assert len(answers) == FEW and all(isinstance(answer, SessionStarted) and answer == answers[0] for answer in answers)
    assert Entry.objects.filter(kind="started").count() == 1


def rooms_of_people(cast: Cast, at: datetime, count: int) -> list[OnTheWay]:
    """`count` people ready in as many rooms, all with Ben as their named monitor."""
    steps.site_ready(cast, at)
    lot = steps.a_lot(cast, at, vials=count)
    return [_one(cast, at, number, lot) for number in range(count)]


def _one(cast: Cast, at: datetime, number: int, lot: UUID) -> OnTheWay:
    name = f"Person{number:02d}"
    room = add_room(site_id=cast.site_id, name=f"Dose {number:02d}", kind="dosing", by=cast.olga, at=at)
    way = steps.checked_in(cast, at, person_id=steps.somebody(cast, at, name), name=f"{name} Example", room_id=room)
    steps.a_monitor_in(cast, room, at)
    steps.answered(way, at)
    steps.drawn(way, lot, at, record_no=steps.record_no(way))
    return way


# req: N1, N9, R42
# hazard: H45
def test_fifty_starts_in_fifty_rooms_never_give_one_monitor_two_doses(at: datetime) -> None:
    cast = build_cast(at)
    people = rooms_of_people(cast, at, TOGETHER)
    answers = at_once([lambda way=way, number=number: started(way, at, key=f"start {number}") for number, way in enumerate(people)])  # type: ignore[misc]
    assert tally(answers) == {"SessionStarted": 1, "session.gate_unmet": TOGETHER - 1}
    assert Session.objects.filter(state="dosing").count() == 1
    assert GateDecision.objects.filter(started=False).count() == TOGETHER - 1


# hazard: H5
def test_ten_draws_at_once_fill_one_syringe(at: datetime) -> None:
    cast = build_cast(at)
    steps.site_ready(cast, at)
    way, lot = steps.checked_in(cast, at), steps.a_lot(cast, at)
    said = steps.read_from(steps.prepared(way, lot, at, 20_000))

    def draw(number: int) -> UUID:
        return draw_drug(
            session_id=way.session_id, lot_id=lot, made_up_to_ul=20_000, said=said, reader=steps.signature(cast.ana, at),
            key=f"draw {number}", by=cast.ben, at=at,
        )  # fmt: skip

    answers = at_once([lambda number=number: draw(number) for number in range(FEW)])  # type: ignore[misc]
    assert tally(answers) == {"UUID": 1, "session.already_drawn": FEW - 1}
    assert Movement.objects.filter(what="drawn").count() == 1


# req: S68
# hazard: H29
def test_a_note_that_takes_capacity_away_while_start_waits_for_its_lock_is_seen(at: datetime) -> None:
    way = steps.ready(build_cast(at), at)
    consent_id, after = Consent.objects.get(person_id=way.person_id).id, at + timedelta(seconds=2)
    held, answers = threading.Event(), list[object]()

    def starting() -> None:
        held.wait()
        try:
            answers.append(started(way, at))
        except Refusal as refused:
            answers.append([finding.item for finding in refused.findings])
        finally:
            connections.close_all()

    thread = threading.Thread(target=starting)
    thread.start()
    with transaction.atomic():
        note_capacity(
            consent_id=consent_id, has_capacity=False, asked_alone=True, note="Does not know what is given today.",
            signed=steps.signature(way.cast.ana, after), by=way.cast.ana, at=after,
        )  # fmt: skip
        held.set()
        thread.join(timeout=1)
        assert thread.is_alive(), "Start waits for the person's lock"
    thread.join()
    assert answers == [["capacity"]]
    assert not Entry.objects.filter(kind="started").exists()
