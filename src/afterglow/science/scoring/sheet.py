"""Answers as a program hands them over (a list, or an object with names), made into answers by item.  Total: a sheet, or a named refusal.

Nothing is guessed: a list that is longer than the form, a name the form does not know or a thing that is neither list nor object is refused,
because an answer that slips by one place is a wrong score for somebody.  A list that is shorter leaves the last questions open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from afterglow.science.scoring.instrument import Answer, Instrument
from afterglow.science.scoring.readings import Sex
from afterglow.science.scoring.score import ScoreRefused, score

ANSWERS, SEX = "items", "sex"
AGAIN = "Nothing was scored. Correct the answers and score again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Answers by item, as they were given; `score` judges whether each is one that its question offers.  `sex` None: not told."""

    answers: Mapping[str, Answer]
    sex: Sex | None = None


def read_sheet(rules: Instrument, given: object) -> Sheet | ScoreRefused:
    """`given`: a list in the order of the items (None: not answered); an object of answers by item; or an object that holds either as "items",
    beside the person's "sex" where a cut-off depends on it."""
    sex: Sex | None = None
    if isinstance(given, Mapping) and ANSWERS in given and rules.item(ANSWERS) is None:
        strange = sorted(str(name) for name in given if name != ANSWERS and (name != SEX or not rules.asks_sex))
        if strange:
            return _refused(rules, "unknown_part", f"{', '.join(strange)}: {rules.name} asks for nothing of that name.")
        told = given.get(SEX)
        sex = next((each for each in get_args(Sex) if each == told), None)
        if told is not None and sex is None:
            return _refused(rules, "unknown_sex", f"The sex that decides this cut-off is {' or '.join(get_args(Sex))}, or null when it is not known.")
        given = given[ANSWERS]
    if isinstance(given, Mapping):
        return Sheet(answers=dict(given), sex=sex)
    if not isinstance(given, list):
        return _refused(rules, "not_a_sheet", "The answers are neither a list in the order of the questions nor an object with their names.")
    if len(given) > len(rules.items):
        return _refused(rules, "too_many_answers", f"{rules.name} has {len(rules.items)} questions, {len(given)} answers were given.")
    return Sheet(answers=rules.in_order(given), sex=sex)


def score_sheet(rules: Instrument, given: object) -> dict[str, object]:
    """Everything the answers yield, under the names that programs use; `refusal` is None for a score.  Never raises."""
    sheet = read_sheet(rules, given)
    got = sheet if isinstance(sheet, ScoreRefused) else score(rules, sheet.answers, sex=sheet.sex)
    told: dict[str, object] = {"instrument": rules.id, "version": rules.version, "total": None, "band": None, "complete": False}
    told |= {name: value for name, value in got.named().items() if name != "refused"}
    told |= {"level": got.level, "says": {flag.id: flag.sentence for flag in got.flags}, "refusal": None}
    if isinstance(got, ScoreRefused):
        told |= {"refusal": got.code, "sentence": got.sentence, "now": got.now}
    return told


def _refused(rules: Instrument, code: str, sentence: str) -> ScoreRefused:
    """Nothing could be read, so every question is open: an unread self-harm question is flagged as one that was not answered."""
    unread = score(rules, {})
    return ScoreRefused(
        instrument=rules.id,
        version=rules.version,
        code=code,
        sentence=sentence,
        now=AGAIN,
        unanswered=unread.unanswered,
        blocks=unread.blocks,
        flags=unread.flags,
    )
