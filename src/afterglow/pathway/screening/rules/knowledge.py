"""What screening knows: the library's criteria, interactions and codes as values, held together and checked against each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from afterglow.science.criteria.catalogue import Catalogue, catalogue_from
from afterglow.science.criteria.criterion import Criterion, criterion_from
from afterglow.science.criteria.interpreter import Condition, facts_named
from afterglow.science.criteria.trd import Definition, definitions_from, minimum_doses_from
from afterglow.science.interactions.matching import Interaction, interaction_from
from afterglow.science.interactions.names import Names, names_from

Content = Mapping[str, Any]
# What nobody may ever override (safety rule 4, and 33-36 where they say "absolute").  The library may add to it, and a file or a
# clinic's own variant that drops or weakens one of these is refused when it is read.
NEVER_LIFTED: Final = frozenset(
    {
        "adult",
        "suicide_questions_asked",
        "suicide_new_intent",
        "pressure_hard_stop",
        "aneurysm_or_avm",
        "intracerebral_haemorrhage",
        "cardiac_event_6_weeks",
        "heart_failure",
        "psychosis_active",
        "mania_now",
        "delirium",
        "pregnancy_not_positive",
        "pre_eclampsia",
        "liver_severe",
        "acute_porphyria",
        "not_intoxicated",
        "not_in_withdrawal",
        "ketamine_use_disorder",
        "free_decision",
        "ketamine_allergy",
        "medicines_contraindicated",
    }
)


class KnowledgeRefused(ValueError):
    """The library's parts do not fit together; screening must not run on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything `assess` may rest on, criteria in the order of the page."""

    catalogue: Catalogue
    criteria: tuple[Criterion, ...]
    definitions: Mapping[str, Definition]
    minimum_daily_mg: Mapping[str, Decimal]
    interactions: tuple[Interaction, ...]
    names: Names
    staging: Content

    def asked_for(self, indication: str) -> Knowledge:
        """The same for what one person is treated for: its criteria and those of everybody, without the questions that only the others ask."""
        kept = tuple(each for each in self.criteria if not each.indications or indication in each.indications)
        narrowed = replace(self, criteria=kept)
        needed = {fact for condition in _conditions(narrowed) for fact in facts_named(condition)}
        idle = {fact for condition in _conditions(self) for fact in facts_named(condition)} - needed
        facts = {key: asked for key, asked in self.catalogue.facts.items() if key not in idle or asked.asked_of != "staff"}
        return replace(narrowed, catalogue=replace(self.catalogue, facts=facts))

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """Ids of the files in use that no clinician has signed: the page shows the banner."""
        files = [(each.id, each.status) for each in self.criteria] + [(each.id, each.status) for each in self.interactions]
        return tuple(file_id for file_id, status in files if status != "reviewed")


def knowledge_from(*, criteria: Iterable[Content], interactions: Iterable[Content], codes: Mapping[str, Content]) -> Knowledge:
    """Contents of library files as one checked value.

    `codes` holds the contents of codes/screening_facts, trd_definitions, antidepressant_min_dose, resistance_staging,
    medicine_names and medicine_classes by id.  Raises KnowledgeRefused when something that nobody may lift is absent or weaker than absolute, when
    two criteria share an id, or when a condition asks for a fact that no form collects; BadCriterion, BadCondition, BadFact.
    """
    classes = {entry["id"]: entry["drugs"] for entry in codes["medicine_classes"]["classes"]}
    contents = tuple(interactions)
    rows = tuple(interaction_from(content, classes) for content in contents)
    known = {drug for row in rows for drug in (*row.drugs, *row.given, *(drug for group in row.together for drug in group))}
    minimum = minimum_doses_from(codes["antidepressant_min_dose"])
    knowledge = Knowledge(
        catalogue=catalogue_from(codes["screening_facts"]),
        criteria=tuple(sorted((criterion_from(content) for content in criteria), key=lambda criterion: (criterion.order, criterion.id))),
        definitions=definitions_from(codes["trd_definitions"]),
        minimum_daily_mg=minimum,
        interactions=rows,
        names=names_from(codes["medicine_names"], also=sorted(known | set(minimum))),
        staging=codes["resistance_staging"],
    )
    _check(knowledge)
    return knowledge


def _check(knowledge: Knowledge) -> None:
    ids = [criterion.id for criterion in knowledge.criteria]
    doubled = sorted({each for each in ids if ids.count(each) > 1})
    if doubled:
        raise KnowledgeRefused(f"Two criteria share an id: {', '.join(doubled)}.")
    weaker = sorted(NEVER_LIFTED - {criterion.id for criterion in knowledge.criteria if criterion.level == "absolute"})
    if weaker:
        raise KnowledgeRefused(f"These must be there and absolute, because nobody may lift them: {', '.join(weaker)}.")
    narrowed = sorted(NEVER_LIFTED & {criterion.id for criterion in knowledge.criteria if criterion.indications})
    if narrowed:
        raise KnowledgeRefused(f"These must be asked of everybody, because nobody may lift them: {', '.join(narrowed)}.")
    asked = {fact for condition in _conditions(knowledge) for fact in facts_named(condition)}
    unknown = sorted(asked - set(knowledge.catalogue.facts))
    if unknown:
        raise KnowledgeRefused(f"No form collects these facts: {', '.join(unknown)}.")


def _conditions(knowledge: Knowledge) -> list[Condition]:
    """Every condition of the library, criteria first."""
    of_interactions = [condition for row in knowledge.interactions for condition in (row.when, row.raised_when) if condition is not None]
    return [*(criterion.met_when for criterion in knowledge.criteria), *of_interactions]
