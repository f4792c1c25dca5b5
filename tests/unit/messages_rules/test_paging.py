"""Whom a waiting flag pages, and when: restarts, outages, clock changes and zones change nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afterglow.records.messages.rules import paging

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
MIN = timedelta(minutes=1)


def facts(after_min: float = 0, **changed: Any) -> paging.PagingFacts:
    """A self-harm answer at night: Ana is on call, Ben and Theo may take it as well, nobody is here."""
    told = {"since": AT, "due_at": AT + 15 * MIN, "at": AT + after_min * MIN, "owner": None, "here": (), "on_call": ("ana",)}
    return paging.PagingFacts(**{**told, "everyone": ("ana", "ben", "theo"), **changed})


def paged(asked: paging.PagingFacts) -> tuple[int, str] | None:
    due = paging.page_due(asked)
    return None if due is None else (due.step, " ".join(due.recipients))


# req: N43
# hazard: H16
@pytest.mark.parametrize(
    ("after_min", "changed", "wanted"),
    [
        (0, {}, (1, "ana")),
        (14.9, {}, (1, "ana")),
        (15, {}, (2, "ana")),
        (29.9, {}, (2, "ana")),
        (30, {}, (3, "ana ben theo")),
        (600, {}, (3, "ana ben theo")),
        (0, {"owner": "ben"}, (1, "ben ana")),
        (0, {"owner": "gone"}, (1, "ana")),
        (0, {"on_call": ()}, (1, "ana ben theo")),
        (0, {"on_call": (), "everyone": ()}, None),
        (0, {"here": ("ben",)}, None),
        (14.9, {"here": ("ben",), "owner": "ben"}, None),
        (15, {"here": ("ben",), "owner": "ben", "on_call": ()}, (2, "ben")),
        (15, {"here": ("ben", "theo"), "on_call": ()}, (2, "ben theo")),
        (30, {"here": ("ben",), "owner": "ben", "on_call": ()}, (3, "ben ana theo")),
        (59, {"here": ("ben",), "due_at": AT + 60 * MIN}, None),
        (60, {"here": ("ben",), "due_at": AT + 60 * MIN}, (2, "ana")),
        (0, {"due_at": AT - MIN}, (2, "ana")),
    ],
)
def test_who_is_paged_when(after_min: float, changed: dict[str, Any], wanted: tuple[int, str] | None) -> None:
    assert paged(facts(after_min, **changed)) == wanted


# hazard: H16
def test_a_flag_given_back_starts_a_wait_of_its_own() -> None:
    again = paging.page_due(facts(since=AT + 60 * MIN, due_at=AT + 60 * MIN, after_min=60))
    first = paging.page_due(facts(15))
    assert again is not None and first is not None
    assert (again.step, first.step) == (2, 2)
    assert again.window != first.window


ZONES = st.sampled_from(["UTC", "America/Los_Angeles", "America/Phoenix", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"])
MOMENTS = st.integers(1_704_067_200, 2_019_686_400).map(lambda second: datetime.fromtimestamp(second, UTC))  # 2024 to 2033


# req: C17 C21
# hazard: H16
@given(since=MOMENTS, zone=ZONES, ticks=st.lists(st.floats(0, 120), min_size=1, max_size=40))
def test_however_often_and_wherever_it_is_asked_each_step_has_one_name(since: datetime, zone: str, ticks: list[float]) -> None:
    """Ticks in any order stand for restarts and outages; the zone for a server or a clinic anywhere, across its clock changes."""
    local = since.astimezone(ZoneInfo(zone))
    seen: dict[int, set[str]] = {}
    for after in ticks:
        here = paging.page_due(facts(since=since, due_at=since + 15 * MIN, at=since + after * MIN))
        there = paging.page_due(facts(since=local, due_at=local.astimezone(UTC) + 15 * MIN, at=(since + after * MIN).astimezone(ZoneInfo(zone))))
        assert here == there
        assert here is not None
        assert here.step == (1 if after * MIN < 15 * MIN else 2 if after * MIN < 30 * MIN else 3)
        seen.setdefault(here.step, set()).add(here.window)
    assert all(len(windows) == 1 for windows in seen.values())
    assert len({window for windows in seen.values() for window in windows}) == len(seen)


# hazard: H16
def test_the_night_of_a_clock_change_has_no_second_first_page() -> None:
    """01:30 comes twice on 1 November 2026 in Los Angeles: two waits of that night have different names, one wait has one."""
    zone = ZoneInfo("America/Los_Angeles")
    first = datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=0)
    second = datetime(2026, 11, 1, 1, 30, tzinfo=zone, fold=1)
    assert paging.window(first, 1) != paging.window(second, 1)
    assert paging.window(first, 1) == paging.window(first.astimezone(UTC), 1)
    utc = first.astimezone(UTC)
    late = paging.page_due(facts(since=utc, due_at=utc + 15 * MIN, at=second.astimezone(UTC)))
    assert late is not None
    assert late.step == 3, "an hour has passed, whatever the wall clock shows"
