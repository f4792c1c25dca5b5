"""Treatment resistance from the trial ledger: which trials count, which do not, and why, for one definition.

A trial counts as failed when it was of this episode, at an adequate daily dose, for long enough, and the improvement stayed below
the definition's bar.  Resistance needs two failed trials of different antidepressants.  What is missing is unknown for that
trial; an unlisted drug has no adequate dose and is unknown; stopping early for side effects is intolerance, not failure.

The definitions (MGH-ATRQ: less than 50% better; esketamine trials: 25% or less; both at least 6 weeks) and the minimum adequate
doses come from the library files `codes/trd_definitions` and `codes/antidepressant_min_dose`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

from afterglow.science.quantities import shown
from afterglow.science.verdict import Finding

Stopped = Literal["no_effect", "side_effects", "other", "still_taking"]
NEEDED: Final = 2
_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six")


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """How much better, in percent: one number (`lowest` equals `highest`) or a band."""

    lowest: int
    highest: int

    def __post_init__(self) -> None:
        if not 0 <= self.lowest <= self.highest <= 100:
            raise ValueError(f"An improvement lies between 0 and 100 percent, lowest first: {self.lowest} to {self.highest}.")

    def __str__(self) -> str:
        return f"{self.lowest}%" if self.lowest == self.highest else f"{self.lowest} to {self.highest}%"


# The bands of the intake form.  "25 to 49" starts at 25: a person who was exactly 25% better is entered there and does not count
# as failed for the esketamine definition, the cautious side; the prescriber may override with a reason.
BANDS: Final[Mapping[str, Improvement]] = {
    "none": Improvement(lowest=0, highest=0),
    "under_25": Improvement(lowest=1, highest=24),
    "25_to_49": Improvement(lowest=25, highest=49),
    "50_or_more": Improvement(lowest=50, highest=100),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One antidepressant trial as told.  None in any field means that nobody knows it yet.  `drug` is the generic name."""

    drug: str
    daily_dose_mg: Decimal | int | float | None
    weeks: Decimal | int | float | None
    improvement: Improvement | None
    this_episode: bool | None
    stopped_for: Stopped | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One published meaning of "did not work": at least `weeks`, and improvement under (or at) `bar_percent`."""

    id: str
    title: str
    weeks: int
    bar_percent: int
    bar_counts: bool
    source: str
    mark: str

    @property
    def bar(self) -> str:
        return f"{'at or ' if self.bar_counts else ''}under {self.bar_percent}%"

    def failed(self, improvement: Improvement) -> bool:
        """A band that reaches beyond the bar does not count as failed."""
        return improvement.highest <= self.bar_percent if self.bar_counts else improvement.highest < self.bar_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialJudged:
    """One trial under one definition: `counts` True (an adequate trial that failed), False, or None (unknown), and why, in words."""

    trial: Trial
    counts: bool | None
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resistance:
    """The answer for one definition, with the judgement of each trial in the order of the ledger."""

    definition: Definition
    finding: Finding
    trials: tuple[TrialJudged, ...]


def definitions_from(content: Mapping[str, Any]) -> dict[str, Definition]:
    """The library file `codes/trd_definitions` as values, by id."""
    return {entry["id"]: Definition(**entry) for entry in content["definitions"]}


def minimum_doses_from(content: Mapping[str, Any]) -> dict[str, Decimal]:
    """The library file `codes/antidepressant_min_dose`: generic name to the least daily dose in mg that counts as adequate."""
    return {entry["drug"]: Decimal(str(entry["minimum_daily_mg"])) for entry in content["antidepressants"]}


def resistance(trials: Sequence[Trial], definition: Definition, minimum_daily_mg: Mapping[str, Decimal], *, none_taken: bool = False) -> Resistance:
    """Is the depression treatment-resistant by this definition?  `none_taken`: the history was taken and there is no trial."""
    judged = tuple(judge_trial(trial, definition, minimum_daily_mg) for trial in trials)
    failed = {each.trial.drug for each in judged if each.counts}
    perhaps = {each.trial.drug for each in judged if each.counts is None} - failed
    return Resistance(definition=definition, finding=_finding(judged, definition, failed, perhaps, none_taken=none_taken), trials=judged)


def judge_trial(trial: Trial, definition: Definition, minimum_daily_mg: Mapping[str, Decimal]) -> TrialJudged:
    """Does this trial count as failed?  One reason against it settles it, whatever else is missing."""
    least = minimum_daily_mg.get(trial.drug)
    short_dose = trial.daily_dose_mg is not None and least is not None and trial.daily_dose_mg < least
    short_weeks = trial.weeks is not None and trial.weeks < definition.weeks
    against = _reasons_against(trial, definition, short_dose=short_dose, short_weeks=short_weeks)
    if against:
        return TrialJudged(trial=trial, counts=False, because=f"{trial.drug}: {', '.join(against)}")
    unknown = _unknowns(trial, least)
    if unknown:
        return TrialJudged(trial=trial, counts=None, because=f"{trial.drug}: {', '.join(unknown)}")
    after = ", stopped for side effects after an adequate trial" if trial.stopped_for == "side_effects" else ""
    return TrialJudged(trial=trial, counts=True, because=f"{trial.drug}: adequate dose and weeks, {trial.improvement} better{after}")


def _reasons_against(trial: Trial, definition: Definition, *, short_dose: bool, short_weeks: bool) -> list[str]:
    reasons = []
    if trial.this_episode is False:
        reasons.append("not in this episode")
    short = " and ".join(name for name, is_short in (("dose", short_dose), ("weeks", short_weeks)) if is_short)
    if short:
        reasons.append(f"{short} below adequate")
    if (short_dose or short_weeks) and trial.stopped_for == "side_effects":
        reasons.append("stopped for side effects")
    if trial.improvement is not None and not definition.failed(trial.improvement):
        reasons.append(f"{trial.improvement} better is {_beyond(trial.improvement, definition)} this definition's {definition.bar_percent}%")
    return reasons


def _beyond(improvement: Improvement, definition: Definition) -> str:
    if improvement.lowest > definition.bar_percent:
        return "above"
    return "not wholly within" if definition.bar_counts else "not under"


def _unknowns(trial: Trial, least: Decimal | None) -> list[str]:
    asked = (
        (least is None, "no adequate dose is listed for it"),
        (trial.daily_dose_mg is None, "daily dose not known"),
        (trial.weeks is None, "weeks not known"),
        (trial.improvement is None, "improvement not known"),
        (trial.this_episode is None, "not known whether in this episode"),
        (trial.stopped_for is None, "not known why it stopped"),
    )
    return [words for is_missing, words in asked if is_missing]


def _finding(judged: Sequence[TrialJudged], definition: Definition, failed: set[str], perhaps: set[str], *, none_taken: bool) -> Finding:
    item, source, mark = f"trd.{definition.id}", definition.source, definition.mark
    if not judged:
        if none_taken:
            return Finding.unmet(item, "No antidepressant was ever tried; two adequate trials are needed.", source=source, mark=mark)
        return Finding.unknown(item, "Treatment resistance cannot be judged: treatment history not taken.", source=source, mark=mark)
    counted = f"{_counted(len(failed))} of different drugs" if len(failed) > 1 else _counted(len(failed))
    if len(failed) >= NEEDED:
        every = "both" if len(failed) == NEEDED else "all"
        return Finding.met(item, f"{definition.title}: {counted}, {every} {definition.bar}.", source=source, mark=mark)
    again = ["The same drug counts once."] if sum(each.counts is True for each in judged) > len(failed) else []
    rest = " ".join([*again, *(f"{each.because}." for each in judged if not each.counts)])
    sentence = f"{definition.title}: {counted}, two are needed. {rest}".strip()
    if len(failed | perhaps) >= NEEDED:
        return Finding.unknown(item, sentence, source=source, mark=mark)
    return Finding.unmet(item, sentence, source=source, mark=mark)


def _counted(number: int) -> str:
    words = _COUNTS[number] if number < len(_COUNTS) else shown(Decimal(number))
    return f"{words} adequate trial{'' if number in (0, 1) else 's'}"
