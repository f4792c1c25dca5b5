"""Where the database works in this process pages are worked out one after the other, and whoever waited longest is next.

Python runs one thread at a time.  With SQLite in the same process, pages that hand its lock back and forth at every row need half as long again
as one after the other.  PostgreSQL works in its own processes, and its pages mostly wait for it: there nobody stands back.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponse

PLACES: Final = 1
WAITS_S: Final = 0.25
"""The longest that a page stands back, whatever large report is under way.  What somebody does (a stop, an entry) never does."""
NEVER_WAIT: Final = ("/devices/",)
"""The beginning of the paths that stand back for nobody: readings wait for the disk and not for Python."""
_Turn = threading.Lock


class Turnstile:
    """So many places, given in the order in which they were asked for: whoever leaves hands the place to the one who has waited longest.

    A semaphore gives it to whoever comes by, and the last of four then waits for two rounds instead of one.
    """

    def __init__(self, places: int) -> None:
        self._free, self._queue, self._lock = places, deque[threading.Lock](), threading.Lock()

    def enter(self, wait_s: float) -> bool:
        """Whether there is a place within `wait_s` seconds."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            turn = _Turn()
            turn.acquire()
            self._queue.append(turn)
        if turn.acquire(timeout=wait_s):
            return True
        with self._lock:
            if turn in self._queue:
                self._queue.remove(turn)
                return False
        return True  # handed over between the end of waiting and this look

    def leave(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._free += 1


class TurnstileMiddleware:
    """A page has its turn at once, or after the few before it; it is refused nothing, and waits no longer than `WAITS_S`.

    It stands behind the static files, which need no turn, and before all that a page asks of the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if connection.vendor != "sqlite":
            raise MiddlewareNotUsed
        self.get_response, self.turnstile = get_response, Turnstile(PLACES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reads = request.method in {"GET", "HEAD"}
        if not reads or request.path.startswith(NEVER_WAIT) or not self.turnstile.enter(WAITS_S):
            return self.get_response(request)
        try:
            return self.get_response(request)
        finally:
            self.turnstile.leave()
