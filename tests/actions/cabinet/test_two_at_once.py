"""Many draws from one lot at the same moment: it never goes below zero.  PostgreSQL: SQLite lets one writer in at a time anyway."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections

from afterglow.ground.errors import Refusal
from afterglow.records.cabinet import queries
from tests.support.cabinet import a_draw, a_lot
from tests.support.cast import build_cast

TOGETHER = 20


# req: R42
# hazard: H26
# hazard: H27
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
def test_twenty_draws_at_once_never_overdraw(at: datetime) -> None:
    cast = build_cast(at)
    lot_id = a_lot(cast, at, vials=5)  # a vial for each session: five of them
    answers: list[object] = []
    ready = threading.Barrier(TOGETHER)

    def one(number: int) -> None:
        ready.wait()
        try:
            answers.append(a_draw(cast, at, lot_id, session_id=f"s-{number}", key=f"draw {number}"))
        except Refusal as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ledger = queries.ledger(lot_id, cast.clinic_id)
    assert len([answer for answer in answers if isinstance(answer, UUID)]) == 5
    assert answers.count("cabinet.not_drawn") == TOGETHER - 5
    assert (ledger.lot.balance_ul, ledger.movements[-1].running_ul) == (5 * 16_500, 5 * 16_500)
    assert sorted(ledger.vials.opened_ul.values()) == [16_500] * 5 and ledger.vials.unopened_ul == 0


# hazard: H5
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
def test_the_same_draw_sent_many_times_at_once_is_one_draw(at: datetime) -> None:
    cast = build_cast(at)
    lot_id = a_lot(cast, at)
    answers: list[UUID] = []
    ready = threading.Barrier(8)

    def one() -> None:
        ready.wait()
        try:
            answers.append(a_draw(cast, at, lot_id))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8 and len(set(answers)) == 1
    assert queries.balance_ul(lot_id) == 36_500
