"""Mood on the day of the first infusion: nothing missing becomes better, higher stands beside lower, and nobody is due early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from afterglow.pathway.registry.rules.same_day import Day, FirstDay, Moved, judged, moved, rows, same_day_from
from tests.unit.registry_rules.test_outcome import FILE, FIRST

RULE = same_day_from(FILE.content)
ENDED = FIRST + timedelta(minutes=40)
LATE = ENDED + timedelta(hours=24)


def first_day(*later: tuple[float, int], before: int | None = 7, end: int | None = 3, is_ended: bool = True) -> FirstDay:
    """`later`: hours after the infusion ended, and the rating."""
    told = [(ENDED + timedelta(hours=hours), value) for hours, value in later]
    return FirstDay(finished=True, started_at=FIRST, ended_at=ENDED if is_ended else None, before=before, end=end, later=told)


# req: S111
# hazard: H36
@pytest.mark.parametrize(
    ("before", "after", "how"),
    [(7, 6, "lower"), (7, 7, "same"), (7, 8, "higher"), (7, 0, "lower"), (7, None, "missing"), (None, None, "missing"), (None, 3, "not judged"),
     (0, 0, "not judged"), (0, 4, "not judged")],
)  # fmt: skip
def test_only_a_number_on_both_sides_is_judged(before: int | None, after: int | None, how: Moved) -> None:
    assert moved(before, after) == how


# req: S111
@pytest.mark.parametrize(
    ("later", "how"),
    [
        ([], "missing"),
        ([(1.9, 0)], "missing"),  # too early
        ([(2, 0)], "lower"),
        ([(24, 0)], "lower"),
        ([(24.1, 0)], "missing"),
        ([(20, 9), (3, 2)], "lower"),  # the first of them, whatever comes later
    ],
)
def test_the_first_rating_of_2_to_24_hours_counts(later: list[tuple[float, int]], how: Moved) -> None:
    assert judged(RULE, first_day(*later), LATE).evening == how


# req: S111
def test_nobody_is_due_before_the_day_is_over() -> None:
    person = first_day((3, 2))
    assert judged(RULE, person, LATE - timedelta(seconds=1)) == Day(True, "not due", "not due")
    assert judged(RULE, person, LATE) == Day(True, "lower", "lower")


# req: S111
def test_without_an_end_on_record_nothing_can_be_placed() -> None:
    person = first_day((3, 2), is_ended=False)
    assert judged(RULE, person, FIRST + timedelta(hours=24)) == Day(True, "lower", "missing")
    assert judged(RULE, person, FIRST + timedelta(hours=23)).end == "not due"


# req: S111 N40
# hazard: H36
def test_the_denominator_is_everyone_who_is_due() -> None:
    stood = [Day(True, "lower", "missing")] * 15 + [Day(False, "higher", "lower")] * 5 + [Day(False, "not judged", "same")] * 4
    found = rows(RULE, [*stood, *[Day(False, "not due", "not due")] * 9])
    assert [(row.point, row.group, row.due, row.missing, row.not_judged) for row in found] == [
        ("end_of_visit", "started", 24, 0, 4),
        ("end_of_visit", "finished", 15, 0, 0),
        ("evening", "started", 24, 15, 0),
        ("evening", "finished", 15, 15, 0),
    ]
    assert [share.proportion.count for share in found[0].shares] == [15, 0, 5]
    assert found[0].shares[0].words == "15 of 24 (63%, 95% interval 43 to 79%)"
    assert (found[1].shown, found[1].why_not) == (False, "not shown: fewer than 20 people")
