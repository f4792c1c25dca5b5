"""Where a person stands: against the right baseline, on a score whose age is said, and never better known than it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from afterglow.science.outcomes.course import ScoreAt, baseline_of, ever_responded, standing
from afterglow.science.scoring.instrument import ChangeRules

FIRST = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
PHQ9 = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=6)
NO_RELIABLE = ChangeRules(response_fall=0.5, partial_fall=0.25, remission_below=5, baseline_at_least=10, mcid_points=5, reliable_points=None)


def score(day: float, total: int | None) -> ScoreAt:
    """A questionnaire so many days after the first dose."""
    return ScoreAt(taken_at=FIRST + timedelta(days=day), total=total)


def stands(*scores: ScoreAt, day: float, rules: ChangeRules = PHQ9) -> tuple[str, bool]:
    found = standing(rules, scores, first_dose_at=FIRST, at=FIRST + timedelta(days=day))
    return found.state, found.relapse_watch


# req: S17
def test_a_scale_without_a_rule_shows_its_scores_and_calls_them_nothing() -> None:
    told = {"first_dose_at": FIRST, "at": FIRST + timedelta(days=7)}
    found = standing(None, [score(-1, 50), score(6, 20)], **told)
    assert (found.state, found.change, found.responded, found.relapse_watch) == ("no_rule", None, False, False)
    assert found.sentence == "No rule of response is known for this scale: 50 before the first dose, 20 now (1 day old)."
    assert standing(None, [score(6, 20)], **told).state == "no_baseline"
    assert standing(None, [score(-1, 50)], **told).state == "no_score"


# req: S59
@pytest.mark.parametrize(
    ("now", "state"),
    [(20, "no_response"), (15, "partial"), (10, "response"), (4, "remission"), (26, "worse"), (25, "no_response")],
)
def test_each_standing_against_a_baseline_of_twenty(now: int, state: str) -> None:
    assert stands(score(-1, 20), score(7, now), day=7)[0] == state


def test_remission_needs_a_response_too() -> None:
    """From 9 to 4 is below the line of remission, but 9 was no case: nothing is claimed."""
    assert stands(score(-1, 9), score(7, 4), day=7)[0] == "not_evaluable"


def test_reliably_worse_is_said_even_where_a_percentage_is_not() -> None:
    assert stands(score(-1, 8), score(7, 14), day=7)[0] == "worse"


def test_the_baseline_is_the_last_score_before_the_first_dose_and_not_too_old() -> None:
    scores = [score(-20, 24), score(-10, 22), score(-2, 19), score(0, 18), score(-1, None)]
    found = baseline_of(scores, FIRST)
    assert found is not None and found.total == 19
    assert baseline_of([score(-15, 22)], FIRST) is None


def test_without_a_baseline_nothing_is_compared() -> None:
    found = standing(PHQ9, [score(-30, 22), score(7, 6)], first_dose_at=FIRST, at=FIRST + timedelta(days=8))
    assert found.state == "no_baseline"
    assert found.change is None
    assert "Latest: 6, 1 day old" in found.sentence
    assert not found.responded


def test_without_a_dose_or_a_score_there_is_no_standing() -> None:
    assert standing(PHQ9, [score(-1, 20)], first_dose_at=None, at=FIRST).sentence == "No dose was given yet."
    found = standing(PHQ9, [score(-1, 20), score(3, None)], first_dose_at=FIRST, at=FIRST + timedelta(days=5))
    assert (found.state, found.latest) == ("no_score", None)
    assert found.baseline is not None
    assert found.words == "no score since the first dose"


def test_who_stopped_answering_is_not_known_and_never_stable() -> None:
    responder = (score(-1, 20), score(7, 4))
    assert stands(*responder, day=21)[0] == "remission"
    found = standing(PHQ9, responder, first_dose_at=FIRST, at=FIRST + timedelta(days=21, seconds=1))
    assert found.state == "not_known_since"
    assert "14 days old" in found.sentence
    assert not found.responded


def test_a_score_of_the_future_is_not_used() -> None:
    found = standing(PHQ9, [score(-1, 20), score(7, 18), score(14, 3)], first_dose_at=FIRST, at=FIRST + timedelta(days=7))
    assert found.latest is not None and found.latest.total == 18
    assert "(today)" in found.sentence


# req: S60
def test_a_responder_who_gets_reliably_worse_than_the_best_is_watched() -> None:
    course = (score(-1, 22), score(7, 6), score(14, 12))
    assert stands(*course, day=14) == ("partial", True)
    assert stands(*course[:2], score(14, 11), day=14) == ("response", False)
    assert "Reliably worse than the best" in standing(PHQ9, course, first_dose_at=FIRST, at=FIRST + timedelta(days=14)).sentence


def test_without_a_response_or_a_reliable_change_rule_nothing_is_watched() -> None:
    assert stands(score(-1, 22), score(7, 13), score(14, 20), day=14) == ("no_response", False)
    assert stands(score(-1, 22), score(7, 6), score(14, 20), day=14, rules=NO_RELIABLE) == ("no_response", False)


def test_ever_and_now_are_two_questions() -> None:
    baseline, since = score(-1, 22), [score(7, 6), score(14, 20)]
    assert ever_responded(PHQ9, baseline, since)
    assert not ever_responded(PHQ9, baseline, since[1:])
    now = standing(PHQ9, [baseline, *since], first_dose_at=FIRST, at=FIRST + timedelta(days=14))
    assert (now.responded, now.best) == (False, 6)
    assert standing(PHQ9, [baseline, since[0]], first_dose_at=FIRST, at=FIRST + timedelta(days=8)).responded


# req: N44
@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ("", "", ""),
        ("in Spanish", "in Spanish", " Answered in Spanish."),
        ("", "in Spanish", " Not the same wording: in the original words before, in Spanish now. Part of the change may be the wording."),
        ("in Arabic", "", " Not the same wording: in Arabic before, in the original words now. Part of the change may be the wording."),
        (None, "in Spanish", " Answered in Spanish."),
    ],
)
def test_the_sentence_says_in_which_words_the_scores_were_answered(before: str | None, now: str, says: str) -> None:
    scores = [replace(score(9, 8), wording=now)] + ([] if before is None else [replace(score(-1, 20), wording=before)])
    sentence = standing(PHQ9, scores, first_dose_at=FIRST, at=FIRST + timedelta(days=10)).sentence
    assert sentence.endswith("." + says) and sentence.count("ording") == 2 * ("Not the same" in says)
