"""Pages have their turn in the order of their coming, nobody is refused one, and nobody waits long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from afterglow.conf import turnstile
from afterglow.conf.turnstile import Turnstile, TurnstileMiddleware


class Queue:
    """A turnstile of one place that is taken, and threads that ask for it one after the other."""

    def __init__(self) -> None:
        self.turnstile = Turnstile(1)
        self.got: list[str] = []
        self.came = threading.Semaphore(0)
        assert self.turnstile.enter(0)

    def join(self, name: str) -> None:
        asked = len(self.turnstile._queue)
        threading.Thread(target=self._ask, args=(name,), daemon=True).start()
        while len(self.turnstile._queue) == asked:
            threading.Event().wait(0.001)

    def _ask(self, name: str) -> None:
        if self.turnstile.enter(60):
            self.got.append(name)
            self.came.release()

    def next(self) -> list[str]:
        self.turnstile.leave()
        assert self.turnstile.enter(0) is False, "handed over already: whoever comes by has to wait"
        assert self.came.acquire(timeout=10)
        return self.got


def test_the_place_goes_to_whoever_has_waited_longest_and_not_to_whoever_comes_by() -> None:
    queue = Queue()
    for name in ("first", "second", "third"):
        queue.join(name)
    assert queue.next() == ["first"]
    assert queue.next() == ["first", "second"]
    assert queue.next() == ["first", "second", "third"]


def test_who_no_longer_waits_is_handed_nothing() -> None:
    queue = Queue()
    assert queue.turnstile.enter(0.001) is False
    queue.turnstile.leave()
    assert queue.turnstile.enter(0) is True


class HandedOverLate:
    """A waiter's lock of a place that is handed over just after the waiter has given up."""

    def __init__(self, turnstile: Turnstile) -> None:
        self.turnstile = turnstile

    def acquire(self, timeout: float | None = None) -> bool:
        if timeout is None:
            return True
        self.turnstile.leave()
        return False

    def release(self) -> None:
        pass


def test_a_place_handed_over_at_the_last_moment_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Turnstile(1)
    assert gate.enter(0)
    monkeypatch.setattr(turnstile, "_Turn", lambda: HandedOverLate(gate))
    assert gate.enter(0) is True
    monkeypatch.undo()
    gate.leave()
    assert gate.enter(0) is True and gate.enter(0) is False


class Crowd:
    """Counts how many of its pages are worked out at once."""

    def __init__(self, stays_s: float) -> None:
        self.stays_s, self.inside, self.most, self.answered = stays_s, 0, 0, 0
        self.counted = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with self.counted:
            self.inside += 1
            self.most = max(self.most, self.inside)
        threading.Event().wait(self.stays_s)
        with self.counted:
            self.inside -= 1
            self.answered += 1
        return HttpResponse()


@pytest.fixture
def six_ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Crowd]:
    def six(stays_s: float, waits_s: float, path: str = "/desk/", method: str = "GET") -> Crowd:
        monkeypatch.setattr(turnstile, "connection", SimpleNamespace(vendor="sqlite"))
        monkeypatch.setattr(turnstile, "WAITS_S", waits_s)
        crowd = Crowd(stays_s)
        page = TurnstileMiddleware(crowd)
        threads = [threading.Thread(target=page, args=(RequestFactory().generic(method, path),), daemon=True) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert crowd.answered == 6, "each had its turn"
        return crowd

    return six


def test_pages_are_worked_out_one_after_the_other(six_ask: Callable[..., Crowd]) -> None:
    assert six_ask(0.005, waits_s=60).most == turnstile.PLACES == 1


def test_what_somebody_does_stands_back_for_nobody(six_ask: Callable[..., Crowd]) -> None:
    assert six_ask(0.5, waits_s=60, path="/sessions/1/stop/", method="POST").most == 6


def test_a_page_stands_back_no_longer_than_it_may(six_ask: Callable[..., Crowd]) -> None:
    assert six_ask(0.5, waits_s=0.01).most > 2, "somebody's long report holds nobody up"


def test_readings_stand_back_for_nobody(six_ask: Callable[..., Crowd]) -> None:
    assert six_ask(0.5, waits_s=60, path="/devices/v1/readings").most == 6


def test_a_page_that_fails_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "connection", SimpleNamespace(vendor="sqlite"))

    def fails(request: Any) -> HttpResponse:
        raise ZeroDivisionError

    page = TurnstileMiddleware(fails)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            page(RequestFactory().get("/desk/"))
    assert page.turnstile.enter(0), "all were given back"


def test_where_the_database_works_elsewhere_nobody_stands_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "connection", SimpleNamespace(vendor="postgresql"))
    with pytest.raises(MiddlewareNotUsed):
        TurnstileMiddleware(lambda request: HttpResponse())
