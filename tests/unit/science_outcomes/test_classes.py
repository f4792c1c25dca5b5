"""Classes of response over a series: each with its numbers, and none where a score is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.outcomes.classes import WORDS, ClassRules, Series, class_of, class_rules_from
from afterglow.science.outcomes.course import ScoreAt
from afterglow.science.scoring.instrument import ChangeRules

PHQ9 = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)
DAYS = ClassRules(early_within=timedelta(days=10), end_within=timedelta(days=14))
FIRST = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
(FILE,) = load_kind(LIBRARY_ROOT, "courses")


def on(day: float) -> datetime:
    return FIRST + timedelta(days=day)


def scores(*totals: tuple[float, int | None]) -> list[ScoreAt]:
    return [ScoreAt(taken_at=on(day), total=total) for day, total in totals]


def series(*days: float, over: bool = False) -> Series:
    return Series(doses=tuple(on(day) for day in days), over=over)


SIX = series(0, 3, 7, 10, 14, 17, over=True)


# req: S58
@pytest.mark.parametrize("vignette", FILE.content["vignettes"], ids=lambda each: each["says"])
def test_each_class_is_what_the_file_says(vignette: dict[str, object]) -> None:
    said = vignette
    found = class_of(
        PHQ9,
        class_rules_from(FILE.content),
        [ScoreAt(taken_at=on(row["day"]), total=row["total"]) for row in said["scores"]],  # type: ignore[attr-defined]
        Series(doses=tuple(on(day) for day in said["doses_days"]), over=bool(said["over"])),  # type: ignore[attr-defined]
        at=on(said["at_day"]),  # type: ignore[arg-type]
    )
    assert found.kind == said["gives"]


def test_the_file_defines_every_class_once_in_the_words_of_the_page() -> None:
    assert {row["id"]: row["term"] for row in FILE.content["definitions"]} == WORDS
    assert len(FILE.content["definitions"]) == len(WORDS)


# req: S58
@pytest.mark.parametrize(
    ("totals", "doses", "at_day", "says"),
    [
        ([(-1, 20)], series(), 1, "No dose was given yet."),
        ([(8, 9)], series(0), 9, "There is no score of the 14 days before the first dose."),
        ([(-15, 20), (8, 9)], series(0), 9, "There is no score of the 14 days before the first dose."),
        ([(-1, 9), (8, 2)], series(0), 9, "The score before the first dose, 9, is below 10: too low to judge a response."),
        ([(-1, 20)], series(0), 9, "There is no score since the first dose."),
        ([(-1, 20), (8, None)], series(0), 9, "There is no score since the first dose."),
        ([(-1, 20), (8, 9)], series(0), 7, "There is no score since the first dose."),
        ([(-1, 20), (32, 9)], SIX, 40, "There is no score since the first dose."),
        ([(-1, 20), (8, 9)], SIX, 40, "There is no score of the 14 days after the last dose."),
        ([(-1, 20), (8, 9)], series(0, 3), 23, "The latest score is 15 days old."),
        (
            [(-1, 20), (24, 6)],
            SIX,
            40,
            "It is a response (20 before the first dose, 6 on day 24 at the last score), but there is no score of the first 10 days: "
            "early and gradual cannot be told apart.",
        ),
    ],
)
def test_what_cannot_be_said_says_why(totals: list[tuple[float, int | None]], doses: Series, at_day: float, says: str) -> None:
    found = class_of(PHQ9, DAYS, scores(*totals), doses, at=on(at_day))
    assert (found.kind, found.words, found.sentence) == ("cannot_be_said", "cannot be said", says)


# req: S58
@pytest.mark.parametrize(
    ("totals", "kind", "says"),
    [
        (
            [(10, 10), (24, 6)],
            "early",
            "Within 10 days of the first dose: 20 before the first dose, response at 10 on day 10, 6 on day 24 at the last score.",
        ),
        (
            [(9, 12), (11, 10), (24, 9)],
            "gradual",
            "Later than 10 days after the first dose: 20 before the first dose, response at 10 on day 11, 9 on day 24",
        ),
        (
            [(9, 10), (24, 11)],
            "lost",
            "Response was there and is not at the last score: 20 before the first dose, response at 10 on day 9, 11 on day 24",
        ),
        ([(24, 15)], "partial", "No score met response: 20 before the first dose, 15 on day 24 at the last score."),
        ([(24, 16)], "none", "No score met response: 20 before the first dose, 16 on day 24 at the last score."),
        ([(24, 26)], "worse", "No score met response: 20 before the first dose, 26 on day 24 at the last score."),
    ],
)
def test_the_numbers_stand_beside_the_class(totals: list[tuple[float, int]], kind: str, says: str) -> None:
    found = class_of(PHQ9, DAYS, scores((-1, 20), *totals), SIX, at=on(40))
    assert (found.kind, found.words) == (kind, WORDS[kind])  # type: ignore[index]
    assert found.sentence.startswith(says)


def test_it_is_so_far_until_the_series_and_its_last_scores_are_over() -> None:
    told = scores((-1, 20), (8, 9), (18, 8))
    assert class_of(PHQ9, DAYS, told, series(0, 3, 7, 10, 14, 17), at=on(19)).words == "early response, so far"
    assert class_of(PHQ9, DAYS, told, SIX, at=on(30)).words == "early response, so far"
    assert class_of(PHQ9, DAYS, told, SIX, at=on(31)).words == "early response"


def test_a_score_of_the_time_after_the_series_does_not_change_its_class() -> None:
    told = scores((-1, 20), (8, 9), (24, 8), (60, 19))
    assert class_of(PHQ9, DAYS, told, SIX, at=on(80)).kind == "early"
