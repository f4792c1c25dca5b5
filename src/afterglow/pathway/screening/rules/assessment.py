"""What stands between this person and treatment?  Pure: everything the answer depends on is in `ScreeningFacts` and `Knowledge`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from afterglow.pathway.screening.rules.knowledge import Knowledge
from afterglow.science.criteria.criterion import Criterion, judge
from afterglow.science.criteria.interpreter import Fact, Facts
from afterglow.science.criteria.staging import Stage, failures, stages
from afterglow.science.criteria.trd import Resistance, Trial, resistance
from afterglow.science.interactions.matching import Checked, Match, check
from afterglow.science.interactions.names import recognise
from afterglow.science.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningFacts:
    """Everything that is known about one candidate on one day.

    `answers` are facts of the catalogue as `read_facts` gives them (form answers, scores, measurements); what the rules compute
    themselves is ignored in it.  `trials` as told, drug names as written; `no_trials` means the history was taken and is empty.
    `medicines` are the lines of the medicine list, substances included; None: the list was not taken.  `decided`: for each
    interaction that the prescriber has read and decided, the lines that stood on the list then; `looked_up` the lines that matched nothing and that
    the prescriber looked up.  `definition` is the site's choice, `route` that of the treatment in question.
    """

    on: date
    born_on: date | None
    answers: Facts
    trials: tuple[Trial, ...]
    no_trials: bool
    medicines: tuple[str, ...] | None
    decided: Mapping[str, frozenset[str]]
    looked_up: frozenset[str]
    definition: str
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """One criterion with its finding for this person."""

    criterion: Criterion
    finding: Finding

    @property
    def blocks(self) -> bool:
        """Unknown blocks whatever the level; a precaution that is present does not."""
        return self.finding.state == "unknown" or (self.finding.state == "unmet" and self.criterion.level != "precaution")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The screening page as a value: every criterion in its order, resistance by every definition and staged, every medicine."""

    items: tuple[Assessed, ...]
    resistance: tuple[Resistance, ...]
    stages: tuple[Stage, ...]
    checked: Checked | None
    facts: Facts

    @property
    def verdict(self) -> Verdict:
        """Every finding that is met or blocks.  Precautions that are present are not in it: they stop nothing."""
        return Verdict(tuple(item.finding for item in self.items if item.finding.is_met or item.blocks))

    @property
    def precautions(self) -> tuple[Assessed, ...]:
        """What is present and stops nothing, to be shown with what to do."""
        return tuple(item for item in self.items if item.finding.state == "unmet" and not item.blocks)


def assess(facts: ScreeningFacts, knowledge: Knowledge) -> Assessment:
    """Every criterion at once: met, not met or unknown, why, from which source, and who may lift it.

    Raises KeyError when the site's definition is not in the library, UnknownRoute for a route it does not know.
    """
    generic = tuple(replace(trial, drug=_generic(trial.drug, knowledge)) for trial in facts.trials)
    judged = tuple(
        resistance(generic, definition, knowledge.minimum_daily_mg, none_taken=facts.no_trials) for definition in knowledge.definitions.values()
    )
    of_site = next(each for each in judged if each.definition is knowledge.definitions[facts.definition])
    by_site = of_site.finding
    known: dict[str, Fact] = {key: value for key, value in facts.answers.items() if _is_collected(key, knowledge)}
    known |= {"screening.on": facts.on, "person.age_years": None if facts.born_on is None else age_years(facts.born_on, facts.on)}
    checked = None
    if facts.medicines is not None:
        checked = check(facts.medicines, route=facts.route, facts=known, interactions=knowledge.interactions, names=knowledge.names)
        known |= _medicine_facts(checked, facts)
    known |= {"trd.by_site_definition": {"met": True, "unmet": False, "unknown": None}[by_site.state], "trd.because": by_site.sentence}
    labels = knowledge.catalogue.labels
    items = tuple(Assessed(criterion=criterion, finding=judge(criterion, known, labels)) for criterion in knowledge.criteria)
    staged = stages(failures(of_site), known, knowledge.staging)
    return Assessment(items=items, resistance=judged, stages=staged, checked=checked, facts=known)


def age_years(born_on: date, on: date) -> int | None:
    """Whole years on that day; someone born on 29 February turns a year older on 1 March.  A birth after that day is unknown."""
    if born_on > on:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _is_collected(key: str, knowledge: Knowledge) -> bool:
    asked = knowledge.catalogue.facts.get(key)
    return asked is not None and asked.asked_of != "computed"


def _generic(drug: str, knowledge: Knowledge) -> str:
    """The generic name of a trial's drug; what is not wholly recognised stays as written and is then unlisted."""
    seen = recognise(drug, knowledge.names)
    return seen.generics[0] if len(seen.generics) == 1 and not seen.left_over else drug


def _medicine_facts(checked: Checked, facts: ScreeningFacts) -> dict[str, Fact]:
    """What the medicine list means for the criteria: of each kind, is there any, and which."""
    decided = decided_of(checked, facts.decided)
    high_open = [match for match in checked.at("high") if match.interaction.id not in decided]
    high_decided = [match for match in checked.at("high") if match.interaction.id in decided]
    not_checked = [each.not_checked for each in checked.not_checked if each.text not in facts.looked_up]
    kinds = {
        "contraindicated": _sentences(checked.at("contraindicated")),
        "hold": _sentences(checked.at("hold")),
        "high_open": _sentences(high_open),
        "not_checked_open": not_checked,
        "noted": _sentences([*high_decided, *checked.at("caution")]),
    }
    computed: dict[str, Fact] = {f"medicines.{kind}": bool(words) for kind, words in kinds.items()}
    return computed | {f"medicines.{kind}_words": " ".join(words) for kind, words in kinds.items()}


def decided_of(checked: Checked, decided: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The interactions that are decided for every line they come from: a medicine that came later was not read then (hazard H39)."""
    known = [match for match in checked.matches if match.interaction.id in decided]
    return frozenset(match.interaction.id for match in known if _lines(match, checked) <= decided[match.interaction.id])


def _lines(match: Match, checked: Checked) -> frozenset[str]:
    return frozenset(medicine.text for medicine in checked.medicines if not set(medicine.generics).isdisjoint(match.medicines))


def _sentences(matches: Iterable[Match]) -> list[str]:
    return [match.sentence for match in matches]
