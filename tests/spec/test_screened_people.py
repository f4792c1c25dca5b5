"""People at screening, one a line, for clinicians to read and sign: what is recorded, which rule speaks, and all that stands in the way.

Written by hand from the sources named in the column `from` (labels, consensus papers, Afterglow's safety rules), not from the library's
files.  Each line changes a person of 44, seen on 22 November 2026, for whom nothing stands in the way; `?` is what nobody knows.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from afterglow.pathway.screening.rules.assessment import assess
from tests.spec.screening_library import TWO_FAILED, dan, knowledge
from tests.spec.table import Row, Table

INDICATION_AND_SCORES = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    born 2008-11-22: 18 today                                       | adult                   | met     | absolute   | -               | label; safety 36
    born 2008-11-23: 18 tomorrow                                    | adult                   | unmet   | absolute   | -               | label; safety 36
    born ?                                                          | adult                   | unknown | absolute   | age_65, ecg     | label; safety 36
    diagnosis.major_depression_confirmed yes                        | major_depression        | met     | hold       | -               | APA 2017
    diagnosis.major_depression_confirmed no                         | major_depression        | unmet   | hold       | -               | APA 2017
    diagnosis.major_depression_confirmed ?                          | major_depression        | unknown | hold       | -               | APA 2017
    trials two                                                      | treatment_resistant     | met     | hold       | -               | safety 37
    trials one                                                      | treatment_resistant     | unmet   | hold       | -               | safety 37
    trials none                                                     | treatment_resistant     | unmet   | hold       | -               | safety 37
    trials ?                                                        | treatment_resistant     | unknown | hold       | -               | safety 37
    score.phq9_total 10                                             | depression_severity     | met     | hold       | -               | PHQ-9 caseness 10
    score.phq9_total 9                                              | depression_severity     | unmet   | hold       | -               | PHQ-9 caseness 10
    score.phq9_total ?                                              | depression_severity     | unknown | hold       | -               | PHQ-9 caseness 10
    score.phq9_on 2026-11-08: 14 days ago                           | baseline_recent         | met     | precaution | -               | safety 23
    score.phq9_on 2026-11-07: 15 days ago                           | baseline_recent         | unmet   | precaution | -               | safety 23
    score.phq9_on 2026-11-23: a day that has not come               | baseline_recent         | unknown | precaution | -               | safety 23
    score.phq9_on ?                                                 | baseline_recent         | unknown | precaution | -               | safety 23
    score.asq_result non-acute positive                             | suicide_questions_asked | met     | absolute   | -               | safety 1-3
    score.phq9_item9_answered no                                    | suicide_questions_asked | unmet   | absolute   | -               | safety 1-3
    score.phq9_item9_answered ?                                     | suicide_questions_asked | unknown | absolute   | -               | safety 1-3
    score.asq_result ?                                              | suicide_questions_asked | unknown | absolute   | suicide_new_intent | safety 1-3
    suicide.intent_new_or_worse yes                                 | suicide_new_intent      | unmet   | absolute   | -               | safety 4, 18
    suicide.intent_new_or_worse yes; suicide.same_day_assessment_complete yes | suicide_new_intent | met | absolute  | -               | safety 4, 18
    score.asq_result acute positive                                 | suicide_new_intent      | unmet   | absolute   | -               | safety 3, 4
    score.asq_result acute positive; suicide.same_day_assessment_complete yes | suicide_new_intent | met | absolute  | -               | safety 3, 4
    score.asq_result positive, acuity not answered: handled as acute | suicide_new_intent     | unmet   | absolute   | -               | safety 3, 4
    score.asq_result non-acute positive                             | suicide_new_intent      | met     | absolute   | -               | safety 3, 4
    suicide.intent_new_or_worse ?                                   | suicide_new_intent      | unknown | absolute   | -               | safety 4, 18
    suicide.intent_new_or_worse yes; suicide.same_day_assessment_complete ? | suicide_new_intent | unknown | absolute | -              | safety 4, 18
    suicide.intent_plan_or_behaviour_3_months no                    | suicide_emergency_first | met     | hold       | -               | safety 18
    suicide.intent_plan_or_behaviour_3_months yes                   | suicide_emergency_first | unmet   | hold       | -               | safety 18
    suicide.intent_plan_or_behaviour_3_months ?                     | suicide_emergency_first | unknown | hold       | -               | safety 18
""")
HEART = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    pressure.systolic_mmhg 179                                      | pressure_hard_stop      | met     | absolute   | pressure_controlled | safety 4
    pressure.systolic_mmhg 180                                      | pressure_hard_stop      | unmet   | absolute   | pressure_controlled | safety 4
    pressure.diastolic_mmhg 109                                     | pressure_hard_stop      | met     | absolute   | pressure_controlled | safety 4
    pressure.diastolic_mmhg 110                                     | pressure_hard_stop      | unmet   | absolute   | pressure_controlled | safety 4
    pressure.systolic_mmhg ?                                        | pressure_hard_stop      | unknown | absolute   | pressure_controlled | safety 4
    pressure.systolic_mmhg ?; pressure.diastolic_mmhg 112           | pressure_hard_stop      | unmet   | absolute   | pressure_controlled | safety 4
    pressure.systolic_mmhg 140; pressure.diastolic_mmhg 90          | pressure_controlled     | met     | hold       | -               | label; APA 2017
    pressure.systolic_mmhg 141                                      | pressure_controlled     | unmet   | hold       | -               | label; APA 2017
    pressure.diastolic_mmhg 91                                      | pressure_controlled     | unmet   | hold       | -               | label; APA 2017
    history.uncontrolled_hypertension yes                           | pressure_controlled     | unmet   | hold       | -               | label; APA 2017
    history.uncontrolled_hypertension ?                             | pressure_controlled     | unknown | hold       | -               | label; APA 2017
    pressure.diastolic_mmhg ?                                       | pressure_controlled     | unknown | hold       | pressure_hard_stop | label; APA 2017
    history.aneurysm_or_avm no                                      | aneurysm_or_avm         | met     | absolute   | -               | label 4
    history.aneurysm_or_avm yes                                     | aneurysm_or_avm         | unmet   | absolute   | -               | label 4
    history.aneurysm_or_avm ?                                       | aneurysm_or_avm         | unknown | absolute   | -               | label 4
    history.intracerebral_haemorrhage no                            | intracerebral_haemorrhage | met   | absolute   | -               | label 4
    history.intracerebral_haemorrhage yes                           | intracerebral_haemorrhage | unmet | absolute   | -               | label 4
    history.intracerebral_haemorrhage ?                             | intracerebral_haemorrhage | unknown | absolute | -               | label 4
    history.mi yes; history.mi_on 2026-11-22: today                 | cardiac_event_6_weeks   | unmet   | absolute   | cardiac_event_6_months | safety 33
    history.stroke yes; history.stroke_on 2026-10-12: 41 days       | cardiac_event_6_weeks   | unmet   | absolute   | cardiac_event_6_months | safety 33
    history.mi yes; history.mi_on 2026-10-11: six weeks             | cardiac_event_6_weeks   | met     | absolute   | cardiac_event_6_months | safety 33
    history.unstable_angina yes; history.unstable_angina_on ?       | cardiac_event_6_weeks   | unknown | absolute   | cardiac_event_6_months | safety 33
    history.mi yes; history.mi_on 2026-11-23: a day that has not come | cardiac_event_6_weeks | unknown | absolute   | cardiac_event_6_months | safety 33
    history.stroke ?                                                | cardiac_event_6_weeks   | unknown | absolute   | cardiac_event_6_months | safety 33
    history.mi yes; history.mi_on 2024-01-31; history.stroke yes; history.stroke_on 2026-11-01 | cardiac_event_6_weeks | unmet | absolute | cardiac_event_6_months | safety 33
    history.unstable_angina yes; history.unstable_angina_on 2026-05-23 | cardiac_event_6_months | unmet | hold       | -               | safety 33
    history.unstable_angina yes; history.unstable_angina_on 2026-05-22: six months | cardiac_event_6_months | met | hold | -        | safety 33
    history.mi ?                                                    | cardiac_event_6_months  | unknown | hold       | cardiac_event_6_weeks | safety 33
    history.heart_failure_decompensated no                          | heart_failure           | met     | absolute   | -               | safety 33
    history.heart_failure_decompensated yes                         | heart_failure           | unmet   | absolute   | -               | safety 33
    history.heart_failure_decompensated ?                           | heart_failure           | unknown | absolute   | -               | safety 33
    history.arrhythmia_or_valve_disease no                          | arrhythmia_or_valve     | met     | hold       | -               | ASRA 2018
    history.arrhythmia_or_valve_disease yes                         | arrhythmia_or_valve     | unmet   | hold       | -               | ASRA 2018
    history.arrhythmia_or_valve_disease ?                           | arrhythmia_or_valve     | unknown | hold       | -               | ASRA 2018
    history.aortic_stenosis no                                      | aortic_stenosis         | met     | hold       | -               | safety 34
    history.aortic_stenosis yes                                     | aortic_stenosis         | unmet   | hold       | -               | safety 34
    history.aortic_stenosis ?                                       | aortic_stenosis         | unknown | hold       | -               | safety 34
    history.pulmonary_hypertension no                               | pulmonary_hypertension  | met     | hold       | -               | safety 34
    history.pulmonary_hypertension yes                              | pulmonary_hypertension  | unmet   | hold       | -               | safety 34
    history.pulmonary_hypertension ?                                | pulmonary_hypertension  | unknown | hold       | -               | safety 34
    history.phaeochromocytoma no                                    | phaeochromocytoma       | met     | hold       | -               | safety 34
    history.phaeochromocytoma yes                                   | phaeochromocytoma       | unmet   | hold       | -               | safety 34
    history.phaeochromocytoma ?                                     | phaeochromocytoma       | unknown | hold       | -               | safety 34
    history.hypertensive_encephalopathy no                          | hypertensive_encephalopathy | met | precaution | -               | label
    history.hypertensive_encephalopathy yes                         | hypertensive_encephalopathy | unmet | precaution | -             | label
    history.hypertensive_encephalopathy ?                           | hypertensive_encephalopathy | unknown | precaution | -           | label
""")
MIND = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    history.psychosis_active no                                     | psychosis_active        | met     | absolute   | -               | safety 33
    history.psychosis_active yes                                    | psychosis_active        | unmet   | absolute   | -               | safety 33
    history.psychosis_active ?                                      | psychosis_active        | unknown | absolute   | -               | safety 33
    history.schizophrenia_spectrum no                               | schizophrenia_spectrum  | met     | hold       | -               | safety 33
    history.schizophrenia_spectrum yes                              | schizophrenia_spectrum  | unmet   | hold       | -               | safety 33
    history.schizophrenia_spectrum ?                                | schizophrenia_spectrum  | unknown | hold       | -               | safety 33
    history.ketamine_psychosis no                                   | ketamine_psychosis      | met     | hold       | -               | safety 34
    history.ketamine_psychosis yes                                  | ketamine_psychosis      | unmet   | hold       | -               | safety 34
    history.ketamine_psychosis ?                                    | ketamine_psychosis      | unknown | hold       | -               | safety 34
    history.dissociative_identity_disorder no                       | dissociative_identity   | met     | hold       | -               | safety 34
    history.dissociative_identity_disorder yes                      | dissociative_identity   | unmet   | hold       | -               | safety 34
    history.dissociative_identity_disorder ?                        | dissociative_identity   | unknown | hold       | -               | safety 34
    history.catatonia no                                            | catatonia               | met     | hold       | -               | safety 34
    history.catatonia yes                                           | catatonia               | unmet   | hold       | -               | safety 34
    history.catatonia ?                                             | catatonia               | unknown | hold       | -               | safety 34
    mood.mania_or_mixed_now no                                      | mania_now               | met     | absolute   | -               | safety 33
    mood.mania_or_mixed_now yes                                     | mania_now               | unmet   | absolute   | -               | safety 33
    mood.mania_or_mixed_now ?                                       | mania_now               | unknown | absolute   | -               | safety 33
    history.bipolar yes                                             | mania_signs             | met     | hold       | -               | safety 47
    history.bipolar yes; mood.mania_scale_over_cut yes              | mania_signs             | unmet   | hold       | -               | safety 47
    history.bipolar yes; mood.sleeps_under_4_h_without_fatigue yes  | mania_signs             | unmet   | hold       | -               | safety 47
    history.bipolar no; mood.mania_scale_over_cut yes               | mania_signs             | met     | hold       | -               | safety 47
    history.bipolar yes; mood.mania_scale_over_cut ?                | mania_signs             | unknown | hold       | -               | safety 47
    history.bipolar ?; mood.mania_scale_over_cut yes                | mania_signs             | unknown | hold       | -               | safety 47
    history.bipolar yes; history.bipolar_i no                       | bipolar_on_stabiliser   | met     | hold       | -               | safety 47
    history.bipolar yes; history.bipolar_i yes; treatment.mood_stabiliser yes | bipolar_on_stabiliser | met | hold   | -               | safety 47
    history.bipolar yes; history.bipolar_i yes                      | bipolar_on_stabiliser   | unmet   | hold       | -               | safety 47
    history.bipolar yes; history.bipolar_i yes; treatment.mood_stabiliser ? | bipolar_on_stabiliser | unknown | hold | -               | safety 47
    history.bipolar yes; history.bipolar_i ?                        | bipolar_on_stabiliser   | unknown | hold       | -               | safety 47
    history.delirium_now no                                         | delirium                | met     | absolute   | -               | safety 33
    history.delirium_now yes                                        | delirium                | unmet   | absolute   | -               | safety 33
    history.delirium_now ?                                          | delirium                | unknown | absolute   | -               | safety 33
    history.dementia no                                             | dementia                | met     | hold       | -               | APA; CANMAT
    history.dementia yes                                            | dementia                | unmet   | hold       | -               | APA; CANMAT
    history.dementia ?                                              | dementia                | unknown | hold       | -               | APA; CANMAT
    history.raised_intracranial_pressure no                         | intracranial_pressure   | met     | hold       | -               | ASRA 2018; safety 33
    history.raised_intracranial_pressure yes                        | intracranial_pressure   | unmet   | hold       | -               | ASRA 2018; safety 33
    history.raised_intracranial_pressure ?                          | intracranial_pressure   | unknown | hold       | -               | ASRA 2018; safety 33
    history.raised_intraocular_pressure no                          | intraocular_pressure    | met     | hold       | -               | ASRA 2018; safety 33
    history.raised_intraocular_pressure yes                         | intraocular_pressure    | unmet   | hold       | -               | ASRA 2018; safety 33
    history.raised_intraocular_pressure ?                           | intraocular_pressure    | unknown | hold       | -               | ASRA 2018; safety 33
    history.seizures_uncontrolled no                                | seizures                | met     | hold       | -               | safety 33
    history.seizures_uncontrolled yes                               | seizures                | unmet   | hold       | -               | safety 33
    history.seizures_uncontrolled ?                                 | seizures                | unknown | hold       | -               | safety 33
""")
PREGNANCY = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    pregnancy.test positive                                         | pregnancy_not_positive  | unmet   | absolute   | -               | label; safety 35
    organs.uterus_or_ovaries yes; pregnancy.test positive; pregnancy.tested_on 2026-11-22 | pregnancy_not_positive | unmet | absolute | pregnancy_tested | label; safety 35
    organs.uterus_or_ovaries yes; pregnancy.test negative; pregnancy.tested_on 2026-11-22 | pregnancy_not_positive | met | absolute | - | label; safety 35
    organs.uterus_or_ovaries yes; pregnancy.test ?                  | pregnancy_not_positive  | unknown | absolute   | pregnancy_tested | label; safety 35
    organs.uterus_or_ovaries yes; pregnancy.test negative; pregnancy.tested_on 2026-11-15: 7 days | pregnancy_tested | met | hold | - | safety 35
    organs.uterus_or_ovaries yes; pregnancy.test negative; pregnancy.tested_on 2026-11-14: 8 days | pregnancy_tested | unmet | hold | - | safety 35
    organs.uterus_or_ovaries yes; pregnancy.test negative; pregnancy.tested_on ? | pregnancy_tested | unknown | hold  | -               | safety 35
    organs.uterus_or_ovaries yes; pregnancy.test declined           | pregnancy_tested        | unmet   | hold       | -               | safety 35
    organs.uterus_or_ovaries yes                                    | pregnancy_tested        | unmet   | hold       | -               | safety 35: not tested
    organs.uterus_or_ovaries yes; organs.hysterectomy yes           | pregnancy_tested        | met     | hold       | -               | safety 35
    organs.uterus_or_ovaries yes; organs.menopause_documented yes   | pregnancy_tested        | met     | hold       | -               | safety 35
    organs.uterus_or_ovaries yes; organs.hysterectomy ?             | pregnancy_tested        | unknown | hold       | -               | safety 35
    organs.uterus_or_ovaries ?                                      | pregnancy_tested        | unknown | hold       | -               | safety 35
    organs.uterus_or_ovaries yes; born 1970-11-23: 55; workup.ecg_reviewed yes | pregnancy_tested | unmet | hold     | -               | safety 35
    organs.uterus_or_ovaries yes; born 1970-11-22: 56; workup.ecg_reviewed yes | pregnancy_tested | met | hold       | -               | safety 35
    organs.uterus_or_ovaries yes; organs.hysterectomy yes; pregnancy.pre_eclampsia yes | pre_eclampsia | unmet | absolute | -           | UK SmPC; safety 33
    organs.uterus_or_ovaries yes; organs.hysterectomy yes; pregnancy.pre_eclampsia ? | pre_eclampsia | unknown | absolute | -           | UK SmPC; safety 33
    pregnancy.pre_eclampsia ?                                       | pre_eclampsia           | met     | absolute   | -               | UK SmPC: no uterus
    organs.uterus_or_ovaries yes; organs.hysterectomy yes; pregnancy.breastfeeding yes | breastfeeding | unmet | hold | -               | label 8.2; safety 35
    organs.uterus_or_ovaries yes; organs.hysterectomy yes; pregnancy.breastfeeding ? | breastfeeding | unknown | hold | -               | label 8.2; safety 35
    organs.uterus_or_ovaries yes; organs.hysterectomy yes; pregnancy.breastfeeding no | breastfeeding | met | hold    | -               | label 8.2; safety 35
""")
BODY = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    liver.child_pugh b                                              | liver_severe            | met     | absolute   | -               | label; ASRA 2018
    liver.child_pugh c                                              | liver_severe            | unmet   | absolute   | -               | label; ASRA 2018
    liver.child_pugh ?                                              | liver_severe            | unknown | absolute   | liver_moderate  | label; ASRA 2018
    liver.child_pugh a                                              | liver_moderate          | met     | precaution | -               | label; ASRA 2018
    liver.child_pugh b                                              | liver_moderate          | unmet   | precaution | -               | label; ASRA 2018
    liver.child_pugh ?                                              | liver_moderate          | unknown | precaution | liver_severe    | label; ASRA 2018
    lab.alt_times_uln 3                                             | liver_enzymes           | met     | hold       | -               | safety 38: over 3
    lab.alt_times_uln 3.1                                           | liver_enzymes           | unmet   | hold       | -               | safety 38: over 3
    lab.alt_times_uln ?                                             | liver_enzymes           | unknown | hold       | -               | safety 38: over 3
    history.acute_porphyria no                                      | acute_porphyria         | met     | absolute   | -               | UK SmPC; safety 33
    history.acute_porphyria yes                                     | acute_porphyria         | unmet   | absolute   | -               | UK SmPC; safety 33
    history.acute_porphyria ?                                       | acute_porphyria         | unknown | absolute   | -               | UK SmPC; safety 33
    history.thyroid_uncontrolled no                                 | thyroid                 | met     | hold       | -               | safety 33
    history.thyroid_uncontrolled yes                                | thyroid                 | unmet   | hold       | -               | safety 33
    history.thyroid_uncontrolled ?                                  | thyroid                 | unknown | hold       | -               | safety 33
    bladder.cystitis_or_symptoms no; bladder.visible_haematuria no  | bladder                 | met     | hold       | -               | safety 38
    bladder.cystitis_or_symptoms yes                                | bladder                 | unmet   | hold       | -               | safety 38
    bladder.visible_haematuria yes; bladder.cystitis_or_symptoms ?  | bladder                 | unmet   | hold       | -               | safety 38
    bladder.visible_haematuria ?                                    | bladder                 | unknown | hold       | -               | safety 38
    body.bmi_kg_per_m2 44.9                                         | bmi_high                | met     | hold       | -               | safety 34: 45
    body.bmi_kg_per_m2 45                                           | bmi_high                | unmet   | hold       | -               | safety 34: 45
    body.bmi_kg_per_m2 ?                                            | bmi_high                | unknown | hold       | -               | safety 34: 45
    eating.anorexia yes; body.bmi_kg_per_m2 16                      | anorexia                | met     | hold       | -               | safety 34: under 16
    eating.anorexia yes; body.bmi_kg_per_m2 15.9                    | anorexia                | unmet   | hold       | -               | safety 34: under 16
    eating.anorexia yes; eating.potassium_low yes                   | anorexia                | unmet   | hold       | -               | safety 34
    eating.anorexia yes; eating.potassium_low ?                     | anorexia                | unknown | hold       | -               | safety 34
    eating.anorexia ?; body.bmi_kg_per_m2 15.9                      | anorexia                | unknown | hold       | -               | safety 34
    born 1961-11-23: 64; workup.ecg_reviewed yes                    | age_65                  | met     | precaution | -               | Yale cohort; EU SmPC
    born 1961-11-22: 65 today; workup.ecg_reviewed yes              | age_65                  | unmet   | precaution | -               | Yale cohort; EU SmPC
    born ?; workup.ecg_reviewed yes                                 | age_65                  | unknown | precaution | adult           | Yale cohort; EU SmPC
    airway.respiratory_infection no                                 | respiratory_infection   | met     | hold       | -               | safety 34
    airway.respiratory_infection yes                                | respiratory_infection   | unmet   | hold       | -               | safety 34
    airway.respiratory_infection ?                                  | respiratory_infection   | unknown | hold       | -               | safety 34
    airway.severe_osa_untreated no                                  | severe_osa              | met     | hold       | -               | CPSBC; safety 34
    airway.severe_osa_untreated yes                                 | severe_osa              | unmet   | hold       | -               | CPSBC; safety 34
    airway.severe_osa_untreated ?                                   | severe_osa              | unknown | hold       | -               | CPSBC; safety 34
    airway.stop_bang 4                                              | sleep_apnoea_screen     | met     | hold       | -               | Chung 2016: 5 to 8 high
    airway.stop_bang 5                                              | sleep_apnoea_screen     | unmet   | hold       | -               | Chung 2016: 5 to 8 high
    airway.stop_bang ?                                              | sleep_apnoea_screen     | unknown | hold       | -               | CPSBC
    airway.spo2_percent_at_rest 95                                  | resting_saturation      | met     | precaution | -               | safety 6
    airway.spo2_percent_at_rest 94                                  | resting_saturation      | unmet   | precaution | -               | safety 6
    airway.spo2_percent_at_rest ?                                   | resting_saturation      | unknown | precaution | -               | safety 6
    airway.home_oxygen no                                           | home_oxygen             | met     | hold       | -               | safety 34
    airway.home_oxygen yes                                          | home_oxygen             | unmet   | hold       | -               | safety 34
    airway.home_oxygen ?                                            | home_oxygen             | unknown | hold       | -               | safety 34
    airway.respiratory_insufficiency no                             | respiratory_insufficiency | met   | hold       | -               | CPSBC
    airway.respiratory_insufficiency yes                            | respiratory_insufficiency | unmet | hold       | -               | CPSBC
    airway.respiratory_insufficiency ?                              | respiratory_insufficiency | unknown | hold     | -               | CPSBC
    airway.difficult no                                             | difficult_airway        | met     | hold       | -               | CPSBC
    airway.difficult yes                                            | difficult_airway        | unmet   | hold       | -               | CPSBC
    airway.difficult ?                                              | difficult_airway        | unknown | hold       | -               | CPSBC
""")
SUBSTANCES_AND_DECISION = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    substances.intoxicated_today no                                 | not_intoxicated         | met     | absolute   | -               | safety 4, 34
    substances.intoxicated_today yes                                | not_intoxicated         | unmet   | absolute   | -               | safety 4, 34
    substances.intoxicated_today ?                                  | not_intoxicated         | unknown | absolute   | -               | safety 4, 34
    substances.withdrawal_today no                                  | not_in_withdrawal       | met     | absolute   | -               | safety 34
    substances.withdrawal_today yes                                 | not_in_withdrawal       | unmet   | absolute   | -               | safety 34
    substances.withdrawal_today ?                                   | not_in_withdrawal       | unknown | absolute   | -               | safety 34
    substances.ketamine_use_disorder no                             | ketamine_use_disorder   | met     | absolute   | -               | safety 34
    substances.ketamine_use_disorder yes                            | ketamine_use_disorder   | unmet   | absolute   | -               | safety 34
    substances.ketamine_use_disorder ?                              | ketamine_use_disorder   | unknown | absolute   | -               | safety 34
    substances.other_use_disorder_active no                         | other_use_disorder      | met     | hold       | -               | ASRA 2018; label
    substances.other_use_disorder_active yes                        | other_use_disorder      | unmet   | hold       | -               | ASRA 2018; label
    substances.other_use_disorder_active ?                          | other_use_disorder      | unknown | hold       | -               | ASRA 2018; label
    decision.capacity_in_doubt no; decision.legal_hold no; decision.coerced no | free_decision | met   | absolute   | -               | safety 34
    decision.capacity_in_doubt yes                                  | free_decision           | unmet   | absolute   | -               | safety 34
    decision.legal_hold yes; decision.coerced ?                     | free_decision           | unmet   | absolute   | -               | safety 34
    decision.coerced yes                                            | free_decision           | unmet   | absolute   | -               | safety 34
    decision.coerced ?                                              | free_decision           | unknown | absolute   | -               | safety 34
    allergy.ketamine no                                             | ketamine_allergy        | met     | absolute   | -               | label 4
    allergy.ketamine yes                                            | ketamine_allergy        | unmet   | absolute   | -               | label 4
    allergy.ketamine ?                                              | ketamine_allergy        | unknown | absolute   | -               | label 4
""")
ALL_FIVE = "medicines_all_checked, medicines_contraindicated, medicines_high_decided, medicines_hold, medicines_noted"
MEDICINES_AND_WORKUP = Table("""
    recorded                                                        | rule                    | verdict | level      | also in the way | from
    medicines none                                                  | medicines_contraindicated | met   | absolute   | -               | safety 31
    medicines ?                                                     | medicines_contraindicated | unknown | absolute | (all five)      | safety 31
    medicines sertraline                                            | medicines_hold          | met     | hold       | -               | safety 31
    medicines semaglutide; medicines.glp1_symptoms_or_dose_change ? | medicines_hold          | unmet   | hold       | -               | safety 31: not asked counts as yes
    medicines semaglutide; medicines.glp1_symptoms_or_dose_change yes | medicines_hold        | unmet   | hold       | -               | safety 31
    medicines semaglutide; medicines.glp1_symptoms_or_dose_change no | medicines_hold         | met     | hold       | medicines_high_decided | safety 31
    medicines cocaine; substances.stimulant_today yes               | medicines_hold          | unmet   | hold       | -               | safety 31
    medicines cocaine; substances.stimulant_today no                | medicines_hold          | met     | hold       | medicines_high_decided | safety 31
    medicines ?                                                     | medicines_hold          | unknown | hold       | (all five)      | safety 31
    medicines phenelzine                                            | medicines_high_decided  | unmet   | hold       | -               | label 7.3
    medicines phenelzine; decided maoi                              | medicines_high_decided  | met     | hold       | -               | label 7.3
    medicines oxycodone, lorazepam; decided opioid                  | medicines_high_decided  | unmet   | hold       | -               | boxed warning: the pair is its own decision
    medicines oxycodone, lorazepam; decided opioid, opioid_benzodiazepine | medicines_high_decided | met | hold     | -               | boxed warning
    medicines ?                                                     | medicines_high_decided  | unknown | hold       | (all five)      | label 7
    medicines sertraline, lithium                                   | medicines_all_checked   | met     | hold       | -               | safety 31
    medicines metformin                                             | medicines_all_checked   | unmet   | hold       | -               | safety 31: no match is not "safe"
    medicines metformin; looked up metformin                        | medicines_all_checked   | met     | hold       | -               | safety 31
    medicines sertralin                                             | medicines_all_checked   | unmet   | hold       | -               | safety 31: a near name is not taken
    medicines ?                                                     | medicines_all_checked   | unknown | hold       | (all five)      | safety 31
    medicines sertraline                                            | medicines_noted         | met     | precaution | -               | info only
    medicines lorazepam                                             | medicines_noted         | unmet   | precaution | -               | Andrade 2017
    medicines ?                                                     | medicines_noted         | unknown | precaution | (all five)      | label 7
    workup.cardiovascular_risk no; born 1976-11-23: 49              | ecg                     | met     | hold       | -               | local rule 50
    born 1976-11-22: 50 today                                       | ecg                     | unmet   | hold       | -               | local rule 50
    workup.cardiovascular_risk yes                                  | ecg                     | unmet   | hold       | -               | APA 2017
    workup.cardiovascular_risk yes; workup.ecg_reviewed yes         | ecg                     | met     | hold       | -               | APA 2017
    workup.cardiovascular_risk ?                                    | ecg                     | unknown | hold       | -               | APA 2017
    workup.prescription_monitoring_checked yes                      | prescription_monitoring | met     | hold       | -               | APA 2017
    workup.prescription_monitoring_checked no                       | prescription_monitoring | unmet   | hold       | -               | APA 2017
    workup.prescription_monitoring_checked ?                        | prescription_monitoring | unknown | hold       | -               | APA 2017
    workup.urinalysis_reviewed yes                                  | urinalysis              | met     | precaution | -               | APA 2017
    workup.urinalysis_reviewed no                                   | urinalysis              | unmet   | precaution | -               | APA 2017
    workup.urinalysis_reviewed ?                                    | urinalysis              | unknown | precaution | -               | APA 2017
    workup.urine_drug_screen_reviewed yes                           | urine_drug_screen       | met     | precaution | -               | APA 2017
    workup.urine_drug_screen_reviewed no                            | urine_drug_screen       | unmet   | precaution | -               | APA 2017
    workup.urine_drug_screen_reviewed ?                             | urine_drug_screen       | unknown | precaution | -               | APA 2017
    workup.bladder_score_recorded yes                               | bladder_baseline        | met     | precaution | -               | safety 38
    workup.bladder_score_recorded no                                | bladder_baseline        | unmet   | precaution | -               | safety 38
    workup.bladder_score_recorded ?                                 | bladder_baseline        | unknown | precaution | -               | safety 38
    workup.substance_questionnaires_read yes                        | substance_questionnaires | met    | precaution | -               | APA 2017
    workup.substance_questionnaires_read no                         | substance_questionnaires | unmet  | precaution | -               | APA 2017
    workup.substance_questionnaires_read ?                          | substance_questionnaires | unknown | precaution | -              | APA 2017
    support.adult_escort yes                                        | escort                  | met     | hold       | -               | label; safety 42
    support.adult_escort no                                         | escort                  | unmet   | hold       | -               | label; safety 42
    support.adult_escort no; support.documented_alternative yes     | escort                  | met     | hold       | -               | safety 42
    support.adult_escort ?                                          | escort                  | unknown | hold       | -               | label; safety 42
""")
TABLES = (INDICATION_AND_SCORES, HEART, MIND, PREGNANCY, BODY, SUBSTANCES_AND_DECISION, MEDICINES_AND_WORKUP)
PEOPLE = [row for table in TABLES for row in table]
# What no shipped file can bring about: nothing in the sources is contraindicated with ketamine itself (nitroglycerin is a rescue drug).
NEVER_TRIGGERED = {"medicines_contraindicated"}
TRIALS: dict[str, dict[str, Any]] = {
    "two": {"trials": TWO_FAILED},
    "one": {"trials": TWO_FAILED[:1]},
    "none": {"trials": (), "no_trials": True},
    "?": {"trials": ()},
}


def changed(recorded: str) -> dict[str, Any]:
    """`history.mi yes; born 1976-11-22: 50 today` as changes to the candidate; what follows `: ` explains a date to the reader."""
    answers: dict[str, object] = {}
    changes: dict[str, Any] = {}
    for part in recorded.split(";"):
        key, value = part.strip().split(" ", 1)
        names = tuple(name.strip() for name in value.split(","))
        if key == "born":
            changes["born_on"] = None if value == "?" else date.fromisoformat(value.split(":")[0])
        elif key == "trials":
            changes |= TRIALS[value]
        elif key == "medicines":
            changes["medicines"] = {"?": None, "none": ()}.get(value, names)
        elif key == "decided":
            changes["decided"] = dict.fromkeys(names, frozenset(changes["medicines"]))  # read with the whole list before them
        elif key == "looked":
            changes["looked_up"] = frozenset({value.removeprefix("up ")})
        else:
            answers[key] = None if value == "?" else value.split(": ")[0] if key.endswith("_on") else value
    return {"answers": answers, **changes}


# req: S28
# hazard: H29 H37 H38 H41
@pytest.mark.parametrize("row", PEOPLE, ids=[f"{row.rule}: {row.recorded}"[:90] for row in PEOPLE])
def test_person(row: Row) -> None:
    assessment = assess(dan(**changed(row.recorded)), knowledge())
    item = next(each for each in assessment.items if each.criterion.id == row.rule)
    assert item.finding.state == row.verdict
    assert item.criterion.level == row.level
    also = {name.strip() for name in (ALL_FIVE if row.also_in_the_way == "(all five)" else row.also_in_the_way.strip("-")).split(",")} - {""}
    stops = {row.rule} if row.verdict == "unknown" or (row.verdict == "unmet" and row.level != "precaution") else set()
    assert {each.criterion.id for each in assessment.items if each.blocks} == stops | also
    assert assessment.verdict.met is not bool(stops | also)


# req: S28
def test_each_rule_has_someone_it_stops_someone_it_lets_pass_and_someone_unknown() -> None:
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in PEOPLE:
        seen[row.rule].add(row.verdict)
    all_three = {"met", "unmet", "unknown"}
    wanted = {each.id: all_three - {"unmet"} if each.id in NEVER_TRIGGERED else all_three for each in knowledge().criteria}
    assert dict(seen) == wanted
    assert not any(interaction.level == "contraindicated" for interaction in knowledge().interactions if not interaction.given)
