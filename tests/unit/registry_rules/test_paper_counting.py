"""A paper's table of invented people: each denominator, what is not known, and what is not shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.registry.rules.paper import Series, Subject, paper_from
from afterglow.pathway.registry.rules.paper_counting import Line, facts, in_text, kept_words, lines
from afterglow.science.outcomes.survival import Followed, kept_at

FIRST = datetime(2027, 1, 4, 17, tzinfo=UTC)
CONTENT = next(file.content for file in load_kind(LIBRARY_ROOT, "registry") if file.id == "mcinnes2022")
PAPER = paper_from(CONTENT)
FOUR, TWO = (0, 3, 7, 10), (0, 3)


def people(number: int, scores: dict[float, int], *, thoughts: dict[float, int] | None = None, doses: tuple[float, ...] = FOUR) -> list[Subject]:
    def series(rows: dict[float, int]) -> Series:
        return Series(tuple(FIRST + timedelta(days=day) for day in rows), tuple(rows.values()))

    doses_at = tuple(FIRST + timedelta(days=day) for day in doses)
    held = {"phq9": series(scores), "phq9.q9": series(thoughts or {})}
    return [Subject(doses_at=doses_at, over=True, finished=len(doses) == 4, series=held)] * number


def table(subjects: list[Subject]) -> dict[str, Line]:
    return {line.id: line for line in lines(CONTENT, PAPER, subjects, FIRST + timedelta(days=200))}


def shown(line: Line) -> dict[str, tuple[int, int] | str]:
    return {row.group: row.why_not or (row.proportion.count, row.proportion.out_of) if row.proportion else "" for row in line.rows}


# req: S113
# hazard: H36
def test_a_benefit_stands_for_everyone_and_a_harm_for_those_with_scores() -> None:
    found = table(
        [
            *people(30, {-1: 20, 24: 8}),
            *people(20, {-1: 20, 24: 22}),
            *people(25, {-1: 20}),  # never answered again
            *people(21, {24: 3}),  # no baseline
            *people(22, {-1: 8, 24: 9}),  # too low to be judged, and worse
            *people(24, {-1: 20}, doses=TWO),
        ]
    )
    assert shown(found["response"]) == {"started": (30, 142), "finished": (30, 118), "induction": (30, 118), "scored": (30, 50)}
    assert shown(found["worse"]) == {"started": (42, 72), "finished": (42, 72), "induction": (42, 72), "scored": (42, 72)}
    started = found["response"].rows[0]
    assert (started.due, started.no_score, started.no_baseline, started.not_judged) == (142, 49, 21, 22)
    assert started.words.startswith("30 of 142 (21%, 95% interval 15 to")
    assert started.unknown_words == "49 without a score, 21 without a baseline, 22 not judged"
    assert found["response"].rows[0].at_most_words == ""
    assert found["worse"].rows[0].at_most_words == "at most 112 of 142, if all without the scores had it"
    assert found["worse"].rows[3].at_most_words == ""


# hazard: H36
def test_with_every_score_there_is_no_more_than_is_counted() -> None:
    assert table(people(40, {-1: 20, 24: 8}))["worse"].rows[0].at_most_words == ""


# hazard: H36
def test_who_was_never_asked_is_beside_the_count_of_those_with_such_thoughts() -> None:
    scores: dict[float, int] = {-1: 20, 24: 8}
    found = table([*people(30, scores, thoughts={-1: 2, 24: 1}), *people(25, scores, thoughts={-1: 0, 24: 0}), *people(26, scores)])
    assert shown(found["suicidality_less"])["started"] == (30, 30)
    assert shown(found["suicidality_worse"])["started"] == (0, 55)
    assert found["suicidality_less"].rows[0].unknown_words == "beside them 26 of whom nobody knows whether it is about them"


# req: N40
# hazard: H36
def test_few_people_and_a_group_that_gives_few_away_are_hidden_everywhere() -> None:
    found = table([*people(19, {-1: 20, 24: 8})])
    assert set(shown(found["response"]).values()) == {"not shown: fewer than 20 people"}
    assert found["response"].rows[0].unknown_words == ""
    leaves = table([*people(30, {-1: 20, 24: 8}), *people(3, {-1: 20}, doses=TWO)])
    rows = shown(leaves["response"])
    assert rows["started"] == (30, 33) and "fewer than 20 of everyone who started, who could be worked out" in str(rows["induction"])
    said = json.dumps(facts(leaves["response"]))
    assert '"numerator": 30, "denominator": 33' in said and '"denominator": 30' not in said


# req: S113
def test_a_kept_response_has_its_curve_and_stands_only_while_enough_are_followed() -> None:
    found = table([*people(30, {-1: 20, 24: 8, 60: 8, 90: 8}), *people(10, {-1: 20, 24: 8, 45: 15}), *people(20, {-1: 20, 24: 8})])
    row = found["kept_28"].rows[0]
    assert row.kept is not None and (row.kept.people, row.kept.lost, row.kept.gone, row.kept.watched) == (60, 10, 20, 30)
    assert (
        row.words == ("75% (95% interval 59 to 86%); of 60 who responded 10 lost it, 20 were no longer asked, 30 are followed for 28 days")
        and len(found["kept_28"].rows) == 3
    )
    few = table([*people(15, {-1: 20, 24: 8, 60: 8, 90: 8}), *people(20, {-1: 20, 24: 8})])
    assert few["kept_56"].rows[0].words == "not shown: fewer than 20 people are followed for 56 days"


def test_a_curve_without_interval_or_end_says_so() -> None:
    assert kept_words(kept_at([Followed(40, False)] * 30, 28)).startswith("100% (no interval: all or none lost it)")
    assert kept_words(kept_at([Followed(4, False)] * 30, 28)) == "not known: nobody is followed for 28 days"


# req: S113 S114
def test_both_ways_to_print_it_carry_numbers_intervals_and_that_nothing_is_compared() -> None:
    found = table([*people(30, {-1: 20, 24: 8, 60: 8, 90: 8}), *people(30, {-1: 20, 24: 8, 40: 15})])
    said = in_text(tuple(found.values()), title="A table", not_carried=CONTENT["not_carried"])
    assert "do not say what ketamine did" in said and "53.6% (no interval is kept here; 537 of 9016) (V)" in said
    assert "everyone who started: 60 of 60 (100%, 95% interval 94 to 100%)" in said and "Not known here of the paper:" in said
    response: dict[str, Any] = facts(found["response"])["here"][0]
    assert (response["numerator"], response["denominator"], response["share"], response["no_score"]) == (60, 60, 1.0, 0)
    kept = facts(found["kept_28"])["here"][0]
    assert (kept["due"], kept["lost"], kept["followed"], kept["share"]) == (60, 30, 30, 0.5)
    assert "at_most" in facts(found["worse"])["here"][0] and json.loads(json.dumps(facts(found["worse"])))


def test_a_published_interval_is_told() -> None:
    content = next(file.content for file in load_kind(LIBRARY_ROOT, "registry") if file.id == "alnefeesi2022")
    assert lines(content, paper_from(content), [], FIRST)[0].published == "45% (95% interval 35 to 55%; 2665 in 79 studies)"
