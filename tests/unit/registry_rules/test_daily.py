"""Figures of the day: worked out once, by one thread, whoever asks; nothing that failed is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from afterglow.pathway.registry.queries.daily import HELD, Daily


def test_what_was_asked_before_is_answered_from_memory() -> None:
    asked: list[str] = []

    def length(word: str) -> int:
        asked.append(word)
        return len(word)

    lengths = Daily(length)
    assert [lengths("one"), lengths("three"), lengths("one")] == [3, 5, 3]
    assert asked == ["one", "three"]
    lengths.forget()
    assert lengths("one") == 3 and asked == ["one", "three", "one"]


def test_four_who_ask_at_once_wait_for_one_answer() -> None:
    begun, may_end, asked = Event(), Event(), list[str]()

    def slow(word: str) -> int:
        asked.append(word)
        begun.set()
        assert may_end.wait(10)
        return len(word)

    lengths = Daily(slow)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(lengths, "one")
        assert begun.wait(10)
        others = [threads.submit(lengths, "one") for _ in range(3)]
        assert not any(one.done() for one in (first, *others))
        may_end.set()
        assert [one.result(10) for one in (first, *others)] == [3, 3, 3, 3]
    assert asked == ["one"]


def test_what_fails_says_so_and_is_worked_out_anew() -> None:
    answers = iter([ValueError("no"), 3])

    def unsteady(word: str) -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    lengths = Daily(unsteady)
    with pytest.raises(ValueError, match="no"):
        lengths("one")
    assert lengths("one") == 3


def test_the_one_unused_for_longest_goes_first() -> None:
    asked: list[int] = []

    def itself(number: int) -> int:
        asked.append(number)
        return number

    same = Daily(itself)
    for number in range(HELD):
        same(number)
    same(0)
    same(HELD)
    assert [same(0), same(2)] == [0, 2] and asked[-1] == HELD
    same(1)
    assert asked[-1] == 1
