"""Two processes deliver at the same moment: each message goes out once.  PostgreSQL: SQLite means one process."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connections

from afterglow.ground.access.actor import Actor
from afterglow.records.messages.actions.deliver_due import Letter, Post, deliver_due
from afterglow.records.messages.actions.queue_message import queue_message
from afterglow.records.messages.models import Attempt, Message
from tests.support.cast import Cast, build_cast

pytestmark = [pytest.mark.engine("postgresql"), pytest.mark.django_db(transaction=True)]
MESSAGES, WORKERS = 12, 4


def queue(cast: Cast, number: int, at: datetime) -> UUID:
    return queue_message(
        channel="email",
        template="staff_page",
        facts={"waiting_min": 0},
        source_kind="flag",
        source_id="f-1",
        window=f"1.{number}",
        to_user=cast.ana.user_id,
        by=Actor.job("paging", cast.clinic_id),
        at=at,
    )


def together(count: int, deed: Callable[[], object]) -> None:
    ready = threading.Barrier(count)

    def one() -> None:
        ready.wait()
        try:
            deed()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# req: C17
# hazard: H16
def test_each_goes_out_once(at: datetime) -> None:
    cast = build_cast(at)
    for number in range(MESSAGES):
        queue(cast, number, at)
    sent: list[UUID] = []

    def slow(letter: Letter) -> None:
        sent.append(letter.message_id)
        time.sleep(0.02)  # long enough that the others look while this one is being sent

    post = Post(senders={"email": slow}, demo=None, staff_address=lambda user, clinic, channel: "ana@example.org", links={})
    together(WORKERS, lambda: deliver_due(at=at, post=post))
    assert Counter(sent) == Counter(Message.objects.values_list("id", flat=True))
    assert len(sent) == MESSAGES
    assert Message.objects.filter(state="sent", tries=1).count() == Attempt.objects.filter(outcome="sent").count() == MESSAGES


# req: C17
def test_asked_for_many_times_at_once_it_is_one_message(at: datetime) -> None:
    cast, made = build_cast(at), []
    together(8, lambda: made.append(queue(cast, 1, at)))
    assert len(made) == 8 and len(set(made)) == 1
    assert Message.objects.count() == 1
