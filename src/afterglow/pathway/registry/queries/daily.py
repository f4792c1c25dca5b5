"""Figures worked out once a day and process: they move slowly, read everything of every course, and carry the day they stand for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar, TypeVarTuple, Unpack

HELD = 64
"""How many answers each holds; the one unused for longest goes first."""

Key = TypeVarTuple("Key")
Answer = TypeVar("Answer")


class Daily(Generic[*Key, Answer]):
    """`work`, answered from memory for what was asked before: its arguments say everything that it depends on, the day among them.

    Whoever asks while an answer is being worked out waits for that one: four pages at once would read the whole clinic four times over and
    slow each other.  What raises is not kept.
    """

    def __init__(self, work: Callable[[Unpack[Key]], Answer]) -> None:
        self.work = work
        self._held: OrderedDict[tuple[*Key], Future[Answer]] = OrderedDict()
        self._turn = Lock()

    def __call__(self, *key: *Key) -> Answer:
        with self._turn:
            known = self._held.get(key)
            answer = known or self._held.setdefault(key, Future())
            self._held.move_to_end(key)
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        if known is None:
            self._work_out(key, answer)
        return answer.result()

    def forget(self) -> None:
        """Work everything out anew when it is asked for next."""
        with self._turn:
            self._held.clear()

    def _work_out(self, key: tuple[*Key], answer: Future[Answer]) -> None:
        try:
            answer.set_result(self.work(*key))
        except BaseException as failure:
            with self._turn:
                self._held.pop(key, None)
            answer.set_exception(failure)
