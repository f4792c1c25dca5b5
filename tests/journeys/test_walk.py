"""From the first call to a safe discharge: once in a real browser as desk, patient, prescriber and nurse, once without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from afterglow.ground.accounts.models import Clinic
from tests.journeys import steps, visit
from tests.support.browser import PHONE, People
from tests.support.cast import Cast
from tests.support.server import ServerProcess
from tests.support.walk import BrowserWalker, PlainWalker, Walker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def a_walk(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], walker: Callable[[ServerProcess, str], Walker]) -> steps.Walk:
    """The clinic as it stands at nine, and a server whose clock begins there; only a demo's clock can be shifted, so this is one."""
    visit.a_monitor(cast, at)
    Clinic.objects.update(is_demo=True)
    offset_s = (at - datetime.now(UTC)).total_seconds()
    server = serve(AFTERGLOW_CLOCK_OFFSET_S=str(offset_s))
    return steps.Walk(cast=cast, server=server, offset_s=offset_s, walker=lambda who: walker(server, who))


def whole(walk: steps.Walk) -> None:
    for step in (steps.enquiry, steps.intake, steps.screening, steps.consent, steps.plan, *visit.STEPS):
        step(walk)


# req: S1, S28, S32, S38, S66, S68, S70, S88, N1
@pytest.mark.engine("sqlite")  # what a page does in a browser does not depend on the engine; the walk without JavaScript runs on both
def test_the_walk_in_a_browser(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    faults: dict[str, str] = {}
    seen: set[str] = set()

    def walker(server: ServerProcess, who: str) -> Walker:
        return BrowserWalker(server.url, people.page(**(PHONE if who == "nora" else {})), faults=faults, seen=seen)

    whole(a_walk(cast, at, serve, walker))
    assert not faults, "\n".join(f"{place}: {fault}" for place, fault in faults.items())


# req: S1, S28, S32, S38, S66, S68, S70, S88, N1
def test_the_walk_without_javascript(cast: Cast, at: datetime, serve: Callable[..., ServerProcess]) -> None:
    whole(a_walk(cast, at, serve, lambda server, who: PlainWalker(server.url)))
