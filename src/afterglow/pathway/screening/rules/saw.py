"""What a decision was made on, as plain JSON values: kept with it for ever, and enough to judge again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from afterglow.pathway.screening.rules.assessment import Assessment, ScreeningFacts, decided_of
from afterglow.pathway.screening.rules.decision import Override
from afterglow.science.criteria.catalogue import stored_facts
from afterglow.science.verdict import Verdict


def saw(
    indication: str,
    assessment: Assessment,
    facts: ScreeningFacts,
    overrides: Sequence[Override],
    verdict: Verdict,
    library: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Every criterion with its finding, resistance by each definition, each medicine, the facts, the overrides, and each library version."""
    return {
        "indication": indication,
        "on": facts.on.isoformat(),
        "definition": facts.definition,
        "route": facts.route,
        "facts": stored_facts(assessment.facts),
        "no_trials": facts.no_trials,
        "criteria": [
            {
                "title": item.criterion.title,
                "group": item.criterion.group,
                "level": item.criterion.level,
                "version": item.criterion.version,
                "private": item.criterion.private,
                "blocks": item.blocks,
                **asdict(item.finding),
            }
            for item in assessment.items
        ],
        "resistance": [
            {
                "definition": each.definition.id,
                "title": each.definition.title,
                "state": each.finding.state,
                "sentence": each.finding.sentence,
                "trials": [{"drug": judged.trial.drug, "counts": judged.counts, "because": judged.because} for judged in each.trials],
            }
            for each in assessment.resistance
        ],
        "stages": [{"title": each.title, "sentence": each.sentence, "parts": list(map(str, each.parts))} for each in assessment.stages],
        "medicines": _medicines(assessment, facts),
        "together": _together(assessment),
        "overrides": [asdict(override) for override in overrides],
        "verdict": [asdict(finding) for finding in verdict],
        "library": {name: dict(version) for name, version in library.items()},
    }


def _medicines(assessment: Assessment, facts: ScreeningFacts) -> list[dict[str, Any]] | None:
    """Each line of the list with its interactions; None when the list was not taken."""
    if assessment.checked is None:
        return None
    decided = decided_of(assessment.checked, facts.decided)
    return [
        {
            "text": medicine.text,
            "not_checked": medicine.not_checked,
            "looked_up": medicine.text in facts.looked_up,
            "interactions": [
                {"id": match.interaction.id, "level": match.level, "sentence": match.sentence, "decided": match.interaction.id in decided}
                for match in medicine.matches
            ],
        }
        for medicine in assessment.checked.medicines
    ]


def _together(assessment: Assessment) -> list[dict[str, Any]]:
    together = () if assessment.checked is None else assessment.checked.together
    return [{"id": match.interaction.id, "level": match.level, "sentence": match.sentence} for match in together]
