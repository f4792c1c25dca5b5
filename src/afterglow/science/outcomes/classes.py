"""Which class of response a series shows, with the scores behind it (S58).

The classes and their days are judgement and come from the library; response itself is the instrument's own rule.  A score that is missing
makes no class: what cannot be said is said to be so, and why.  Nothing looks ahead.  Pure; times are aware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from afterglow.science.outcomes.course import FRESH_WITHIN, ScoreAt, baseline_of
from afterglow.science.scoring.change import change
from afterglow.science.scoring.instrument import ChangeRules

Kind = Literal["early", "gradual", "lost", "partial", "none", "worse", "cannot_be_said"]

WORDS: dict[Kind, str] = {
    "early": "early response",
    "gradual": "gradual response",
    "lost": "response lost",
    "partial": "partial response",
    "none": "no response",
    "worse": "worse",
    "cannot_be_said": "cannot be said",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    """`early_within`: of the first dose; `end_within`: of the last dose, later scores are no longer of the series."""

    early_within: timedelta
    end_within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The doses of one series, oldest first; `over`: none of it is still to come."""

    doses: tuple[datetime, ...]
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseClass:
    """`so_far`: more scores of the series may still come; the sentence names the scores, or why nothing can be said."""

    kind: Kind
    so_far: bool
    sentence: str

    @property
    def words(self) -> str:
        return f"{WORDS[self.kind]}{', so far' if self.so_far and self.kind != 'cannot_be_said' else ''}"


def class_rules_from(content: Mapping[str, Any]) -> ClassRules:
    """The days of a library file of courses."""
    return ClassRules(
        early_within=timedelta(days=content["early_within_days"]["value"]), end_within=timedelta(days=content["end_within_days"]["value"])
    )


def class_of(rules: ChangeRules, days: ClassRules, scores: Sequence[ScoreAt], series: Series, *, at: datetime) -> CourseClass:
    """The class at `at`.  Scores after it, and those that could not be scored, are left out."""
    if not series.doses:
        return _unsaid("No dose was given yet.")
    first_at, closes = series.doses[0], series.doses[-1] + days.end_within
    known = sorted((score for score in scores if score.total is not None and score.taken_at <= at), key=lambda score: score.taken_at)
    baseline = baseline_of(known, first_at)
    if baseline is None:
        return _unsaid("There is no score of the 14 days before the first dose.")
    if (baseline.total or 0) < rules.baseline_at_least:
        return _unsaid(f"The score before the first dose, {baseline.total}, is below {rules.baseline_at_least}: too low to judge a response.")
    since = [score for score in known if score.taken_at >= first_at and (not series.over or score.taken_at <= closes)]
    if missing := _missing(since, series, days, at):
        return _unsaid(missing)
    return _told(rules, days, baseline, since, first_at, so_far=not series.over or at < closes)


def _missing(since: Sequence[ScoreAt], series: Series, days: ClassRules, at: datetime) -> str:
    """Which score is not there, '' when none is missing."""
    if not since:
        return "There is no score since the first dose."
    if series.over and since[-1].taken_at < series.doses[-1]:
        return f"There is no score of the {days.end_within.days} days after the last dose."
    if not series.over and at - since[-1].taken_at > FRESH_WITHIN:
        return f"The latest score is {(at - since[-1].taken_at).days} days old."
    return ""


def _told(rules: ChangeRules, days: ClassRules, baseline: ScoreAt, since: Sequence[ScoreAt], first_at: datetime, *, so_far: bool) -> CourseClass:
    before, last = baseline.total or 0, since[-1]
    moved = change(rules, baseline=before, now=last.total or 0)
    response = next((score for score in since if change(rules, baseline=before, now=score.total or 0).response == "response"), None)
    told = [f"{before} before the first dose"]
    if response is not None and response is not last:
        told.append(f"response at {_score(response, first_at)}")
    told.append(f"{_score(last, first_at)} at the last score")
    numbers = ", ".join(told) + "."
    if response is None:
        kind: Kind = "worse" if moved.reliable == "reliably worse" else "partial" if moved.response == "partial response" else "none"
        return CourseClass(kind=kind, so_far=so_far, sentence=f"No score met response: {numbers}")
    if moved.response != "response":
        return CourseClass(kind="lost", so_far=so_far, sentence=f"Response was there and is not at the last score: {numbers}")
    if response.taken_at <= first_at + days.early_within:
        return CourseClass(kind="early", so_far=so_far, sentence=f"Within {days.early_within.days} days of the first dose: {numbers}")
    if since[0].taken_at <= first_at + days.early_within:
        return CourseClass(kind="gradual", so_far=so_far, sentence=f"Later than {days.early_within.days} days after the first dose: {numbers}")
    return _unsaid(
        f"It is a response ({numbers[:-1]}), but there is no score of the first {days.early_within.days} days: early and gradual cannot be told apart."
    )


def _score(score: ScoreAt, first_at: datetime) -> str:
    return f"{score.total} on day {(score.taken_at - first_at).days}"


def _unsaid(why: str) -> CourseClass:
    return CourseClass(kind="cannot_be_said", so_far=True, sentence=why)
