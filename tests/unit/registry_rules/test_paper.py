"""Where one person stands by a paper's definitions: what is not known is told apart, and nothing of it counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from afterglow.pathway.registry.rules.paper import Induction, Measure, Series, Subject, Window, followed, like_the_paper, outcome
from afterglow.science.outcomes.survival import Followed

FIRST = datetime(2027, 1, 4, 17, tzinfo=UTC)
SIX = (0, 3, 7, 10, 14, 17)


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def window(
    anchor: Any = "last_dose", *, dose_no: int = 0, opens: float = 14, aim: float = 14, closes: float = 31, until_next: bool = False
) -> Window:
    days = (timedelta(days=opens), timedelta(days=aim), timedelta(days=closes))
    return Window(anchor=anchor, dose_no=dose_no, opens=days[0], aim=days[1], closes=days[2], until_next_dose=until_next)


def measure(what: Any = "fell", limit: str = "0.5", *, within: Window | None = None, floor: int = 10, present: bool = False) -> Measure:
    return Measure(
        id="one",
        series="phq9",
        window=within or window(),
        what=what,
        limit=Fraction(limit),
        floor=floor,
        of_present=present,
        responders_by="",
        harm=False,
    )


def person(scores: dict[float, int], *, doses: tuple[float, ...] = SIX, over: bool = True, apart: tuple[float, ...] = ()) -> Subject:
    series = Series(tuple(map(day, scores)), tuple(scores.values()), tuple(map(day, apart)))
    return Subject(doses_at=tuple(map(day, doses)), over=over, finished=over, series={"phq9": series})


# req: S113
# hazard: H36
@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({-1: 20, 31: 10}, "yes"),
        ({-1: 20, 31: 11}, "no"),
        ({-1: 21, 31: 10}, "yes"),
        ({-1: 20, 30.9: 2}, "missing"),  # a moment before the window
        ({-1: 20, 48: 2}, "yes"),
        ({-1: 20, 48.1: 2}, "missing"),
        ({-1: 20, 31: 12, 40: 2}, "no"),  # the nearest to the aim
        ({-15: 20, 31: 2}, "no baseline"),
        ({0: 20, 31: 2}, "no baseline"),  # at the first infusion is not before it
        ({-1: 9, 31: 2}, "not judged"),
        ({}, "missing"),
    ],
)
def test_response_in_its_window(scores: dict[float, int], expected: str) -> None:
    assert outcome(measure(), person(scores), day(200)) == expected


def test_nobody_is_due_before_the_window_or_the_course_is_over() -> None:
    scores = {-1.0: 20, 31.0: 2}
    assert outcome(measure(), person(scores), day(47.9)) == "not due"
    assert outcome(measure(), person(scores), day(48)) == "yes"
    assert outcome(measure(), person(scores, over=False), day(200)) == "not due"


# req: N44
def test_a_score_in_an_unvalidated_translation_alone_is_apart() -> None:
    assert outcome(measure(), person({-1: 20}, apart=(31,)), day(200)) == "apart"
    assert outcome(measure(), person({-1: 20}, apart=(60,)), day(200)) == "missing"
    assert outcome(measure(within=window("dose", dose_no=7)), person({-1: 20}, apart=(31,)), day(200)) == "missing"


@pytest.mark.parametrize(
    ("what", "limit", "now", "expected"),
    [
        ("below", "5", 4, "yes"), ("below", "5", 5, "no"), ("rose", "6", 26, "yes"), ("rose", "6", 25, "no"), ("eased", "1", 19, "yes"),
        ("eased", "1", 20, "no"),
    ],
)  # fmt: skip
def test_each_way_of_moving_at_its_edge(what: str, limit: str, now: int, expected: str) -> None:
    assert outcome(measure(what, limit), person({-1: 20, 31: now}), day(200)) == expected


# hazard: H36
def test_whoever_was_not_asked_before_is_not_known_to_belong_and_a_nought_does_not() -> None:
    thoughts = measure("eased", "1", floor=0, present=True)
    assert outcome(thoughts, person({31: 0}), day(200)) == "unknown"
    assert outcome(thoughts, person({-1: 0, 31: 0}), day(200)) == "outside"
    assert outcome(thoughts, person({-1: 1, 31: 0}), day(200)) == "yes"
    assert outcome(thoughts, person({-1: 1}), day(200)) == "missing"


def test_what_is_present_before_needs_a_baseline_alone() -> None:
    before = Measure(id="one", series="phq9", window=None, what="present", limit=Fraction(1), floor=0, of_present=False, responders_by="", harm=False)
    assert [outcome(before, person(scores), day(0)) for scores in ({-1: 1}, {-1: 0}, {})] == ["yes", "no", "no baseline"]


def test_after_a_numbered_infusion_and_not_after_the_next() -> None:
    after_two = measure(within=window("dose", dose_no=2, opens=1, aim=7, closes=20, until_next=True))
    assert outcome(after_two, person({-1: 20, 5: 4}), day(200)) == "yes"
    assert outcome(after_two, person({-1: 20, 8: 4}), day(200)) == "missing"  # after the third
    assert outcome(after_two, person({-1: 20, 5: 4}, over=False), day(7)) == "yes"
    assert outcome(after_two, person({-1: 20, 5: 4}, over=False), day(6)) == "not due"
    seventh = measure(within=window("dose", dose_no=7))
    assert outcome(seventh, person({-1: 20, 31: 2}), day(18)) == "missing"  # the course ended without it
    assert outcome(seventh, person({-1: 20}, over=False), day(18)) == "not due"


@pytest.mark.parametrize(
    ("doses", "like"),
    [
        (SIX, True),
        ((0, 3, 7), False),
        ((0, 3, 7, 10, 14, 17, 20, 23, 26), False),
        ((0, 1, 2, 3), False),
        ((0, 9, 18, 29), False),
        ((0, 2, 5, 7), True),
    ],
)
def test_a_course_like_the_papers(doses: tuple[float, ...], like: bool) -> None:
    four_to_eight = Induction(doses_from=4, doses_to=8, days_from=7, days_to=28)
    assert like_the_paper(four_to_eight, person({}, doses=doses)) == like
    assert like_the_paper(Induction(doses_from=1, doses_to=None, days_from=None, days_to=None), person({}, doses=doses))


# req: S113
@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({-1: 20, 31: 8, 60: 9, 90: 11, 120: 2}, Followed(59, True)),
        ({-1: 20, 31: 8, 60: 9}, Followed(29, False)),
        ({-1: 20, 31: 8}, Followed(0, False)),
        ({-1: 20, 31: 12, 60: 2}, None),
        ({31: 2, 60: 2}, None),
    ],
)
def test_a_response_is_followed_to_its_loss_or_to_the_last_score(scores: dict[float, int], expected: Followed | None) -> None:
    assert followed(measure(), person(scores), day(200)) == expected


def test_without_a_window_there_is_no_response_to_keep() -> None:
    before = Measure(id="one", series="phq9", window=None, what="fell", limit=Fraction(1), floor=0, of_present=False, responders_by="", harm=False)
    assert followed(before, person({-1: 20}), day(200)) is None
    assert person({}).baseline("gad7") is None
