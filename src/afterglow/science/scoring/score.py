"""Scores one set of answers.  Total: for any input it returns a score or a named refusal, never raises, never fills a zero.

Flags are looked for in both cases: a questionnaire that cannot be scored may still hold an answer somebody must see,
and an unanswered self-harm item is itself such an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from afterglow.science.scoring import readings
from afterglow.science.scoring.instrument import UNANSWERED, Answer, CallRule, FlagRule, Instrument, Level
from afterglow.science.scoring.tally import Tally, tally
from afterglow.science.scoring.ways import Highest, Screen, Subscales, Sum, Triage

ORDER: dict[Level, int] = {"review": 0, "urgent": 1, "acute": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something a person must own and close.  Minutes count from the answer; `items` are the questions it is about."""

    id: str
    level: Level
    sentence: str
    items: tuple[str, ...]
    escalate_after_min: int
    escalate_again_after_min: int
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A score.  `total` and `band` for sums, `result` for screens, interviews and triages; the other is None.  Subscales have neither.

    `complete`: every question that had to be asked has an answer.  `blocks`: open questions that forbid the next step.
    `facts`: named readings of single items (item9_positive), None when that item is open or was declined; readings of the total and
    cluster rules, None when the open answers or an unknown sex could decide them either way.  `numbers`: subscales, raw sums and other
    anchorings by name, None when an item of theirs is open.  `notes`: what a reader of this score must know.
    """

    instrument: str
    version: int
    total: int | None = None
    band: str | None = None
    result: str | None = None
    complete: bool
    prorated: bool = False
    answered: int
    unanswered: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    cutoffs: Mapping[str, bool] = field(default_factory=dict)
    facts: Mapping[str, bool | None] = field(default_factory=dict)
    numbers: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def level(self) -> Level | None:
        """The gravest flag's level, or None."""
        return max((flag.level for flag in self.flags), key=ORDER.__getitem__, default=None)

    def named(self) -> dict[str, object]:
        """Every reading under the name that vignettes, reference vectors and documents use; flags by id."""
        return {
            "total": self.total,
            "band": self.band,
            "result": self.result,
            "complete": self.complete,
            "prorated": self.prorated,
            "unanswered": list(self.unanswered),
            "blocks": list(self.blocks),
            "cutoffs": dict(self.cutoffs),
            "flags": [flag.id for flag in self.flags],
            **({"notes": list(self.notes)} if self.notes else {}),
            **self.numbers,
            **self.facts,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRefused:
    """No score, and why.  `code`: not_answered, too_many_missing, unknown_answer, unknown_item, total_out_of_range or unknown_baseline."""

    instrument: str
    version: int
    code: str
    sentence: str
    now: str
    answered: int = 0
    unanswered: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def level(self) -> Level | None:
        """The gravest flag's level, or None."""
        return max((flag.level for flag in self.flags), key=ORDER.__getitem__, default=None)

    def named(self) -> dict[str, object]:
        """As `Scored.named`, with the refusal's code under `refused`."""
        return {"refused": self.code, "unanswered": list(self.unanswered), "blocks": list(self.blocks), "flags": [flag.id for flag in self.flags]}


def score(
    rules: Instrument,
    answers: Mapping[str, Answer],
    previous: Mapping[str, Answer] | None = None,
    sex: readings.Sex | None = None,
    baseline: int | None = None,
) -> Scored | ScoreRefused:
    """Score `answers` (item id -> answer).  `previous`: the same person's last answers, to see a self-harm item rise.  `sex`: for the few
    scales whose cut-off differs by it; `baseline`: an earlier total, for the few that say what a fall means; None: not known.

    None and "not_asked" are open questions.  An illegal answer refuses the whole score and counts as open for the flags.
    """
    legal = {item.id: answers.get(item.id) for item in rules.items if item.allows(answers.get(item.id)) and answers.get(item.id) not in UNANSWERED}
    strange = sorted(str(name) for name in answers if rules.item(name) is None)
    illegal = [item.id for item in rules.items if item.id not in legal and answers.get(item.id) not in UNANSWERED]
    if strange or illegal:
        code, named = ("unknown_item", strange) if strange else ("unknown_answer", illegal)
        sentence = f"{', '.join(named)}: {'not a question of this form' if strange else 'not an answer this question offers'}."
        return _refuse(rules, legal, previous, code, sentence, "Nothing was scored. Enter the answer again.")
    if isinstance(rules.scoring, Sum):
        return _sum(rules, rules.scoring, legal, previous, sex, baseline)
    if isinstance(rules.scoring, Subscales):
        return _subscales(rules, rules.scoring, legal, previous)
    if isinstance(rules.scoring, Screen):
        return _screen(rules, rules.scoring, legal, previous)
    if isinstance(rules.scoring, Triage):
        return _triage(rules, rules.scoring, legal, previous)
    return _highest(rules, rules.scoring, legal, previous)


def called(rules: Instrument, scored: Scored | ScoreRefused) -> tuple[CallRule, ...]:
    """What the prescriber must decide today because of this score.  A refused score calls nobody and clears nobody: it is shown as no score."""
    return tuple(call for call in rules.calls if isinstance(scored, Scored) and scored.facts.get(call.reading) is True)


def score_total(rules: Instrument, how: Sum, total: int) -> Scored | ScoreRefused:
    """What a total says that was summed on paper.  No question has an answer here, so nothing is complete and every flag of silence stands."""
    if not how.lowest <= total <= how.highest:
        sentence = f"A total of {total} is not between {how.lowest} and {how.highest}."
        return _refuse(rules, {}, None, "total_out_of_range", sentence, "Nothing was scored. Enter the total again.")
    return Scored(
        instrument=rules.id,
        version=rules.version,
        total=total,
        band=_band(how, total),
        complete=False,
        answered=0,
        unanswered=tuple(item.id for item in rules.scored_items),
        cutoffs={name: total >= lowest for name, lowest in how.cutoffs},
        facts=readings.about_total(how, total, None) | readings.about_several(how, {"total": total}),
        notes=how.notes,
        flags=_flags(rules, {}, None, None),
    )


def _sum(
    rules: Instrument,
    how: Sum,
    legal: Mapping[str, Answer],
    previous: Mapping[str, Answer] | None,
    sex: readings.Sex | None,
    baseline: int | None,
) -> Scored | ScoreRefused:
    counted = tally(rules, how, legal)
    worths, missing = counted.worths, len(counted.terms) - len(counted.worths)
    if not counted.answered:
        return _refuse(rules, legal, previous, "not_answered", "No question was answered.", "No answer is not a score of zero. Ask again.")
    if missing > how.missing_at_most:
        sentence = f"{missing} of {len(counted.terms)} questions are open; at most {how.missing_at_most} may be."
        return _refuse(rules, legal, previous, "too_many_missing", sentence, "Ask the open questions.")
    raw = readings.half_up(sum(worths) * len(counted.terms), len(worths))
    total = raw
    if how.percent:
        total = readings.percent(rules, raw)
    elif how.mean:
        total = readings.half_up(sum(worths), len(worths))
    numbers, facts = _beside(rules, how, counted, raw, total, baseline)
    return Scored(
        instrument=rules.id,
        version=rules.version,
        total=total,
        band=_band(how, total),
        complete=missing == 0,
        prorated=missing > 0,
        answered=counted.answered,
        unanswered=counted.still_open,
        cutoffs={name: total >= lowest for name, lowest in how.cutoffs},
        facts={name: answer >= lowest if isinstance(answer := legal.get(item), int) else None for name, item, lowest in how.facts}
        | readings.about_clusters(how, counted.points)
        | readings.about_total(how, total, sex)
        | facts,
        numbers=numbers,
        notes=how.notes,
        flags=_flags(rules, legal, previous, None),
    )


def _band(how: Sum, total: int) -> str | None:
    return next((band.name for band in how.bands if band.lowest <= total <= band.highest), None)


def _beside(
    rules: Instrument, how: Sum, counted: Tally, raw: int, total: int, baseline: int | None
) -> tuple[dict[str, object], dict[str, bool | None]]:
    """The numbers beside a total, and the yes or no that needs more than the total."""
    parts = readings.of_parts(how.parts, {item.id: item for item in rules.items}, counted.points)
    numbers: dict[str, object] = {"raw": raw, "percent": total} if how.percent else {}
    numbers |= {"domains": list(counted.terms)} if how.domains else {}
    numbers |= {grade.name: counted.points.get(grade.name) for grade in how.grades}
    numbers |= readings.grouped(how.parts, parts)
    numbers |= {name: total + more for name, more in how.shifted}
    numbers |= {how.band_name: _band(how, total)} if how.band_name else {}
    facts = readings.about_several(how, {**parts, **counted.points, "total": total})
    if how.fall is None:
        return numbers, facts
    changed, met = readings.about_fall(how.fall, baseline, total)
    return numbers | changed, facts | met


def _subscales(rules: Instrument, how: Subscales, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None) -> Scored | ScoreRefused:
    points = {item.id: item.points(int(answer)) for item in rules.scored_items if (answer := legal.get(item.id)) is not None}
    parts = readings.of_parts(how.parts, {item.id: item for item in rules.items}, points)
    still_open = tuple(item.id for item in rules.scored_items if item.id not in points)
    if not points:
        return _refuse(rules, legal, previous, "not_answered", "No question was answered.", "No answer is not a score of zero. Ask again.")
    if all(worth is None for worth in parts.values()):
        sentence = f"{len(still_open)} of {len(rules.scored_items)} questions are open, so no part has a score."
        return _refuse(rules, legal, previous, "too_many_missing", sentence, "Ask the open questions.")
    return Scored(
        instrument=rules.id,
        version=rules.version,
        complete=not still_open,
        prorated=any(parts[part.name] is not None and not set(part.items) <= set(points) for part in how.parts),
        answered=len(points),
        unanswered=still_open,
        numbers=readings.grouped(how.parts, parts),
        notes=how.notes,
        flags=_flags(rules, legal, previous, None),
    )


def _triage(rules: Instrument, how: Triage, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None) -> Scored | ScoreRefused:
    still_open = _untriaged(how, legal)
    floor = next((level for item, level in how.order if legal.get(item) == how.yes), None)
    if floor is None and still_open:
        sentence = f"{len(still_open)} of {len(how.order)} questions were not answered. Not answered is not no."
        return _refuse(rules, legal, previous, "not_answered", sentence, "Ask them in person now.")
    found = floor or how.none
    result = how.unfinished if still_open else found
    return Scored(
        instrument=rules.id,
        version=rules.version,
        result=result,
        complete=not still_open,
        answered=len(legal),
        unanswered=still_open,
        numbers={"risk": None if still_open else found, "risk_floor": found},
        flags=_flags(rules, legal, previous, result),
    )


def _untriaged(how: Triage, legal: Mapping[str, Answer]) -> tuple[str, ...]:
    """Questions without an answer, but for those that a no to another makes needless."""
    after = dict(how.only_after)
    asked = [item for item, _ in how.order if item not in after or legal.get(after[item]) != how.no]
    return tuple(sorted(item for item in asked if item not in legal))


def _screen(rules: Instrument, how: Screen, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None) -> Scored | ScoreRefused:
    open_items = [item for item in how.screen_items if item not in legal]
    acuity = legal.get(how.acuity_item)
    positive = acuity in how.positive or any(legal.get(item) in how.positive for item in how.screen_items)
    if not positive and open_items:
        sentence = f"{len(open_items)} of {len(how.screen_items)} questions were not asked. Not asked is not no."
        return _refuse(rules, legal, previous, "not_answered", sentence, "Ask them in person now.")
    if not positive:
        result = how.negative_result
    elif acuity is None or acuity == "declined":
        result = how.acuity_unknown_result
    else:
        result = how.acute_result if acuity in how.positive else how.non_acute_result
    if result == how.acuity_unknown_result:
        open_items.append(how.acuity_item)
    return Scored(
        instrument=rules.id,
        version=rules.version,
        result=result,
        complete=not open_items,
        answered=len(legal),
        unanswered=tuple(open_items),
        flags=_flags(rules, legal, previous, result),
    )


def _highest(rules: Instrument, how: Highest, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None) -> Scored | ScoreRefused:
    blocks = _blocks(rules, legal)
    result = next((result for item, result in how.order if legal.get(item) == how.yes), how.none)
    if result == how.none and blocks:
        sentence = f"{len(blocks)} of {len(how.order)} questions were declined or not asked. That is not no."
        return _refuse(rules, legal, previous, "not_answered", sentence, "Ask them now; Start stays closed until all are answered.")
    return Scored(
        instrument=rules.id,
        version=rules.version,
        result=result,
        complete=not blocks,
        answered=len(how.order) - len(blocks),
        unanswered=blocks,
        blocks=blocks,
        flags=_flags(rules, legal, previous, result),
    )


def _blocks(rules: Instrument, legal: Mapping[str, Answer]) -> tuple[str, ...]:
    """Items of an interview that are open or declined, in the order of asking; none for other ways of scoring."""
    if not isinstance(rules.scoring, Highest):
        return ()
    settled = (rules.scoring.yes, rules.scoring.no)
    return tuple(item.id for item in rules.scored_items if legal.get(item.id) not in settled)


def _refuse(
    rules: Instrument, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None, code: str, sentence: str, now: str
) -> ScoreRefused:
    blocks = _blocks(rules, legal)
    open_items = tuple(item.id for item in rules.scored_items if item.asked_when == "always" and item.id not in legal)
    if isinstance(rules.scoring, Sum):
        open_items = tally(rules, rules.scoring, legal).still_open
    elif isinstance(rules.scoring, Triage):
        open_items = _untriaged(rules.scoring, legal)
    return ScoreRefused(
        instrument=rules.id,
        version=rules.version,
        code=code,
        sentence=sentence,
        now=now,
        answered=len(legal),
        unanswered=blocks or open_items,
        blocks=blocks,
        flags=_flags(rules, legal, previous, None),
    )


def _flags(rules: Instrument, legal: Mapping[str, Answer], previous: Mapping[str, Answer] | None, result: str | None) -> tuple[Flag, ...]:
    found = []
    for rule in rules.flags:
        items = tuple(item for item in rule.items if _wants(rules, rule, item, legal, previous or {}))
        if items or (result is not None and result in rule.results):
            found.append(
                Flag(
                    id=rule.id,
                    level=rule.level,
                    sentence=rule.sentence,
                    items=items,
                    escalate_after_min=rule.escalate_after_min,
                    escalate_again_after_min=rule.escalate_again_after_min,
                    source=rule.source,
                    mark=rule.mark,
                )
            )
    return tuple(found)


def _wants(rules: Instrument, rule: FlagRule, item: str, legal: Mapping[str, Answer], previous: Mapping[str, Answer]) -> bool:
    """Does this question, as answered, raise this flag?"""
    answer = legal.get(item)
    if rule.missing:
        return answer is None or item in _blocks(rules, legal)
    if answer is None:
        return False
    if rule.answers:
        return answer in rule.answers
    if not isinstance(answer, int):
        return False
    if rule.at_least is not None:
        return answer >= rule.at_least
    before = previous.get(item)
    return rule.rise_of is not None and type(before) is int and answer - before >= rule.rise_of
