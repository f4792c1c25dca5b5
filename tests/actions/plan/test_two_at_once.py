"""Many signatures and starts of one infusion at the same moment: one order, used once.  PostgreSQL: SQLite lets one writer in at a time anyway."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connections

from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.plan.models import Order, OrderEnd
from tests.support.cast import build_cast
from tests.support.plan import a_plan, an_order, ready

TOGETHER = 12


def at_once(deed: Callable[[int], object]) -> list[str]:
    """The refusals of TOGETHER threads that do the same at once."""
    refused: list[str] = []
    ready_to_go = threading.Barrier(TOGETHER)

    def one(number: int) -> None:
        ready_to_go.wait()
        try:
            deed(number)
        except Refusal as caught:
            refused.append(caught.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


# req: R42
# hazard: H5
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
def test_one_infusion_gets_one_order_and_the_order_is_used_once(at: datetime) -> None:
    cast = build_cast(at)
    ready(cast, at)
    plan_id = a_plan(cast, at)
    refused = at_once(lambda number: an_order(cast, at, plan_id, key=f"order {number}"))
    assert refused == ["plan.order_not_signed"] * (TOGETHER - 1)
    order_id = Order.objects.get().id
    refused = at_once(lambda number: use_order(order_id=order_id, by=cast.ben, at=at))
    assert refused == ["plan.order_not_in_force"] * (TOGETHER - 1)
    assert OrderEnd.objects.get().why == "used"
