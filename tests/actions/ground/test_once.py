"""A write that carries a key happens once, however often it arrives."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.models import WriteKey
from afterglow.ground.writes.once import answer, forget_keys, once

BEN = Actor.job("ben", UUID(int=1))


@pytest.mark.django_db
def test_the_second_time_gives_the_first_answer(at: datetime) -> None:
    assert once(BEN, "k1", {"dose": 35}, at=at) is None
    answer(BEN, "k1", {"id": "a"})
    assert once(BEN, "k1", {"dose": 35}, at=at) == {"id": "a"}


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused(at: datetime) -> None:
    once(BEN, "k1", {"dose": 35}, at=at)
    with pytest.raises(Refusal, match="write.key_reused"):
        once(BEN, "k1", {"dose": 350}, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 81])
def test_a_write_without_a_key_is_refused(at: datetime, key: str) -> None:
    with pytest.raises(Refusal, match="write.no_key"):
        once(BEN, key, {}, at=at)


@pytest.mark.django_db
def test_another_actor_has_keys_of_their_own(at: datetime) -> None:
    once(BEN, "k1", {"dose": 35}, at=at)
    assert once(Actor.job("ana", UUID(int=1)), "k1", {"dose": 70}, at=at) is None


@pytest.mark.django_db
def test_old_keys_are_forgotten(at: datetime) -> None:
    once(BEN, "k1", {}, at=at)
    assert forget_keys(at) == 0
    assert forget_keys(at.replace(year=2027)) == 1


# hazard: H5
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_have_one_effect_and_equal_answers(at: datetime) -> None:
    effects: list[int] = []
    answers: list[object] = []
    start = threading.Barrier(20)

    def write(number: int) -> None:
        start.wait()
        try:
            with transaction.atomic():
                earlier = once(BEN, "k1", {"dose": 35}, at=at)
                if earlier is None:
                    effects.append(number)
                    earlier = {"by": number}
                    answer(BEN, "k1", earlier)
                answers.append(earlier)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(effects) == 1
    assert answers == [{"by": effects[0]}] * 20
    assert WriteKey.objects.count() == 1
