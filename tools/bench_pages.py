"""Pages of a signed-in browser: how long they take one at a time and four at once, and how many queries they make as the clinic grows."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tools import bench_base, bench_floor
from tools.bench_server import PASSWORD, Browser, Server

AT_ONCE = 4
MOST_S, FEWEST = 10.0, 20
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Page:
    """`who` of the cast opens it; `name` is what the report calls it."""

    name: str
    who: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """Milliseconds of one page, one at a time and with three others like it."""

    alone_p50: float
    alone_p95: float
    among_p50: float
    among_p95: float
    bytes: int


def pages(database: Path) -> list[Page]:
    """What is measured; the keys come from the simulated clinic, so they are the same before and after the copies."""
    person, session = bench_base.notes(database, "person"), bench_base.notes(database, "session")
    busy = (bench_base.AT - timedelta(days=bench_base.FIRST_DOSE_DAYS)).date()
    return [
        Page("home with the worklists", "ana", "/desk/"),
        Page("search by name", "faye", "/desk/search/?q=rowan"),
        Page("journey of a person", "ana", f"/desk/people/{person['in session']}/"),
        Page("journey after a whole course", "ana", f"/desk/people/{person['after a course']}/"),
        Page("chart of a person", "ana", f"/people/{person['after a course']}/"),
        Page("flags", "ana", "/flags/"),
        Page("schedule of today", "faye", "/schedule/"),
        Page("schedule of a full day in the past", "faye", f"/schedule/?day={busy.isoformat()}"),
        Page("sessions of today", "ben", "/sessions/"),
        Page(f"board, {bench_base.ROOMS + 2} rooms", "ben", "/sessions/board/"),
        Page("room, dose under way", "ben", f"/sessions/{session['under way']}/room/"),
        Page("room, session over", "ben", f"/sessions/{session['over']}/room/"),
        Page("check-in", "ben", f"/sessions/{session['arriving']}/check-in/"),
        Page("gate", "ben", f"/sessions/{session['arriving']}/gate/"),
        Page("home of the front desk", "faye", "/desk/"),
        Page("trajectory after a whole course", "ana", f"/response/people/{person['after a course']}/"),
        Page("reviews that wait", "ana", "/response/reviews/"),
        Page("check-ins", "ana", "/response/check-ins/"),
        Page("integration", "theo", "/integration/"),
        Page("aftercare", "ana", "/aftercare/"),
        Page("registry", "olga", "/registry/"),
        Page("kept to protocol", "olga", "/registry/fidelity/"),
    ]


def measure(server: Server, database: Path, say: Say, *, quick: bool) -> dict[str, Took]:
    """Each page after five warming requests: 100 one at a time; after four from each of four browsers at once, 200 from them (20 and 40 in a smoke run)."""
    count = 20 if quick else 100
    signed_in = {who: [server.browser(who) for _ in range(AT_ONCE)] for who in {page.who for page in pages(database)}}
    found = {}
    for page in pages(database):
        found[page.name] = _took(signed_in[page.who], page.path, count)
        say(f"{page.name}: p95 {found[page.name].alone_p95:.0f} ms alone, {found[page.name].among_p95:.0f} ms of {AT_ONCE} at once")
    for browsers in signed_in.values():
        for browser in browsers:
            browser.close()
    return found


def measure_floor(folder: Path, *, quick: bool, workers: int = 1) -> Took:
    """A bare Django view that answers a fixed text under the same server program, with as many processes: what no page of ours can fall below."""
    with bench_floor.serving(folder, workers) as port:
        browsers = [Browser(port, "") for _ in range(AT_ONCE)]
        return _took(browsers, "/", 20 if quick else 100)


def _took(browsers: list[Browser], path: str, count: int) -> Took:
    browsers[0].close()
    size = [len(browsers[0].get(path)) for _ in range(5)][-1]
    alone = _times(browsers[0], path, count)
    for browser in browsers:
        browser.close()  # the server ends a line that was quiet for half a minute; the next request opens a new one
    _at_once(browsers, path, 4)
    among = _at_once(browsers, path, count // 2)
    return Took(
        alone_p50=percentile(alone, 50),
        alone_p95=percentile(alone, 95),
        among_p50=percentile(among, 50),
        among_p95=percentile(among, 95),
        bytes=size,
    )


def _at_once(browsers: list[Browser], path: str, count: int) -> list[float]:
    """Milliseconds of `count` requests from each browser, all browsers at the same time.  Raises what one of them met."""
    among: list[float] = []
    failures: list[BaseException] = []

    def ask(browser: Browser) -> None:
        try:
            among.extend(_times(browser, path, count))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=ask, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return among


def _times(browser: Browser, path: str, count: int) -> list[float]:
    """Milliseconds of each of `count` requests; of a slow page as many as MOST_S allows, but FEWEST."""
    took: list[float] = []
    end = time.perf_counter() + MOST_S
    while len(took) < count and (len(took) < FEWEST or time.perf_counter() < end):
        began = time.perf_counter()
        browser.get(path)
        took.append((time.perf_counter() - began) * 1000)
    return took


def percentile(values: list[float], percent: int) -> float:
    """The value below which so many per cent lie, between two neighbours in proportion."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def queries(database: Path) -> dict[str, int]:
    """Queries of each page, seen from inside.  Django must be set up on this database.  Each page is asked twice and the second one counts."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    clients = {}
    for who in {page.who for page in pages(database)}:
        clients[who] = Client()
        answer = clients[who].post("/sign-in/", {"email": f"{who}@example.org", "password": PASSWORD})
        if answer.status_code != 302:
            raise RuntimeError(f"{who} could not sign in: {answer.status_code}")
    found = {}
    for page in pages(database):
        for _ in range(2):
            with CaptureQueriesContext(connection) as held:
                answer = clients[page.who].get(page.path)
            if answer.status_code != 200:
                raise RuntimeError(f"{page.path} answered {answer.status_code}")
        found[page.name] = len(held)
    return found
