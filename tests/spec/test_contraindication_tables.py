"""What keeps a person from treatment, at one level each, and who may lift it: for clinicians to read and sign."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from afterglow.pathway.screening.rules.assessment import Assessed, assess
from afterglow.science.criteria.catalogue import read_facts
from afterglow.science.criteria.criterion import criterion_from, judge
from tests.spec.screening_library import contents, dan, everything, knowledge
from tests.spec.table import Row, Table

# One change to a candidate for whom nothing stands in the way; several facts are joined by `;`.
CONTRAINDICATIONS = Table("""
    what is recorded                                                            | criterion                  | level      | lifted by
    born 2008-11-23                                                             | adult                      | absolute   | nobody
    diagnosis.major_depression_confirmed no                                     | major_depression           | hold       | two signatures
    score.phq9_total 9                                                          | depression_severity        | hold       | two signatures
    score.phq9_on 2026-11-07                                                    | baseline_recent            | precaution | -
    suicide.intent_new_or_worse yes                                             | suicide_new_intent         | absolute   | nobody
    score.asq_result acute positive                                             | suicide_new_intent         | absolute   | nobody
    score.asq_result positive, acuity not answered: handled as acute            | suicide_new_intent         | absolute   | nobody
    score.phq9_item9_answered no                                                | suicide_questions_asked    | absolute   | nobody
    suicide.intent_plan_or_behaviour_3_months yes                               | suicide_emergency_first    | hold       | two signatures
    pressure.systolic_mmhg 180                                                  | pressure_hard_stop         | absolute   | nobody
    pressure.diastolic_mmhg 110                                                 | pressure_hard_stop         | absolute   | nobody
    pressure.systolic_mmhg 141                                                  | pressure_controlled        | hold       | two signatures
    history.uncontrolled_hypertension yes                                       | pressure_controlled        | hold       | two signatures
    history.aneurysm_or_avm yes                                                 | aneurysm_or_avm            | absolute   | nobody
    history.intracerebral_haemorrhage yes                                       | intracerebral_haemorrhage  | absolute   | nobody
    history.mi yes; history.mi_on 2026-11-01                                    | cardiac_event_6_weeks      | absolute   | nobody
    history.stroke yes; history.stroke_on 2026-10-12                            | cardiac_event_6_weeks      | absolute   | nobody
    history.unstable_angina yes; history.unstable_angina_on 2026-08-01          | cardiac_event_6_months     | hold       | two signatures
    history.heart_failure_decompensated yes                                     | heart_failure              | absolute   | nobody
    history.arrhythmia_or_valve_disease yes                                     | arrhythmia_or_valve        | hold       | two signatures
    history.aortic_stenosis yes                                                 | aortic_stenosis            | hold       | two signatures
    history.pulmonary_hypertension yes                                          | pulmonary_hypertension     | hold       | two signatures
    history.phaeochromocytoma yes                                               | phaeochromocytoma          | hold       | two signatures
    history.hypertensive_encephalopathy yes                                     | hypertensive_encephalopathy | precaution | -
    history.psychosis_active yes                                                | psychosis_active           | absolute   | nobody
    history.schizophrenia_spectrum yes                                          | schizophrenia_spectrum     | hold       | two signatures
    history.ketamine_psychosis yes                                              | ketamine_psychosis         | hold       | two signatures
    history.dissociative_identity_disorder yes                                  | dissociative_identity      | hold       | two signatures
    history.catatonia yes                                                       | catatonia                  | hold       | two signatures
    mood.mania_or_mixed_now yes                                                 | mania_now                  | absolute   | nobody
    history.bipolar yes; mood.mania_scale_over_cut yes                          | mania_signs                | hold       | two signatures
    history.bipolar yes; history.bipolar_i yes                                  | bipolar_on_stabiliser      | hold       | two signatures
    history.delirium_now yes                                                    | delirium                   | absolute   | nobody
    history.dementia yes                                                        | dementia                   | hold       | two signatures
    history.raised_intracranial_pressure yes                                    | intracranial_pressure      | hold       | two signatures
    history.raised_intraocular_pressure yes                                     | intraocular_pressure       | hold       | two signatures
    history.seizures_uncontrolled yes                                           | seizures                   | hold       | two signatures
    pregnancy.test positive                                                     | pregnancy_not_positive     | absolute   | nobody
    organs.uterus_or_ovaries yes; pregnancy.test declined                       | pregnancy_tested           | hold       | two signatures
    organs.uterus_or_ovaries yes; pregnancy.test not_needed                     | pregnancy_tested           | hold       | two signatures
    organs.uterus_or_ovaries yes; pregnancy.pre_eclampsia yes                   | pre_eclampsia              | absolute   | nobody
    organs.uterus_or_ovaries yes; pregnancy.breastfeeding yes                   | breastfeeding              | hold       | two signatures
    liver.child_pugh c                                                          | liver_severe               | absolute   | nobody
    liver.child_pugh b                                                          | liver_moderate             | precaution | -
    lab.alt_times_uln 3.1                                                       | liver_enzymes              | hold       | two signatures
    history.acute_porphyria yes                                                 | acute_porphyria            | absolute   | nobody
    history.thyroid_uncontrolled yes                                            | thyroid                    | hold       | two signatures
    bladder.cystitis_or_symptoms yes                                            | bladder                    | hold       | two signatures
    bladder.visible_haematuria yes                                              | bladder                    | hold       | two signatures
    body.bmi_kg_per_m2 45                                                       | bmi_high                   | hold       | two signatures
    eating.anorexia yes; body.bmi_kg_per_m2 15.9                                | anorexia                   | hold       | two signatures
    born 1961-11-22                                                             | age_65                     | precaution | -
    airway.respiratory_infection yes                                            | respiratory_infection      | hold       | two signatures
    airway.severe_osa_untreated yes                                             | severe_osa                 | hold       | two signatures
    airway.home_oxygen yes                                                      | home_oxygen                | hold       | two signatures
    airway.respiratory_insufficiency yes                                        | respiratory_insufficiency  | hold       | two signatures
    airway.difficult yes                                                        | difficult_airway           | hold       | two signatures
    substances.intoxicated_today yes                                            | not_intoxicated            | absolute   | nobody
    substances.withdrawal_today yes                                             | not_in_withdrawal          | absolute   | nobody
    substances.ketamine_use_disorder yes                                        | ketamine_use_disorder      | absolute   | nobody
    substances.other_use_disorder_active yes                                    | other_use_disorder         | hold       | two signatures
    decision.capacity_in_doubt yes                                              | free_decision              | absolute   | nobody
    decision.legal_hold yes                                                     | free_decision              | absolute   | nobody
    decision.coerced yes                                                        | free_decision              | absolute   | nobody
    allergy.ketamine yes                                                        | ketamine_allergy           | absolute   | nobody
    workup.cardiovascular_risk yes                                              | ecg                        | hold       | two signatures
    workup.prescription_monitoring_checked no                                   | prescription_monitoring    | hold       | two signatures
    workup.urinalysis_reviewed no                                               | urinalysis                 | precaution | -
    workup.urine_drug_screen_reviewed no                                        | urine_drug_screen          | precaution | -
    airway.stop_bang 5                                                          | sleep_apnoea_screen        | hold       | two signatures
    airway.spo2_percent_at_rest 94                                              | resting_saturation         | precaution | -
    workup.bladder_score_recorded no                                            | bladder_baseline           | precaution | -
    workup.substance_questionnaires_read no                                     | substance_questionnaires   | precaution | -
    support.adult_escort no                                                     | escort                     | hold       | two signatures
""")
# Never asked, never measured: unknown, and unknown blocks.
NOT_ASKED = Table("""
    not known                          | criterion
    history.aneurysm_or_avm            | aneurysm_or_avm
    history.mi                         | cardiac_event_6_weeks
    pressure.diastolic_mmhg            | pressure_hard_stop
    score.phq9_total                   | depression_severity
    score.asq_result                   | suicide_questions_asked
    organs.uterus_or_ovaries           | pregnancy_tested
    pregnancy.test                     | pregnancy_not_positive
    allergy.ketamine                   | ketamine_allergy
    decision.coerced                   | free_decision
    history.hypertensive_encephalopathy | hypertensive_encephalopathy
    workup.urinalysis_reviewed         | urinalysis
""")


def changed(text: str) -> dict[str, Any]:
    """`history.mi yes; born 2008-11-23` as changes to the candidate."""
    answers, changes = {}, {}
    for part in text.split(";"):
        key, value = part.strip().split(" ", 1)
        if key == "born":
            changes["born_on"] = date.fromisoformat(value)
        else:
            answers[key] = value
    return {"answers": answers, **changes}


def found(criterion_id: str, **changes: Any) -> Assessed:
    return next(item for item in assess(dan(**changes), knowledge()).items if item.criterion.id == criterion_id)


# req: S14
# hazard: H29 H37 H38 H41
@CONTRAINDICATIONS.each
def test_contraindication(row: Row) -> None:
    item = found(row.criterion, **changed(row.what_is_recorded))
    assert item.finding.state == "unmet"
    assert item.criterion.level == row.level
    assert item.finding.lifted_by.replace("_", " ") == row.lifted_by.strip("-")
    assert item.blocks is (row.level != "precaution")
    assert item.finding.sentence and item.finding.source and item.finding.mark


# req: S14
@NOT_ASKED.each
def test_what_nobody_asked_is_unknown_and_blocks(row: Row) -> None:
    item = found(row.criterion, answers={row.not_known: None})
    assert item.finding.state == "unknown"
    assert item.blocks


# req: S14
def test_every_criterion_is_in_one_of_the_tables_or_comes_from_trials_and_medicines() -> None:
    elsewhere = {"treatment_resistant"} | {criterion.id for criterion in knowledge().criteria if criterion.id.startswith("medicines_")}
    assert {row.criterion for row in CONTRAINDICATIONS} | elsewhere == {criterion.id for criterion in knowledge().criteria}


def test_a_candidate_without_any_of_it_is_clear() -> None:
    assessment = assess(dan(), knowledge())
    assert [item.finding for item in assessment.items if not item.finding.is_met] == []
    assert assessment.verdict.met


@pytest.mark.parametrize("content", contents("criteria"), ids=lambda content: content["id"])
def test_vignettes_of_the_library(content: dict[str, Any]) -> None:
    criterion = criterion_from(content)
    for vignette in content["vignettes"]:
        facts = read_facts(everything().catalogue, vignette["facts"])
        assert judge(criterion, facts, everything().catalogue.labels).state == vignette["gives"], vignette["says"]
    assert {vignette["gives"] for vignette in content["vignettes"]} == {"met", "unmet", "unknown"}
