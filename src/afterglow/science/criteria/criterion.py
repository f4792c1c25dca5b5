"""A criterion of the library as a value, and its judgement for one person's facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from afterglow.science.criteria.interpreter import Condition, Fact, Facts, evaluate, facts_named
from afterglow.science.verdict import Finding, LiftedBy

Level = Literal["absolute", "hold", "precaution"]
# What each level allows: an absolute item is lifted by nobody, a hold by two signatures or by doing what is missing, and a
# precaution stops nothing (it is shown with what to do).
LIFTS: Mapping[str, Mapping[str, LiftedBy]] = {
    "absolute": {"nobody": "nobody"},
    "hold": {"two_signatures": "two_signatures", "doing": ""},
    "precaution": {"not_needed": ""},
}


class BadCriterion(ValueError):
    """A library file that contradicts itself: it must not be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One question of screening.  `met_when` is the condition under which nothing stands in the way.  `indications`: asked where the treatment is
    for one of these; empty: asked of everybody.

    `says` holds the sentences for met, unmet and, where the missing facts alone would not explain it, unknown; `{fact}` in a
    sentence is replaced by that fact.  `private` keeps it from shared screens and proxies.
    """

    id: str
    version: int
    title: str
    group: str
    order: int
    question: str
    level: Level
    lifted_by: LiftedBy
    who: str
    met_when: Condition
    says: Mapping[str, str]
    source: str
    mark: str
    private: bool
    status: str
    indications: frozenset[str] = frozenset()

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it asks for, each once, in reading order."""
        return tuple(dict.fromkeys(facts_named(self.met_when)))


def criterion_from(content: Mapping[str, Any]) -> Criterion:
    """A checked library file of kind `criteria` as a value.  Raises BadCriterion, BadCondition."""
    level, lifted_by = content["level"], content["lifted_by"]
    if lifted_by not in LIFTS[level]:
        raise BadCriterion(f"{content['id']}: a {level} item is lifted by {' or '.join(LIFTS[level])}, not by {lifted_by}.")
    criterion = Criterion(
        id=content["id"],
        version=content["version"],
        title=content["title"],
        group=content["group"],
        order=content["order"],
        question=content["question"],
        level=level,
        lifted_by=LIFTS[level][lifted_by],
        who=content["who"],
        met_when=content["met_when"],
        says=content["says"],
        source="; ".join(source["citation"] for source in content["sources"]),
        mark=content["mark"],
        private=content["private"],
        status=content["status"],
        indications=frozenset(content.get("indications", ())),
    )
    evaluate(criterion.met_when, {})  # a condition outside the closed list is refused when the file is read, not at the bedside
    return criterion


def judge(criterion: Criterion, facts: Facts, labels: Mapping[str, str]) -> Finding:
    """Met, unmet or unknown for these facts, in words.  `labels` names each fact for the sentence about what is missing."""
    answer = evaluate(criterion.met_when, facts)
    source, mark = criterion.source, criterion.mark
    if answer.holds:
        return Finding.met(criterion.id, filled(criterion.says["met"], facts), source=source, mark=mark)
    if answer.holds is False:
        sentence = filled(criterion.says["unmet"], facts)
        return Finding.unmet(criterion.id, sentence, source=source, mark=mark, lifted_by=criterion.lifted_by, who=criterion.who)
    missing = f"{criterion.title}: not known yet ({', '.join(labels.get(fact, fact) for fact in answer.missing)})."
    sentence = filled(criterion.says["unknown"], facts) if "unknown" in criterion.says else missing
    return Finding.unknown(criterion.id, sentence, source=source, mark=mark, who="Ask, and record the answer. Unknown is never taken as met.")


def filled(sentence: str, facts: Facts) -> str:
    """The sentence with each `{fact}` replaced by its value; a fact that is not there reads "not known"."""
    return re.sub(r"\{([a-z0-9_.]+)\}", lambda found: _shown(facts.get(found[1])), sentence)


def _shown(value: Fact) -> str:
    if value is None:
        return "not known"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
