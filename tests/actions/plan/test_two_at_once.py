"""Many signatures and starts of one infusion at the same moment: one order, used once.  PostgreSQL: SQLite lets one writer in at a time anyway."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connections, transaction

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
    refused = at_once(lambda number: an_order(cast, at, plan_id, key=f"again {number}"))
    assert refused == ["plan.order_not_signed"] * TOGETHER


# hazard: H5
@pytest.mark.engine("postgresql")
@pytest.mark.django_db(transaction=True)
def test_an_order_that_waits_while_the_dose_is_started_is_refused(at: datetime) -> None:
    cast = build_cast(at)
    ready(cast, at)
    plan_id = a_plan(cast, at)
    order_id = an_order(cast, at, plan_id)
    refused: list[str] = []

    def order_again() -> None:
        try:
            an_order(cast, at, plan_id, key="meanwhile")
        except Refusal as caught:
            refused.extend(finding.item for finding in caught.findings)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=order_again)
    with transaction.atomic():
        use_order(order_id=order_id, by=cast.ben, at=at)  # holds the person's lock until the end
        waiting.start()
        time.sleep(0.3)
    waiting.join()
    assert refused == ["order.not_given"]
    assert Order.objects.count() == 1
