"""One person's course at each point: due or not, scored or missing, judged or not, and whether a response lasted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.content.shelf import newest
from afterglow.pathway.registry.rules.definition import definition_from
from afterglow.pathway.registry.rules.outcome import Judge, Seen, Starter
from afterglow.science.scoring.instrument import instrument_from

FIRST = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
(FILE,) = (file for file in newest("registry") if file.id == "outcomes")
DEFINITION = definition_from(FILE.content)
POINTS = {point.id: point for point in DEFINITION.points}
PHQ9 = instrument_from(next(file.content for file in newest("instruments") if file.id == DEFINITION.instrument)).change
SIX = (0, 3, 7, 10, 14, 17)


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def person(scores: dict[float, int], *, doses: tuple[float, ...] = SIX, planned: int = 6, is_open: bool = True, complete: bool = False) -> Starter:
    times = sorted(scores)
    return Starter(tuple(map(day, doses)), planned, is_open, complete, tuple(map(day, times)), tuple(scores[time] for time in times))


def judge(at_day: float) -> Judge:
    assert PHQ9 is not None
    return Judge(DEFINITION, PHQ9, day(at_day))


def at(point: str, starter: Starter, at_day: float = 500) -> str:
    return judge(at_day).seen(starter, POINTS[point]).outcome


# req: S113 S110
@pytest.mark.parametrize("vignette", FILE.content["vignettes"], ids=lambda vignette: vignette["says"])
def test_the_definitions_do_what_their_vignettes_say(vignette: dict[str, Any]) -> None:
    scores = {row["day"]: row["total"] for row in vignette["scores"]}
    starter, asked = person(scores, doses=tuple(vignette["doses_days"]), planned=vignette["planned"]), judge(vignette["at_day"])
    got: dict[str, object] = {point.id: asked.seen(starter, point).outcome for point in DEFINITION.points}
    got |= {"finished": starter.finished, "lasting": asked.lasting(starter)}
    assert {name: got[name] for name in vignette["gives"]} == vignette["gives"]
    stood = asked.stood(starter)
    assert (stood.finished, stood.over, stood.lasting) == (starter.finished, asked.is_over(starter), asked.lasting(starter))
    assert stood.points == tuple((seen.outcome, seen.lower) for seen in (asked.seen(starter, point) for point in DEFINITION.points))


def test_a_point_that_is_not_there_cannot_last() -> None:
    with pytest.raises(KeyError):
        definition_from({**FILE.content, "lasting": {"from": "end_of_course", "to": "never"}})


@pytest.mark.parametrize(("total", "outcome"), [(20, "no response"), (11, "no response"), (10, "response"), (5, "response"), (4, "remission")])
def test_half_of_the_baseline_is_a_response_and_below_five_a_remission(total: int, outcome: str) -> None:
    assert at("end_of_course", person({-1: 20, 24: total})) == outcome


def test_lower_at_all_is_one_point_and_no_response() -> None:
    assert judge(60).seen(person({-1: 20, 24: 19}), POINTS["end_of_course"]) == Seen("no response", True, day(24))
    assert not judge(60).seen(person({-1: 20, 24: 20}), POINTS["end_of_course"]).lower
    assert judge(60).seen(person({-1: 8, 24: 4}), POINTS["end_of_course"]) == Seen("not judged", True, day(24))


# req: S59
def test_the_score_nearest_to_the_aim_counts() -> None:
    assert at("end_of_course", person({-1: 20, 18.5: 20, 25: 9, 36: 20})) == "response"
    assert at("one_month", person({-1: 20, 38: 20, 44: 3, 57: 20})) == "remission"
    assert at("one_month", person({-1: 20, 44: 10})) == "response"


@pytest.mark.parametrize(("days", "scored"), [(17.9, False), (18, True), (37, True), (37.1, False)])
def test_a_score_outside_the_days_of_a_point_does_not_count(days: float, scored: bool) -> None:
    assert (at("end_of_course", person({-1: 20, days: 4})) == "remission") is scored


@pytest.mark.parametrize(("at_day", "outcome"), [(36.9, "not due"), (37, "remission")])
def test_nobody_is_counted_before_the_time_is_over(at_day: float, outcome: str) -> None:
    assert at("end_of_course", person({-1: 20, 24: 4}), at_day) == outcome


# req: S110
# hazard: H36
def test_before_the_second_infusion_ends_with_it_or_after_two_weeks() -> None:
    assert at("before_second", person({-1: 20, 2: 9, 4: 2}), 3) == "response"
    assert at("before_second", person({-1: 20, 2: 9}), 2.9) == "not due"
    alone = person({-1: 20, 2: 9, 13: 20}, doses=(0,))
    assert at("before_second", alone, 13.9) == "not due"
    assert at("before_second", alone, 14) == "no response"


def test_without_a_baseline_nobody_is_judged_and_without_a_score_nobody_is_known() -> None:
    assert at("end_of_course", person({24: 4})) == "not judged"
    assert at("end_of_course", person({-14.1: 20, 24: 4})) == "not judged"
    assert at("end_of_course", person({-14: 20, 24: 4})) == "remission"
    assert at("end_of_course", person({})) == "missing"
    assert person({0: 20, 24: 4}).baseline is None, "a score at the very start of the dose is not before it"


# req: S113
@pytest.mark.parametrize(
    ("starter", "over"),
    [
        (person({}), True),
        (person({}, doses=SIX[:5]), False),
        (person({}, doses=SIX[:5], complete=True), True),
        (person({}, doses=SIX[:5], is_open=False), True),
        (person({}, doses=SIX[:5], planned=5), True),
    ],
)
def test_a_course_is_over_by_its_last_infusion_a_review_or_the_end_of_its_plan(starter: Starter, over: bool) -> None:
    assert judge(20).is_over(starter) is over


def test_a_course_without_an_infusion_for_four_weeks_is_over_and_not_finished() -> None:
    starter = person({}, doses=SIX[:2])
    assert not judge(30.9).is_over(starter)
    assert judge(31).is_over(starter)
    assert not starter.finished
    assert at("end_of_course", starter, 31) == "missing"


# req: S113
# hazard: H36
@pytest.mark.parametrize(
    ("scores", "lasting"),
    [
        ({-1: 20, 24: 9, 45: 9, 101: 9}, "yes"),
        ({-1: 20, 24: 9, 101: 9}, "yes"),
        ({-1: 20, 24: 9, 45: 11, 101: 9}, "no"),
        ({-1: 20, 24: 11, 101: 9}, "no"),
        ({-1: 20, 24: 9, 101: 11}, "no"),
        ({-1: 20, 24: 9, 60: 11}, "no"),
        ({-1: 20, 24: 9, 45: 9}, "missing"),
        ({-1: 20, 101: 9}, "missing"),
        ({-1: 20, 60: 11, 101: 9}, "no"),
        ({-1: 20}, "missing"),
        ({24: 9, 101: 9}, "not judged"),
        ({-1: 9, 24: 1, 101: 1}, "not judged"),
        ({-1: 20, 24: 9, 101: 9, 125: 20}, "yes"),
        ({45: 4}, "missing"),
    ],
)
def test_lasting_is_a_response_at_both_ends_and_at_every_score_between(scores: dict[float, int], lasting: str) -> None:
    assert judge(200).lasting(person(scores)) == lasting


def test_lasting_waits_for_three_months() -> None:
    assert judge(120.9).lasting(person({-1: 20, 24: 20})) == "not due"
    assert judge(121).lasting(person({-1: 20, 24: 20})) == "no"


def test_a_score_after_the_moment_changes_nothing_that_was_due() -> None:
    known, later = person({-1: 20, 24: 9, 101: 9}), person({-1: 20, 24: 9, 101: 9, 300: 27})
    for point in DEFINITION.points[:4]:
        assert judge(130).seen(known, point) == judge(130).seen(later, point)
    assert replace(DEFINITION, least=1).least == 1


# req: N44
@pytest.mark.parametrize(
    ("scores", "apart", "outcome", "lasting"),
    [
        ({-1: 20}, (24,), "apart", "missing"),
        ({-1: 20}, (24, 45, 101), "apart", "apart"),
        ({-1: 20, 24: 4}, (25,), "remission", "missing"),  # a score that counts is there: the other one changes nothing
        ({-1: 20}, (2, 200), "missing", "missing"),  # not in its time
        ({-1: 20, 24: 4}, (101,), "remission", "apart"),
        ({-1: 20, 101: 4}, (24,), "apart", "apart"),
        ({24: 4}, (-1,), "not judged", "not judged"),  # a baseline in other words is none
    ],
)
def test_a_score_in_other_words_is_never_compared(scores: dict[float, int], apart: tuple[float, ...], outcome: str, lasting: str) -> None:
    starter = replace(person(scores), apart=tuple(map(day, apart)))
    assert at("end_of_course", starter) == outcome
    assert judge(500).lasting(starter) == lasting
