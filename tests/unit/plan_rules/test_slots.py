"""Free hours, and a calendar that keeps the pattern or says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from afterglow.pathway.plan.rules.course import CoursePattern, VisitKind
from afterglow.pathway.plan.rules.slots import Busy, Placed, Wanted, explained, first_free, may_place
from afterglow.science.verdict import Verdict

ZONE = "America/Los_Angeles"
PLACE = ZoneInfo(ZONE)
DAN, EVE, THEO = UUID(int=1), UUID(int=2), UUID(int=3)
ONE, TWO = UUID(int=11), UUID(int=12)
MONDAY = date(2026, 12, 7)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WANTED = Wanted(kind="infusion", number=1, minutes=160, person_id=DAN, rooms=(ONE, TWO), staff_user_id=THEO, opens_at=None, closes_at=None)
PATTERN = CoursePattern(
    infusions=2, within_days=(3, 5), apart_days=(2, 4), per_week=2, most_per_week=3, preparation_days_before=(1, 14), integration_every=1,
    integration_h=(24, 72), reviews_after=(2,),
)  # fmt: skip


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PLACE)


def busy(day: date, starts: int, ends: int, *, room: UUID | None = ONE, staff: UUID | None = None, person: UUID = EVE) -> Busy:
    return Busy(starts_at=clock(day, starts), ends_at=clock(day, ends), room_id=room, staff_user_id=staff, person_id=person)


@pytest.mark.parametrize(
    ("taken", "hour", "room"),
    [
        ([], 9, ONE),
        ([busy(MONDAY, 9, 10)], 9, TWO),
        ([busy(MONDAY, 9, 10), busy(MONDAY, 9, 11, room=TWO)], 10, ONE),
        ([busy(MONDAY, 9, 10, room=None, person=DAN)], 10, ONE),
        ([busy(MONDAY, 9, 11, room=None, staff=THEO)], 11, ONE),
        ([busy(MONDAY, 9, 17, room=None, staff=EVE)], 9, ONE),
        ([busy(MONDAY - DAY, 9, 17), busy(MONDAY + DAY, 9, 17)], 9, ONE),
    ],
)
def test_the_first_free_hour(taken: list[Busy], hour: int, room: UUID) -> None:
    found = first_free(WANTED, [MONDAY], taken, ZONE)
    assert found is not None
    assert (found.starts_at, found.room_id, found.ends_at - found.starts_at) == (clock(MONDAY, hour), room, timedelta(minutes=160))


def test_a_full_day_gives_the_next_and_a_full_week_none() -> None:
    full = [busy(MONDAY, 9, 17), busy(MONDAY, 9, 17, room=TWO)]
    found = first_free(WANTED, [MONDAY, MONDAY + DAY], full, ZONE)
    assert found is not None and found.starts_at == clock(MONDAY + DAY, 9)
    assert first_free(WANTED, [MONDAY], full, ZONE) is None
    assert first_free(WANTED, [], [], ZONE) is None


def test_a_visit_stays_between_its_bounds() -> None:
    later = replace(WANTED, opens_at=clock(MONDAY, 10, 10))
    found = first_free(later, [MONDAY], [], ZONE)
    assert found is not None and found.starts_at == clock(MONDAY, 10, 30)
    assert first_free(replace(WANTED, closes_at=clock(MONDAY, 8)), [MONDAY], [], ZONE) is None
    talk = first_free(replace(WANTED, rooms=(), staff_user_id=None), [MONDAY], [busy(MONDAY, 9, 10)], ZONE)
    assert talk is not None and talk.room_id is None


def visit(kind: VisitKind, number: int, starts_at: datetime) -> Placed:
    return Placed(kind=kind, number=number, starts_at=starts_at, ends_at=starts_at + HOUR, room_id=None, staff_user_id=None)


def judged(*visits: Placed) -> Verdict:
    return may_place(visits, PATTERN, hard_under=20 * HOUR, before_min=30, infusion_min=40, zone=ZONE)


FIRST, SECOND = visit("infusion", 1, clock(MONDAY, 9)), visit("infusion", 2, clock(MONDAY + 3 * DAY, 9))


# req: S36
# hazard: H6
@pytest.mark.parametrize(
    ("visits", "open_items", "lifted_by"),
    [
        ([FIRST, SECOND], [], ""),
        ([FIRST], [], ""),
        ([FIRST, FIRST], ["visits.once", "visits.infusion.1", "visits.length"], "nobody"),
        ([FIRST, visit("infusion", 2, clock(MONDAY + 5 * DAY, 9))], ["visits.infusion.2", "visits.length"], ""),
        ([FIRST, visit("infusion", 2, clock(MONDAY + DAY, 9))], ["visits.infusion.2", "visits.length"], ""),
        ([FIRST, visit("infusion", 3, clock(MONDAY + 6 * DAY, 9))], ["visits.length"], ""),
        ([FIRST, visit("infusion", 2, clock(MONDAY + DAY, 5))], ["visits.infusion.2", "visits.length"], "nobody"),
        ([visit("infusion", 1, clock(MONDAY + DAY, 9)), visit("infusion", 2, clock(MONDAY, 9))], ["visits.infusion.2", "visits.length"], "nobody"),
        ([visit("preparation", 1, clock(MONDAY - DAY, 9)), FIRST], [], ""),
        ([visit("preparation", 1, clock(MONDAY, 8)), FIRST], ["visits.preparation"], ""),
        ([visit("preparation", 1, clock(MONDAY, 8))], ["visits.preparation"], ""),
        ([FIRST, visit("integration", 1, clock(MONDAY + DAY, 10, 10))], [], ""),
        ([FIRST, visit("integration", 1, clock(MONDAY + DAY, 10))], ["visits.integration.1"], ""),
        ([FIRST, visit("integration", 1, clock(MONDAY + 3 * DAY, 10, 11))], ["visits.integration.1"], ""),
        ([FIRST, visit("integration", 2, clock(MONDAY + DAY, 12))], ["visits.integration.2"], ""),
        ([FIRST, visit("review", 2, clock(MONDAY + DAY, 12))], [], ""),
    ],
)
def test_what_a_calendar_deviates_in(visits: list[Placed], open_items: list[str], lifted_by: str) -> None:
    verdict = judged(*visits)
    assert [finding.item for finding in verdict.open] == open_items
    if open_items:
        assert verdict.open[0].lifted_by == lifted_by
    assert explained(verdict, "Dan travels.").met is all(finding.lifted_by != "nobody" for finding in verdict.open)
    assert explained(verdict, " ") == verdict


def test_the_reason_stands_in_the_finding() -> None:
    verdict = explained(judged(FIRST, visit("integration", 1, clock(MONDAY + DAY, 10))), "Dan works on Tuesdays.")
    assert "Because: Dan works on Tuesdays." in next(finding.sentence for finding in verdict if finding.item == "visits.integration.1")
    assert first_free(WANTED, [MONDAY], [], ZONE) is not None and clock(MONDAY, 9).astimezone(UTC).hour == 17
