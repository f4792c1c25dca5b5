"""Answers as a program hands them over (a list, or an object with names), made into answers by item.  Total: a sheet, or a named refusal.

Nothing is guessed: a list that is longer than the form, a name the form does not know or a thing that is neither list nor object is refused,
because an answer that slips by one place is a wrong score for somebody.  A list that is shorter leaves the last questions open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from afterglow.science.scoring.instrument import Answer, Instrument
from afterglow.science.scoring.readings import Sex
from afterglow.science.scoring.score import Scored, ScoreRefused, score, score_total
from afterglow.science.scoring.ways import Part, Subscales, Sum

ANSWERS, SEX, BASELINE = "items", "sex", "baseline"
TOTALS = ("total", "input_total")
AGAIN = "Nothing was scored. Correct the answers and score again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Answers by item, as they were given; `score_given` judges whether each is one that its question offers.

    `sex` and `baseline` (an earlier total) None: not told.  `total`: a total that was summed on paper, in place of answers.
    """

    answers: Mapping[str, Answer]
    sex: Sex | None = None
    baseline: int | None = None
    total: int | None = None


def read_sheet(rules: Instrument, given: object) -> Sheet | ScoreRefused:
    """`given`: a list in the order of the items (None: not answered); an object of answers by item; an object of lists by part; or an object
    that holds one of these as "items", beside the person's "sex" or the "baseline" total where a reading depends on it.  A form of one question
    takes its bare answer; one whose file lets a total stand alone takes {"total": 19}."""
    way = rules.scoring
    beside: dict[str, object] = {}
    if isinstance(given, Mapping):
        told = {name: given[name] for name in _beside(rules) if name in given}
        wrapped = ANSWERS in given and rules.item(ANSWERS) is None
        left = {name: given[name] for name in given if name not in told}
        if wrapped and (strange := sorted(str(name) for name in left if name != ANSWERS)):
            return _refused(rules, "unknown_part", f"{', '.join(strange)}: {rules.name} asks for nothing of that name.")
        beside, given = told, left[ANSWERS] if wrapped else left
    sex, baseline = next((each for each in get_args(Sex) if each == beside.get(SEX)), None), beside.get(BASELINE)
    if beside.get(SEX) is not None and sex is None:
        return _refused(rules, "unknown_sex", f"The sex that decides this cut-off is {' or '.join(get_args(Sex))}, or null when it is not known.")
    if baseline is not None and not _is_total(way, baseline):
        return _refused(rules, "unknown_baseline", f"The earlier score of {rules.name} is a whole number that it can have, or null.")
    answers = _answers(rules, given)
    if isinstance(answers, ScoreRefused):
        return answers
    if isinstance(answers, int):
        return Sheet(answers={}, total=answers)
    return Sheet(answers=answers, sex=sex, baseline=baseline if isinstance(baseline, int) else None)


def _beside(rules: Instrument) -> tuple[str, ...]:
    """What may stand beside the answers."""
    falls = isinstance(rules.scoring, Sum) and rules.scoring.fall is not None
    return (*((SEX,) if rules.asks_sex else ()), *((BASELINE,) if falls else ()))


def _is_total(way: object, number: object) -> bool:
    return isinstance(way, Sum) and type(number) is int and way.lowest <= number <= way.highest


def _answers(rules: Instrument, given: object) -> Mapping[str, Answer] | int | ScoreRefused:
    """Answers by item; or a whole number, which is a total that stands alone."""
    way = rules.scoring
    if isinstance(given, Mapping):
        if isinstance(way, Sum) and way.total_alone and len(given) == 1 and (name := next(iter(given))) in TOTALS:
            return given[name] if type(given[name]) is int else _refused(rules, "unknown_total", "The total is not a whole number.")
        parts = {part.given_as or part.name: part for part in way.parts} if isinstance(way, Sum | Subscales) else {}
        if given and set(given) <= set(parts):
            return _by_part(rules, parts, given)
        return dict(given)
    if isinstance(given, int | str) and len(rules.items) == 1:
        return {rules.items[0].id: given}
    if not isinstance(given, list):
        return _refused(rules, "not_a_sheet", "The answers are neither a list in the order of the questions nor an object with their names.")
    if len(given) > len(rules.items):
        return _refused(rules, "too_many_answers", f"{rules.name} has {len(rules.items)} questions, {len(given)} answers were given.")
    return rules.in_order(given)


def _by_part(rules: Instrument, parts: Mapping[str, Part], given: Mapping[str, object]) -> Mapping[str, Answer] | ScoreRefused:
    """One list for each part, in the order of its items.  Parts that share an item cannot be told apart and are refused."""
    found: dict[str, Answer] = {}
    for name, answers in given.items():
        items: Sequence[str] = parts[name].items
        if not isinstance(answers, list):
            return _refused(rules, "not_a_sheet", f"The answers to {name} are not a list in the order of its questions.")
        if len(answers) > len(items):
            return _refused(rules, "too_many_answers", f"{name} has {len(items)} questions, {len(answers)} answers were given.")
        if set(items) & set(found):
            return _refused(rules, "unknown_part", f"{name} shares a question with another part; give the answers in one list.")
        found |= dict(zip(items, answers, strict=False))
    return found


def score_given(rules: Instrument, given: object) -> Scored | ScoreRefused:
    """Read and score; never raises."""
    sheet = read_sheet(rules, given)
    if isinstance(sheet, ScoreRefused):
        return sheet
    if sheet.total is not None and isinstance(rules.scoring, Sum):
        return score_total(rules, rules.scoring, sheet.total)
    return score(rules, sheet.answers, sex=sheet.sex, baseline=sheet.baseline)


def score_sheet(rules: Instrument, given: object) -> dict[str, object]:
    """Everything the answers yield, under the names that programs use; `refusal` is None for a score.  Never raises."""
    got = score_given(rules, given)
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
