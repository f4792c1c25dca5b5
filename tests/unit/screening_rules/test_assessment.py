"""Screening as a whole: what is put together, and what may be decided on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from afterglow.pathway.screening.rules.assessment import Assessed, Assessment, age_years, assess
from afterglow.pathway.screening.rules.knowledge import NEVER_LIFTED, KnowledgeRefused, knowledge_from
from afterglow.science.criteria.staging import ASKED
from afterglow.science.interactions.matching import UnknownRoute
from tests.spec.screening_library import changed_criteria, codes, contents, dan, everything, knowledge, trial

BY_NAME = [
    "benzodiazepine",
    "lamotrigine",
    "cyp2b6_inhibitor",
    "cyp3a4_inhibitor",
    "grapefruit",
    "inducer_strong",
    "st_johns_wort",
    "cns_depressant",
    "opioid",
    "naltrexone",
    "psychostimulant",
    "maoi",
    "sympathomimetic",
    "thyroid_hormone",
    "theophylline",
    "memantine",
    "antipsychotic",
    "clonidine_alpha2",
    "antihypertensive",
    "ssri_snri",
    "lithium_valproate",
    "neuromuscular_blocker",
    "nasal_products",
    "food_fluid",
    "cannabis",
    "ketamine_other",
]
ADDED = [
    "glp1_agonist",
    "sodium_oxybate",
    "psychedelic",
    "cocaine_methamphetamine",
    "nitrous_oxide",
    "opioid_benzodiazepine",
    "opioid_gabapentinoid",
    "tramadol_seizure",
]


def item(assessment: Assessment, criterion_id: str) -> Assessed:
    return next(each for each in assessment.items if each.criterion.id == criterion_id)


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 11, 23), date(2026, 11, 22), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 23), date(2026, 11, 22), None),
    ],
)
def test_age(born_on: date, on: date, years: int | None) -> None:
    assert age_years(born_on, on) == years


def test_without_a_birth_date_the_age_is_unknown_and_blocks() -> None:
    assessment = assess(dan(born_on=None), knowledge())
    assert item(assessment, "adult").finding.state == "unknown"
    assert not assessment.verdict.met


# req: S29
def test_the_26_interactions_by_name_and_those_added_are_in_the_library() -> None:
    shipped = {content["id"] for content in contents("interactions")}
    assert len(BY_NAME) == 26
    assert shipped >= set(BY_NAME) | set(ADDED)
    assert {
        content["id"]: content["level"]
        for content in contents("interactions")
        if content["id"] in {"food_fluid", "ketamine_other", "thyroid_hormone"}
    } == {
        "food_fluid": "hold",
        "ketamine_other": "high",
        "thyroid_hormone": "info",
    }
    assert {content["id"] for content in contents("interactions") if content["asked"] == "every_session"} == {
        "food_fluid",
        "cannabis",
        "ketamine_other",
    }


# req: S29
@pytest.mark.parametrize(
    ("medicines", "criterion_id", "state", "words"),
    [
        (None, "medicines_hold", "unknown", "not taken yet"),
        (("cocaine",), "medicines_hold", "unmet", "cocaine"),
        (("oxycodone",), "medicines_high_decided", "unmet", "oxycodone"),
        (("metformin",), "medicines_all_checked", "unmet", "metformin: not checked, no match by name."),
        (("Xanax",), "medicines_noted", "unmet", "alprazolam"),
        (("sertraline",), "medicines_noted", "met", ""),
    ],
)
def test_medicines(medicines: tuple[str, ...] | None, criterion_id: str, state: str, words: str) -> None:
    finding = item(assess(dan({"substances.stimulant_today": None}, medicines=medicines), knowledge()), criterion_id).finding
    assert finding.state == state
    assert words in finding.sentence


# req: S29
def test_what_the_prescriber_decided_and_looked_up_is_settled_and_still_shown() -> None:
    facts = dan(medicines=("oxycodone", "metformin"))
    assert not assess(facts, knowledge()).verdict.met
    settled = assess(replace(facts, decided={"opioid": frozenset({"oxycodone"})}, looked_up=frozenset({"metformin"})), knowledge())
    assert settled.verdict.met
    assert [each.criterion.id for each in settled.precautions] == ["medicines_noted"]
    more = assess(replace(facts, medicines=("oxycodone", "metformin", "tramadol"), decided={"opioid": frozenset({"oxycodone"})}), knowledge())
    assert "tramadol" in item(more, "medicines_high_decided").finding.sentence, "a second opioid was not read then"
    assert settled.checked is not None
    assert [each.text for each in settled.checked.not_checked] == ["metformin"]


# req: S13
def test_the_site_chooses_the_definition_and_both_are_there() -> None:
    trials = (trial("sertraline", 150, 8, "under_25"), trial("bupropion", 300, 7, "25_to_49"))
    by_site = {
        name: item(assess(dan(trials=trials, definition=name), knowledge()), "treatment_resistant").finding for name in ("mgh_atrq", "esketamine")
    }
    assert {name: finding.state for name, finding in by_site.items()} == {"mgh_atrq": "met", "esketamine": "unmet"}
    assert by_site["esketamine"].lifted_by == "two_signatures"
    assert "25 to 49% better" in by_site["esketamine"].sentence


def test_a_drug_that_is_not_wholly_recognised_stays_as_written() -> None:
    trials = (trial("Zoloft", 150, 8, "none"), trial("wellbutrin with turmeric", 300, 7, "none"))
    assessment = assess(dan(trials=trials), knowledge())
    assert [each.trial.drug for each in assessment.resistance[0].trials] == ["sertraline", "wellbutrin with turmeric"]
    assert item(assessment, "treatment_resistant").finding.state == "unknown"


def test_a_form_cannot_answer_what_is_computed() -> None:
    facts = dan(trials=(), no_trials=True)
    cheated = replace(facts, answers={**facts.answers, "trd.by_site_definition": True, "medicines.hold": False, "made.up": True})
    assessment = assess(replace(cheated, medicines=None), knowledge())
    assert item(assessment, "treatment_resistant").finding.state == "unmet"
    assert item(assessment, "medicines_hold").finding.state == "unknown"
    assert "made.up" not in assessment.facts


def test_a_precaution_is_shown_and_stops_nothing_but_unknown_does() -> None:
    present = assess(dan({"liver.child_pugh": "b"}), knowledge())
    assert [each.criterion.id for each in present.precautions] == ["liver_moderate"]
    assert present.verdict.met
    unknown = assess(dan({"history.hypertensive_encephalopathy": None}), knowledge())
    assert not unknown.verdict.met
    assert unknown.precautions == ()


def test_a_definition_or_route_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        assess(dan(definition="own"), knowledge())
    with pytest.raises(UnknownRoute):
        assess(dan(route="drip"), knowledge())


def test_unreviewed_files_are_named() -> None:
    assert set(everything().unreviewed) == {content["id"] for kind in ("criteria", "interactions") for content in contents(kind)}


def built(criteria: list[dict[str, Any]]) -> None:
    knowledge_from(criteria=criteria, interactions=contents("interactions"), codes=codes())


@pytest.mark.parametrize("criterion_id", sorted(NEVER_LIFTED))
def test_nobody_can_weaken_what_nobody_may_lift(criterion_id: str) -> None:
    with pytest.raises(KnowledgeRefused, match=criterion_id):
        built(changed_criteria(criterion_id, level="hold", lifted_by="two_signatures"))
    with pytest.raises(KnowledgeRefused, match=criterion_id):
        built([content for content in changed_criteria("") if content["id"] != criterion_id])


def test_what_is_absolute_in_the_library_is_in_the_list_that_nobody_lifts() -> None:
    assert {criterion.id for criterion in everything().criteria if criterion.level == "absolute"} == NEVER_LIFTED


def test_a_criterion_twice_or_a_fact_that_no_form_collects_is_refused() -> None:
    with pytest.raises(KnowledgeRefused, match="share an id: escort"):
        built([*changed_criteria(""), next(content for content in changed_criteria("") if content["id"] == "escort")])
    with pytest.raises(KnowledgeRefused, match=r"no.such_fact"):
        built(changed_criteria("escort", met_when={"yes": "no.such_fact"}))


def test_every_fact_of_the_catalogue_is_asked_for_by_something() -> None:
    used = {fact for criterion in everything().criteria for fact in criterion.facts}
    words = "".join(sentence for content in contents("criteria") for sentence in content["says"].values())
    rows = str([(row.when, row.raised_when) for row in everything().interactions])
    idle = [key for key in everything().catalogue.facts if key not in used and f"{{{key}}}" not in words and f"'{key}'" not in rows]
    assert idle == list(ASKED)
