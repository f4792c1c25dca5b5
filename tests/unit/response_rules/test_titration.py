"""Dose and effect side by side: what changed, why, and the scores around each dose; the review behind each version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from afterglow.pathway.response.rules.titration import NO_REASON, OrderedDose, dose_lines, reviews_behind
from afterglow.pathway.response.rules.trajectory import Point

AT = datetime.fromisoformat("2026-11-23T18:00:00+00:00")


def on(day: float) -> datetime:
    return AT + timedelta(days=day)


def dose(number: int, day: float, **told: object) -> OrderedDose:
    first: dict[str, object] = {
        "number": number, "started_at": on(day), "version": 1, "ordered_ug": 35_000, "given_ug": 35_000, "per_kg_ug": 500, "weight_g": 70_000, "over_min": 40,
    }  # fmt: skip
    return OrderedDose(**(first | told))  # type: ignore[arg-type]


def point(day: float, total: int | None) -> Point:
    return Point(taken_at=on(day), total=total, complete=total is not None)


# req: S43
def test_each_dose_stands_between_the_scores_around_it() -> None:
    points = [point(-2, 21), point(-1, None), point(1, 18), point(2, 15), point(4, 12)]
    first, second, third = dose_lines([dose(1, 0), dose(2, 3), dose(3, 6)], points, {})
    assert [first.before and first.before.total, first.after and first.after.total] == [21, 15]
    assert [second.before and second.before.total, second.after and second.after.total] == [15, 12]
    assert (third.before and third.before.total, third.after) == (12, None)
    assert dose_lines([], points, {}) == () and dose_lines([dose(1, 0)], [point(1, None)], {})[0].after is None
    assert dose_lines([dose(1, 0)], [point(0, 20)], {})[0].before == point(0, 20), "asked at the very moment: before"


# req: S43
def test_a_change_says_what_it_was_and_every_reason() -> None:
    more = dose(2, 3, version=2, ordered_ug=42_600, per_kg_ug=600, weight_g=71_000, reason="Above the usual band: no effect so far.")
    same, changed = dose_lines([dose(1, 0), more], [], {2: ("Little effect after three.",)})
    assert (same.change, same.why) == ("", ())
    assert changed.change == "was 35 mg over 40 min"
    assert changed.why == ("Above the usual band: no effect so far.", "Little effect after three.", "The weight was 70 kg and is 71 kg.")
    assert (changed.ordered, changed.per_kg, changed.given) == ("42.6 mg over 40 min", "0.6 mg/kg", "35 mg")


@pytest.mark.parametrize(
    "now, change, why",
    [
        (dose(2, 3), "", ()),
        (dose(2, 3, reason="Heavier than most."), "", ("Heavier than most.",)),
        (dose(2, 3, over_min=60), "was 35 mg over 40 min", (NO_REASON,)),
        (dose(2, 3, ordered_ug=30_000), "was 35 mg over 40 min", (NO_REASON,)),
        (dose(2, 3, version=2, ordered_ug=30_000), "was 35 mg over 40 min", (NO_REASON,)),
        (dose(2, 3, version=3, ordered_ug=30_000), "was 35 mg over 40 min", ("Too strong.",)),
    ],
)
def test_a_reason_is_never_made_up(now: OrderedDose, change: str, why: tuple[str, ...]) -> None:
    line = dose_lines([dose(1, 0), now], [], {1: ("Not for this one.",), 3: ("Too strong.",)})[1]
    assert (line.change, line.why) == (change, why)


def test_what_went_in_is_said_to_be_unknown() -> None:
    assert dose_lines([dose(1, 0, given_ug=None)], [], {})[0].given == "not on record"


@dataclass(frozen=True)
class Made:
    made_at: datetime


@dataclass(frozen=True)
class Review:
    signed_at: datetime


# req: S44
def test_a_version_follows_the_last_review_before_it_and_after_the_version_before() -> None:
    first, second, third, fourth = Made(on(0)), Made(on(10)), Made(on(11)), Made(on(20))
    early, late, then = Review(on(5)), Review(on(9)), Review(on(20))
    behind = reviews_behind([first, second, third, fourth], [early, late, then])
    assert behind == ((second, late), (third, None), (fourth, then))
    assert reviews_behind([first], [early]) == () and reviews_behind([first, second], []) == ((second, None),)
    assert reviews_behind([Made(on(5)), second], [early]) == ((second, None),), (
        "signed at the very moment the version before was made: behind that one"
    )
