"""Where one person stands on one scale: the baseline it is held against, the score it rests on, and how old that score is.

Nothing here looks ahead.  Somebody who stopped answering is "not known since", never stable (engineering A4); a percentage without a baseline
that means something is "not evaluable" (safety 24).  Times are aware datetimes; ages are elapsed time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from afterglow.science.scoring.change import Change, change
from afterglow.science.scoring.instrument import ChangeRules

BASELINE_WITHIN = timedelta(days=14)
"""A score older than this at the first dose is no baseline.  J."""

FRESH_WITHIN = timedelta(days=14)
"""A standing that rests on an older score is not known any more.  J: two missed weekly questionnaires."""

State = Literal["no_baseline", "no_score", "no_rule", "not_evaluable", "no_response", "partial", "response", "remission", "worse", "not_known_since"]

WORDS: dict[State, str] = {
    "no_baseline": "no baseline before the first dose",
    "no_score": "no score since the first dose",
    "no_rule": "no rule of response is known",
    "not_evaluable": "not evaluable",
    "no_response": "no response",
    "partial": "partial response",
    "response": "response",
    "remission": "remission",
    "worse": "worse than at baseline",
    "not_known_since": "not known",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAt:
    """One answered questionnaire.  `total` None: it could not be scored; `complete` False: items were prorated; `wording`: in which words other than
    the original, as it is shown beside the score."""

    taken_at: datetime
    total: int | None
    complete: bool = True
    wording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`change` is held against the baseline.  `relapse_watch`: reliably worse than the best since the first dose, after a response (J)."""

    state: State
    baseline: ScoreAt | None
    latest: ScoreAt | None
    best: int | None
    change: Change | None
    relapse_watch: bool
    sentence: str

    @property
    def mixed_wording(self) -> bool:
        """Were the two scores answered in different words?  Then part of their difference may be the wording."""
        return self.baseline is not None and self.latest is not None and self.baseline.wording != self.latest.wording

    @property
    def words(self) -> str:
        return WORDS[self.state]

    @property
    def responded(self) -> bool:
        """Response or remission on the score that counts now; remission alone is a response only where the fall is one."""
        return self.change is not None and self.change.response == "response" and self.state in ("response", "remission")


def baseline_of(scores: Iterable[ScoreAt], first_dose_at: datetime) -> ScoreAt | None:
    """The last score taken before the first dose and not more than 14 days before it; None when there is none."""
    before = [score for score in _scored(scores) if first_dose_at - BASELINE_WITHIN <= score.taken_at < first_dose_at]
    return before[-1] if before else None


def standing(rules: ChangeRules | None, scores: Sequence[ScoreAt], *, first_dose_at: datetime | None, at: datetime) -> Standing:
    """Where the person stands at `at`.  Scores after `at`, and those that could not be scored, are left out; the sentence says what was used.

    `rules` None: no rule of response is known for this scale, so that its scores stand side by side and are not called anything.
    """
    if first_dose_at is None:
        return _nothing("no_score", None, "No dose was given yet.")
    known = [score for score in _scored(scores) if score.taken_at <= at]
    baseline = baseline_of(known, first_dose_at)
    since = [score for score in known if score.taken_at >= first_dose_at]
    if not since:
        return _nothing("no_score", baseline, "No score since the first dose.")
    latest = since[-1]
    if baseline is None:
        age = _age(latest, at)
        return _told(
            "no_baseline", None, since, None, f"There is no baseline of the 14 days before the first dose. Latest: {latest.total}, {age}.", False
        )
    if rules is None:
        return _told("no_rule", baseline, since, None, _without_rule(baseline, latest, at), False)
    moved = change(rules, baseline=baseline.total or 0, now=latest.total or 0)
    watch = _relapse_watch(rules, baseline, since)
    if at - latest.taken_at > FRESH_WITHIN:
        return _told("not_known_since", baseline, since, moved, f"Not known: the latest score ({latest.total}) is {_age(latest, at)}.", watch)
    state = _state(moved)
    note = " Reliably worse than the best score so far." if watch else ""
    sentence = f"{WORDS[state].capitalize()}: {baseline.total} before the first dose, {latest.total} now ({_age(latest, at)}).{note}"
    return _told(state, baseline, since, moved, sentence, watch)


def _without_rule(baseline: ScoreAt, latest: ScoreAt, at: datetime) -> str:
    return f"No rule of response is known for this scale: {baseline.total} before the first dose, {latest.total} now ({_age(latest, at)})."


def ever_responded(rules: ChangeRules, baseline: ScoreAt, since: Iterable[ScoreAt]) -> bool:
    """Any scored questionnaire since the first dose that met response against this baseline."""
    return any(change(rules, baseline=baseline.total or 0, now=score.total or 0).response == "response" for score in _scored(since))


def _relapse_watch(rules: ChangeRules, baseline: ScoreAt, since: Sequence[ScoreAt]) -> bool:
    if rules.reliable_points is None or not ever_responded(rules, baseline, since):
        return False
    best, latest = min(score.total or 0 for score in since), since[-1].total or 0
    return latest - best >= rules.reliable_points


def _state(moved: Change) -> State:
    if moved.reliable == "reliably worse":
        return "worse"
    if moved.response == "not evaluable":
        return "not_evaluable"
    if moved.remission and moved.response == "response":
        return "remission"
    return {"response": "response", "partial response": "partial", "no response": "no_response"}[moved.response]  # type: ignore[return-value]


def _scored(scores: Iterable[ScoreAt]) -> list[ScoreAt]:
    return sorted((score for score in scores if score.total is not None), key=lambda score: score.taken_at)


def _age(score: ScoreAt, at: datetime) -> str:
    days = (at - score.taken_at).days
    return "today" if days == 0 else "1 day old" if days == 1 else f"{days} days old"


def _nothing(state: State, baseline: ScoreAt | None, sentence: str) -> Standing:
    return Standing(state=state, baseline=baseline, latest=None, best=None, change=None, relapse_watch=False, sentence=sentence)


def _told(state: State, baseline: ScoreAt | None, since: Sequence[ScoreAt], moved: Change | None, sentence: str, watch: bool) -> Standing:
    best, sentence = min(score.total or 0 for score in since), sentence + _other_words(baseline, since[-1])
    return Standing(state=state, baseline=baseline, latest=since[-1], best=best, change=moved, relapse_watch=watch, sentence=sentence)


def _other_words(baseline: ScoreAt | None, latest: ScoreAt) -> str:
    """What is added where a score was not answered in the original words."""
    before = latest.wording if baseline is None else baseline.wording
    if before != latest.wording:
        original = "in the original words"
        return f" Not the same wording: {before or original} before, {latest.wording or original} now. Part of the change may be the wording."
    return f" Answered {latest.wording}." if latest.wording else ""
