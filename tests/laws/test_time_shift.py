"""A decision knows how long ago things were, not when: a course moved to another year, over a change of the clocks, or written down with
another offset is decided the same.  Only what names calendar days may change, and only when the calendar moves without the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from afterglow.pathway.session.rules.discharge import earliest, may_leave
from afterglow.pathway.session.rules.due import DueFacts, due_next
from afterglow.pathway.session.rules.gate import may_start
from afterglow.pathway.session.rules.gate_facts import SeatedPressure
from afterglow.science.dosing.interval import EarlierDose, intervals
from afterglow.science.verdict import Verdict
from tests.spec.test_gate_tables import CHANGES
from tests.unit.science_dosing.protocol import INTERVALS
from tests.unit.session_rules.facts import AT, HOME, TODAY, home, limits, minutes, ready

# The cast's clinic: summer time begins there on 14 March 2027 and ends on 7 November 2027.
CLINIC = ZoneInfo("America/Los_Angeles")
INTO_SUMMER, INTO_WINTER = (date(2027, 3, 14) - TODAY).days, (date(2027, 11, 7) - TODAY).days
LIMITS = limits()  # read once, before any example is timed
days = st.integers(-9000, 9000)
ago = st.integers(0, 24 * 60)
offsets = st.integers(-12 * 60, 14 * 60).map(lambda minutes_east: timezone(timedelta(minutes=minutes_east)))
# What the gate decides by the calendar, by name; everything else there is decided by how long ago it was.
BY_CALENDAR = {
    "age", "suicide", "equipment", "prescription_monitoring", "screening", "airway_person", "credential.licence", "credential.dea",
    "credential.privilege", "stock",
}  # fmt: skip


def moved(value: Any, clock: timedelta, calendar: timedelta) -> Any:
    """The same facts at another time: each moment by `clock`, each calendar day by `calendar`."""
    if isinstance(value, datetime):
        return value + clock
    if isinstance(value, date):
        return value + calendar
    if isinstance(value, Verdict):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: moved(getattr(value, each.name), clock, calendar) for each in fields(value) if each.init})
    if isinstance(value, tuple):
        return tuple(moved(each, clock, calendar) for each in value)
    if isinstance(value, Mapping):
        return {name: moved(each, clock, calendar) for name, each in value.items()}
    return value


def written(value: Any, offset: timezone) -> Any:
    """The same moments, each written with this offset from UTC."""
    if isinstance(value, datetime):
        return value.astimezone(offset)
    if isinstance(value, Verdict | date):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: written(getattr(value, each.name), offset) for each in fields(value) if each.init})
    if isinstance(value, tuple):
        return tuple(written(each, offset) for each in value)
    if isinstance(value, Mapping):
        return {name: written(each, offset) for name, each in value.items()}
    return value


def decided(verdict: Any) -> list[tuple[str, str, str]]:
    return [(finding.item, finding.state, finding.lifted_by) for finding in verdict]


def but_age(found: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Years are not all equally long: somebody who turns 18 today does so on another day when both days are moved over a 29 February."""
    return [each for each in found if each[0] != "age"]


def gate_facts(change: str, since_cuff: int) -> Any:
    """A ready person with one thing changed, whose seated pressures were taken so long ago."""
    taken = (SeatedPressure(taken_at=AT - minutes(since_cuff + each), sbp=122, dbp=78) for each in (10, 0))
    return ready(**({"pressures": tuple(taken)} | CHANGES[change]))


changes = st.sampled_from(sorted(CHANGES))


# hazard: H14
@given(changes, ago, days)
@example("nothing", 5, INTO_SUMMER)
@example("nothing", 5, INTO_WINTER)
def test_the_gate_decides_the_same_on_another_day_of_another_season(change: str, since_cuff: int, later: int) -> None:
    facts = gate_facts(change, since_cuff)
    shift = timedelta(days=later)
    assert but_age(decided(may_start(moved(facts, shift, shift), LIMITS))) == but_age(decided(may_start(facts, LIMITS)))


@given(changes, ago, offsets)
def test_the_gate_does_not_care_in_which_offset_a_moment_is_written(change: str, since_cuff: int, offset: timezone) -> None:
    facts = gate_facts(change, since_cuff)
    assert decided(may_start(written(facts, offset), LIMITS)) == decided(may_start(facts, LIMITS))


@given(changes, ago, st.timedeltas(-timedelta(days=3000), timedelta(days=3000)))
def test_the_gate_asks_the_calendar_only_for_what_is_named(change: str, since_cuff: int, clock: timedelta) -> None:
    """The clock moves and no calendar day does: nothing changes.  The calendar moves alone: only what runs out by days does."""
    facts = gate_facts(change, since_cuff)
    before = decided(may_start(facts, LIMITS))
    assert decided(may_start(moved(facts, clock, timedelta(0)), LIMITS)) == before
    later = replace(facts, today=facts.today + timedelta(days=clock.days))
    changed = {old[0] for old, new in zip(before, decided(may_start(later, LIMITS)), strict=True) if old != new}
    assert changed <= BY_CALENDAR


@pytest.mark.parametrize("item", sorted(BY_CALENDAR))
def test_each_named_item_does_ask_the_calendar(item: str) -> None:
    """Otherwise the list above would forgive what it should not."""
    states = {
        state
        for later in (-20_000, 0, 40, 4000)
        for name, state, _ in decided(may_start(ready(today=TODAY + timedelta(days=later)), LIMITS))
        if name == item
    }
    assert len(states) > 1


leaving = st.builds(
    lambda ended, cuff, awake: home(
        dose_ended_at=AT - minutes(ended),
        pressures=(replace(HOME.pressures[0], taken_at=AT - minutes(cuff + 15)), replace(HOME.pressures[1], taken_at=AT - minutes(cuff))),
        alertness=replace(HOME.alertness, taken_at=AT - minutes(awake)) if HOME.alertness else None,
    ),
    st.integers(0, 300), st.integers(0, 60), st.integers(0, 60),
)  # fmt: skip


@given(leaving, days)
@example(HOME, INTO_SUMMER)
@example(HOME, INTO_WINTER)
def test_leaving_is_decided_the_same_on_another_day_of_another_season(facts: Any, later: int) -> None:
    shift = timedelta(days=later)
    there = moved(facts, shift, shift)
    assert decided(may_leave(there, LIMITS)) == decided(may_leave(facts, LIMITS))
    (moment, why), (moment_there, why_there) = earliest(facts, LIMITS), earliest(there, LIMITS)
    assert why == why_there
    assert moment_there == (moment + shift if moment else None)


@given(leaving, offsets)
def test_leaving_does_not_care_in_which_offset_a_moment_is_written(facts: Any, offset: timezone) -> None:
    assert decided(may_leave(written(facts, offset), LIMITS)) == decided(may_leave(facts, LIMITS))
    assert earliest(written(facts, offset), LIMITS) == earliest(facts, LIMITS)


doses = st.lists(st.tuples(st.integers(-400, 24 * 400), st.sampled_from(["course", "booster", "elsewhere"])), max_size=6)


def dose_history(hours: list[tuple[int, Any]]) -> list[EarlierDose]:
    return [EarlierDose(last_at=AT - timedelta(hours=since), where="here", kind=kind) for since, kind in hours]


@given(doses, st.booleans(), st.timedeltas(-timedelta(days=9000), timedelta(days=9000)), offsets)
@example([(23, "course")], False, timedelta(days=INTO_SUMMER), timezone(timedelta(hours=-7)))
@example([(24, "course")], False, timedelta(days=INTO_WINTER), timezone(timedelta(hours=-8)))
def test_the_interval_is_hours_that_passed_whatever_the_clock_on_the_wall_says(
    hours: list[tuple[int, Any]], booster: bool, shift: timedelta, offset: timezone
) -> None:
    earlier = dose_history(hours)
    here = intervals(at=AT, earlier=earlier, asked_elsewhere=False, booster=booster, rules=INTERVALS)
    there = intervals(at=AT + shift, earlier=moved(tuple(earlier), shift, shift), asked_elsewhere=False, booster=booster, rules=INTERVALS)
    undated = Verdict.of(*(replace(finding, stands_on="") for finding in here))
    assert Verdict.of(*(replace(finding, stands_on="") for finding in there)) == undated, "sentences too: they say hours, never a date"
    told = intervals(at=AT.astimezone(offset), earlier=written(tuple(earlier), offset), asked_elsewhere=False, booster=booster, rules=INTERVALS)
    assert told == here


def test_a_day_with_23_hours_does_not_lend_the_interval_an_hour() -> None:
    """From 09:30 to 09:30 on the wall is 23 hours when summer time begins: the hours that passed count."""
    before, after = datetime(2027, 3, 13, 9, 30, tzinfo=CLINIC), datetime(2027, 3, 14, 9, 30, tzinfo=CLINIC)
    wall = [EarlierDose(last_at=before.astimezone(UTC), where="here", kind="course")]
    asked = {"earlier": wall, "asked_elsewhere": False, "booster": False, "rules": INTERVALS}
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=23)
    assert "23 h" in next(each.sentence for each in intervals(at=after.astimezone(UTC), **asked) if each.item == "interval.last")  # type: ignore[arg-type]


running = st.builds(
    lambda state, started, cuff, look, rescue: DueFacts(
        state=state, started_at=AT - minutes(started), dosing_every_min=10, recovery_every_min=15,
        pressure_at=None if cuff is None else AT - minutes(cuff), iv_site_at=None if look is None else AT - minutes(look),
        rescue_at=None if rescue is None else AT - minutes(rescue),
    ),
    st.sampled_from(["dosing", "paused", "recovery"]), st.integers(0, 200), st.none() | st.integers(0, 200), st.none() | st.integers(0, 200),
    st.none() | st.integers(0, 60),
)  # fmt: skip


@given(running, st.timedeltas(-timedelta(days=9000), timedelta(days=9000)), offsets)
def test_what_is_due_moves_with_the_clock_and_nothing_else_does(facts: DueFacts, shift: timedelta, offset: timezone) -> None:
    here = due_next(facts, LIMITS, at=AT)
    there = due_next(moved(facts, shift, shift), LIMITS, at=AT + shift)
    assert there == moved(here, shift, shift)
    assert due_next(written(facts, offset), LIMITS, at=AT.astimezone(offset)) == here
