"""The shipped screening library, and one candidate for whom nothing stands in the way: tests change one thing at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.pathway.screening.rules.assessment import ScreeningFacts
from afterglow.pathway.screening.rules.decision import Signature
from afterglow.pathway.screening.rules.knowledge import Knowledge, knowledge_from
from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.criteria.trd import BANDS, Trial

ON = date(2026, 11, 22)
ANA = Signature(by="ana", name="Ana", is_prescriber=True, is_licensed=True)
BEN = Signature(by="ben", name="Ben", is_prescriber=False, is_licensed=True)
FAYE = Signature(by="faye", name="Faye", is_prescriber=False, is_licensed=False)


@cache
def contents(kind: str) -> tuple[Mapping[str, Any], ...]:
    """The newest version of each file."""
    return tuple({file.id: file.content for file in sorted(load_kind(LIBRARY_ROOT, kind), key=lambda file: file.version)}.values())


def changed_criteria(criterion_id: str, **changes: Any) -> list[dict[str, Any]]:
    """The criteria of the library, one of them changed."""
    return [dict(content) | (changes if content["id"] == criterion_id else {}) for content in contents("criteria")]


@cache
def codes() -> Mapping[str, Mapping[str, Any]]:
    return {content["id"]: content for content in contents("codes")}


@cache
def knowledge(indication: str = "trd") -> Knowledge:
    """What is asked where the treatment is for this."""
    return everything().asked_for(indication)


@cache
def everything() -> Knowledge:
    """What is asked of anybody."""
    return knowledge_from(criteria=contents("criteria"), interactions=contents("interactions"), codes=codes())


def trial(drug: str, daily_dose_mg: float | None, weeks: float | None, band: str | None, **changes: Any) -> Trial:
    """A trial of this episode that was stopped because it did nothing."""
    told = Trial(
        drug=drug,
        daily_dose_mg=daily_dose_mg,
        weeks=weeks,
        improvement=BANDS[band] if band else None,
        this_episode=True,
        stopped_for="no_effect",
    )
    return replace(told, **changes)


TWO_FAILED = (trial("sertraline", 150, 8, "under_25"), trial("bupropion", 300, 7, "none"))
ANSWERS: Mapping[str, object] = {
    **{key: "no" for key, asked in knowledge().catalogue.facts.items() if asked.kind == "yes_no" and asked.asked_of == "staff"},
    "diagnosis.major_depression_confirmed": "yes",
    "score.phq9_total": 18,
    "score.phq9_on": "2026-11-20",
    "score.phq9_item9_answered": "yes",
    "score.asq_result": "negative",
    "pressure.systolic_mmhg": 128,
    "pressure.diastolic_mmhg": 78,
    "pregnancy.test": "not_needed",
    "liver.child_pugh": "none",
    "lab.alt_times_uln": 0.8,
    "body.bmi_kg_per_m2": 24.6,
    "workup.prescription_monitoring_checked": "yes",
    "workup.urinalysis_reviewed": "yes",
    "workup.urine_drug_screen_reviewed": "yes",
    "workup.bladder_score_recorded": "yes",
    "workup.substance_questionnaires_read": "yes",
    "airway.stop_bang": 2,
    "airway.spo2_percent_at_rest": 98,
    "support.adult_escort": "yes",
}


def dan(answers: Mapping[str, object] | None = None, **changes: Any) -> ScreeningFacts:
    """Dan Marsh, born 4 Mar 1982: every question answered, two adequate trials failed, no medicines."""
    facts = ScreeningFacts(
        on=ON,
        born_on=date(1982, 3, 4),
        answers=read_facts(knowledge().catalogue, {**ANSWERS, **(answers or {})}),
        trials=TWO_FAILED,
        no_trials=False,
        medicines=(),
        decided={},
        looked_up=frozenset(),
        definition="mgh_atrq",
        route="iv",
    )
    return replace(facts, **changes)
