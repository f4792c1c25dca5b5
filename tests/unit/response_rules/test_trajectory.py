"""A course as facts for a picture: nothing bridged, nothing ahead, every overlap said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from afterglow.pathway.response.rules import reviews
from afterglow.pathway.response.rules.saw import facts, saw
from afterglow.pathway.response.rules.trajectory import (
    DoseTick,
    Mark,
    Missed,
    ScaleLine,
    Trajectory,
    looks_back_over,
    pieces,
    points_of,
    rule_lines,
)
from afterglow.science.outcomes.course import ScoreAt, standing
from afterglow.science.scoring.instrument import ChangeRules

AT = datetime.fromisoformat("2026-11-23T18:00:00+00:00")
RULES = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)
REVIEWS: list[dict[str, Any]] = [
    {"after": 3, "decides": ["continue", "change", "stop", "refer"]},
    {"after": 6, "decides": ["aftercare", "extend", "stop", "refer"]},
]
SESSION = UUID(int=7)


def days(number: float) -> datetime:
    return AT + timedelta(days=number)


def score(day: float, total: int | None, complete: bool = True) -> ScoreAt:
    return ScoreAt(taken_at=days(day), total=total, complete=complete)


DOSES = tuple(DoseTick(number=n, started_at=days(day), given_ug=35_000, session_id=SESSION) for n, day in ((1, -10), (2, -7), (3, -3)))


def line(scores: list[ScoreAt], missed: tuple[Missed, ...] = ()) -> ScaleLine:
    stands = standing(RULES, scores, first_dose_at=DOSES[0].started_at, at=AT)
    return ScaleLine(
        id="phq9", title="PHQ-9", lowest=0, highest=27, points=points_of(scores, DOSES, 14), missed=missed, lines=rule_lines(RULES, stands),
        standing=stands,
    )  # fmt: skip


def course(**changes: Any) -> Trajectory:
    all_points = reviews.points(REVIEWS, 6)
    told: dict[str, Any] = {
        "person_id": UUID(int=1),
        "plan_id": UUID(int=2),
        "at": AT,
        "zone": "America/Los_Angeles",
        "planned": 6,
        "given": 3,
        "doses": DOSES,
        "scales": (line([score(-11, 21), score(-2, 9)]),),
        "today": None,
        "marks": (),
        "due": all_points[0],
        "due_from": days(-2),
        "upcoming": all_points[1],
    }
    return Trajectory(**(told | changes))


@pytest.mark.parametrize(
    ("day", "window", "numbers"),
    [(-2, 14, (1, 2, 3)), (-8, 14, (1,)), (-11, 14, ()), (5, 14, (2, 3)), (-2, None, ())],
)
def test_answers_say_which_doses_they_look_back_over(day: float, window: int | None, numbers: tuple[int, ...]) -> None:
    assert looks_back_over(days(day), DOSES, window) == numbers


def test_points_come_in_order_of_time_with_what_is_known_about_each() -> None:
    found = points_of([score(-2, None), score(-11, 21, complete=False), score(-9, 18)], DOSES, 14)
    assert [point.total for point in found] == [21, 18, None]
    assert [point.note for point in found] == [
        "some questions open",
        "window overlaps dose 1",
        "could not be scored; window overlaps dose 1, 2 and 3",
    ]


def test_the_rules_are_lines_with_names_and_need_a_baseline_that_means_something() -> None:
    stands = standing(RULES, [score(-11, 21), score(-2, 9)], first_dose_at=DOSES[0].started_at, at=AT)
    assert [(each.value, each.name) for each in rule_lines(RULES, stands)] == [(10.5, "response: 10 or less"), (5, "remission: below 5")]
    low = standing(RULES, [score(-11, 8), score(-2, 3)], first_dose_at=DOSES[0].started_at, at=AT)
    assert [each.name for each in rule_lines(RULES, low)] == ["remission: below 5"]
    assert [each.name for each in rule_lines(RULES, None)] == ["remission: below 5"]
    assert rule_lines(None, stands) == ()


def test_a_missing_answer_breaks_the_line_and_is_never_bridged() -> None:
    found = points_of([score(-11, 21), score(-8, 18), score(-5, None), score(-4, 12), score(-1, 9)], (), None)
    missed = [Missed(due_at=days(-2), title="Weekly", why="")]
    assert [[point.total for point in piece] for piece in pieces(found, missed)] == [[21, 18], [12], [9]]
    assert pieces([], missed) == []


def test_the_sentence_says_where_somebody_stands_and_what_has_to_be_decided() -> None:
    said = course().sentence
    assert said.startswith("PHQ-9: response: 21 before the first dose, 9 now (2 days old).")
    assert "3 of 6 infusions are given." in said
    assert said.endswith(
        "The review after infusion 3 has to decide: go on as planned, go on with a changed plan, stop the course, or stop here and refer elsewhere."
    )


def test_without_a_review_due_it_names_the_next_and_without_a_plan_nothing() -> None:
    assert course(due=None).sentence.endswith("The next review is after infusion 6.")
    assert "review" not in course(due=None, given=0).sentence
    empty = course(due=None, upcoming=None, scales=(), planned=0, given=0, doses=(), plan_id=None)
    assert empty.sentence == "" and empty.state == "no_score" and empty.first_dose_at is None and empty.leading is None


def test_one_decision_needs_no_or() -> None:
    only = replace(reviews.points(REVIEWS, 6)[0], decides=("stop",))
    assert course(due=only).sentence.endswith("has to decide: stop the course.")


def test_a_scale_without_rules_has_no_standing() -> None:
    bare = replace(line([score(-2, 9)]), standing=None)
    assert course(scales=(bare,)).state == "no_score" and "PHQ-9" not in course(scales=(bare,)).sentence
    assert replace(bare, points=(), missed=()).is_empty and not bare.is_empty


def test_state_is_that_of_the_leading_scale() -> None:
    assert course().state == "response" and course().first_dose_at == DOSES[0].started_at


# req: N7
def test_what_was_seen_holds_every_score_and_dose_and_the_standing_read_from_them() -> None:
    seen = course(
        marks=(Mark(kind="medicine", at=days(-1), text="sertraline stopped"),),
        today=replace(line([score(-1, 4)], (Missed(due_at=days(-3), title="The day after", why="not sent"),)), id="today", standing=None),
    )
    kept = saw(seen, ["Question 9 was answered."])
    assert [point["total"] for point in kept["scales"][0]["points"]] == [21, 9]
    assert kept["scales"][0]["points"][1]["overlaps"] == [1, 2, 3]
    assert kept["today"]["missed"] == [{"due_at": days(-3).isoformat(), "title": "The day after", "why": "not sent"}]
    assert [dose["given_ug"] for dose in kept["doses"]] == [35_000] * 3
    assert kept["standings"]["phq9"]["baseline"] == 21 and kept["standings"]["phq9"]["state"] == "response"
    assert kept["flags"] == ["Question 9 was answered."] and kept["due"] == 3 and kept["marks"][0]["text"] == "sertraline stopped"


def test_what_was_seen_without_any_baseline_or_score_says_so() -> None:
    kept = saw(course(scales=(line([]),), due=None), [])
    assert kept["standings"]["phq9"]["baseline"] is None and kept["standings"]["phq9"]["latest"] is None and kept["due"] is None


def test_waiting_changes_no_fact_and_a_new_score_does() -> None:
    later = replace(course(), at=days(1))
    assert facts(later, []) == facts(course(), [])
    assert facts(course(scales=(line([score(-11, 21), score(-2, 9), score(-1, 8)]),)), []) != facts(course(), [])
    assert facts(course(), ["a flag"]) != facts(course(), [])


# req: N44
def test_a_point_says_in_which_words_it_was_answered() -> None:
    spanish = replace(score(-1, 9), wording="in Spanish, a translation not known to be validated")
    own, other = points_of([score(-5, 12), spanish], DOSES, None)
    assert (own.note, other.note) == ("", "in Spanish, a translation not known to be validated")


# req: N44
@pytest.mark.parametrize(("before", "after", "mixed"), [("", "", False), ("in Spanish", "in Spanish", False), ("", "in Spanish", True)])
def test_a_change_between_two_wordings_is_called_that(before: str, after: str, mixed: bool) -> None:
    scores = [replace(score(-12, 20), wording=before), replace(score(-1, 9), wording=after)]
    assert standing(RULES, scores, first_dose_at=days(-10), at=AT).mixed_wording is mixed
    assert not standing(RULES, scores[:1], first_dose_at=days(-10), at=AT).mixed_wording
