"""What is asked for each thing that is treated, a line each, for clinicians to read and sign.

Written by hand from the sources named in the column `from`.  Each line changes a person of 44, seen on 22 November 2026, for whom nothing stands
in the way of this treatment; `?` is what nobody knows.  What is asked of everybody stands in test_screened_people.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import pytest

from afterglow.pathway.screening.rules.assessment import Assessment, assess
from afterglow.science.criteria.catalogue import read_facts
from tests.spec.screening_library import ANSWERS, dan, everything, knowledge
from tests.spec.table import Row, Table

FITS: Mapping[str, Mapping[str, object]] = {
    "bipolar": {"diagnosis.bipolar_depression_confirmed": "yes", "treatment.established_tried": "yes", "treatment.mood_stabiliser": "yes",
                "history.bipolar": "yes", "score.asrm_total": 3, "score.asrm_on": "2026-11-20"},
    "suicidality": {"suicide.ideation_confirmed_in_person": "yes", "suicide.same_day_assessment_complete": "yes",
                    "suicide.observed_all_the_time": "yes", "suicide.safety_plan_and_contact": "yes"},
    "ptsd": {"diagnosis.ptsd_confirmed": "yes", "treatment.established_tried": "yes", "score.pcl5_total": 48, "score.pcl5_on": "2026-11-20"},
    "ocd": {"diagnosis.ocd_confirmed": "yes", "treatment.established_tried": "yes", "treatment.exposure_therapy": "yes",
            "score.ybocs_total": 26, "score.ybocs_on": "2026-11-20"},
    "alcohol": {"diagnosis.alcohol_use_disorder_confirmed": "yes", "treatment.established_tried": "yes", "treatment.addiction_team": "yes",
                "treatment.relapse_prevention_therapy": "yes"},
}  # fmt: skip
"""What fits a person for each treatment, beside what everybody answers."""

PEOPLE = Table("""
    treated     | recorded                                       | rule                         | verdict | level      | from
    ptsd        | diagnosis.ptsd_confirmed yes                   | ptsd_confirmed               | met     | hold       | Feder 2021: DSM-5
    ptsd        | diagnosis.ptsd_confirmed no                    | ptsd_confirmed               | unmet   | hold       | Feder 2021: DSM-5
    ptsd        | diagnosis.ptsd_confirmed ?                     | ptsd_confirmed               | unknown | hold       | Feder 2021: DSM-5
    ptsd        | score.pcl5_total 31                            | ptsd_severity                | met     | hold       | facts 3.1: PCL-5 31 to 33
    ptsd        | score.pcl5_total 30                            | ptsd_severity                | unmet   | hold       | facts 3.1: PCL-5 31 to 33
    ptsd        | score.pcl5_total ?                             | ptsd_severity                | unknown | hold       | facts 3.1: PCL-5 31 to 33
    ptsd        | score.pcl5_on 2026-10-22: 31 days ago          | pcl5_recent                  | met     | precaution | judgement
    ptsd        | score.pcl5_on 2026-10-21: 32 days ago          | pcl5_recent                  | unmet   | precaution | judgement
    ptsd        | score.pcl5_on ?                                | pcl5_recent                  | unknown | precaution | judgement
    ptsd        | treatment.established_tried yes                | established_treatment_tried  | met     | hold       | programme 001 (S14)
    ptsd        | treatment.established_tried no                 | established_treatment_tried  | unmet   | hold       | programme 001 (S14)
    ptsd        | treatment.established_tried ?                  | established_treatment_tried  | unknown | hold       | programme 001 (S14)
    ocd         | diagnosis.ocd_confirmed yes                    | ocd_confirmed                | met     | hold       | Rodriguez 2013
    ocd         | diagnosis.ocd_confirmed no                     | ocd_confirmed                | unmet   | hold       | Rodriguez 2013
    ocd         | diagnosis.ocd_confirmed ?                      | ocd_confirmed                | unknown | hold       | Rodriguez 2013
    ocd         | score.ybocs_total 16                           | ocd_severity                 | met     | hold       | facts 3.1: Y-BOCS 16
    ocd         | score.ybocs_total 15                           | ocd_severity                 | unmet   | hold       | facts 3.1: Y-BOCS 16
    ocd         | score.ybocs_total ?                            | ocd_severity                 | unknown | hold       | facts 3.1: Y-BOCS 16
    ocd         | score.ybocs_on 2026-11-08: 14 days ago         | ybocs_recent                 | met     | precaution | judgement
    ocd         | score.ybocs_on 2026-11-07: 15 days ago         | ybocs_recent                 | unmet   | precaution | judgement
    ocd         | score.ybocs_on ?                               | ybocs_recent                 | unknown | precaution | judgement
    ocd         | treatment.exposure_therapy yes                 | exposure_therapy             | met     | hold       | issue: with exposure therapy
    ocd         | treatment.exposure_therapy no                  | exposure_therapy             | unmet   | hold       | issue: with exposure therapy
    ocd         | treatment.exposure_therapy ?                   | exposure_therapy             | unknown | hold       | issue: with exposure therapy
    alcohol     | diagnosis.alcohol_use_disorder_confirmed yes   | alcohol_use_confirmed        | met     | hold       | Grabski 2022
    alcohol     | diagnosis.alcohol_use_disorder_confirmed no    | alcohol_use_confirmed        | unmet   | hold       | Grabski 2022
    alcohol     | diagnosis.alcohol_use_disorder_confirmed ?     | alcohol_use_confirmed        | unknown | hold       | Grabski 2022
    alcohol     | treatment.addiction_team yes                   | addiction_team               | met     | hold       | facts 3.1: needs addiction team
    alcohol     | treatment.addiction_team no                    | addiction_team               | unmet   | hold       | facts 3.1: needs addiction team
    alcohol     | treatment.addiction_team ?                     | addiction_team               | unknown | hold       | facts 3.1: needs addiction team
    alcohol     | treatment.relapse_prevention_therapy yes       | relapse_prevention_therapy   | met     | hold       | Grabski 2022, Dakwar 2020
    alcohol     | treatment.relapse_prevention_therapy no        | relapse_prevention_therapy   | unmet   | hold       | Grabski 2022, Dakwar 2020
    alcohol     | treatment.relapse_prevention_therapy ?         | relapse_prevention_therapy   | unknown | hold       | Grabski 2022, Dakwar 2020
    alcohol     | substances.other_use_disorder_active yes       | other_use_disorder           | unmet   | hold       | facts 3.2; two sign
    alcohol     | substances.intoxicated_today yes               | not_intoxicated              | unmet   | absolute   | safety 4
    alcohol     | substances.withdrawal_today yes                | not_in_withdrawal            | unmet   | absolute   | safety 4
    bipolar     | diagnosis.bipolar_depression_confirmed yes     | bipolar_depression_confirmed | met     | hold       | Diazgranados 2010
    bipolar     | diagnosis.bipolar_depression_confirmed no      | bipolar_depression_confirmed | unmet   | hold       | Diazgranados 2010
    bipolar     | diagnosis.bipolar_depression_confirmed ?       | bipolar_depression_confirmed | unknown | hold       | Diazgranados 2010
    bipolar     | treatment.mood_stabiliser yes                  | mood_stabiliser_on_board     | met     | hold       | facts 3.1; safety 47
    bipolar     | treatment.mood_stabiliser no                   | mood_stabiliser_on_board     | unmet   | hold       | facts 3.1; safety 47
    bipolar     | treatment.mood_stabiliser ?                    | mood_stabiliser_on_board     | unknown | hold       | facts 3.1; safety 47
    bipolar     | score.asrm_total 5                             | mania_scale_low              | met     | hold       | facts 3.1: ASRM below 6
    bipolar     | score.asrm_total 6                             | mania_scale_low              | unmet   | hold       | facts 3.1: ASRM below 6
    bipolar     | score.asrm_total ?                             | mania_scale_low              | unknown | hold       | facts 3.1: ASRM below 6
    bipolar     | score.asrm_on 2026-11-15: 7 days ago           | asrm_recent                  | met     | hold       | safety 47
    bipolar     | score.asrm_on 2026-11-14: 8 days ago           | asrm_recent                  | unmet   | hold       | safety 47
    bipolar     | score.asrm_on ?                                | asrm_recent                  | unknown | hold       | safety 47
    bipolar     | mood.mania_or_mixed_now yes                    | mania_now                    | unmet   | absolute   | safety 33
    bipolar     | score.phq9_total 9                             | depression_severity          | unmet   | hold       | PHQ-9 caseness 10
    suicidality | suicide.ideation_confirmed_in_person yes       | suicidal_ideation_confirmed  | met     | hold       | safety 3, 18
    suicidality | suicide.ideation_confirmed_in_person no        | suicidal_ideation_confirmed  | unmet   | hold       | safety 3, 18
    suicidality | suicide.ideation_confirmed_in_person ?         | suicidal_ideation_confirmed  | unknown | hold       | safety 3, 18
    suicidality | suicide.same_day_assessment_complete yes       | suicide_assessed_today       | met     | hold       | safety 18
    suicidality | suicide.same_day_assessment_complete no        | suicide_assessed_today       | unmet   | hold       | safety 18
    suicidality | suicide.same_day_assessment_complete ?         | suicide_assessed_today       | unknown | hold       | safety 18
    suicidality | suicide.observed_all_the_time yes              | suicide_observed             | met     | hold       | safety 18
    suicidality | suicide.observed_all_the_time no               | suicide_observed             | unmet   | hold       | safety 18
    suicidality | suicide.observed_all_the_time ?                | suicide_observed             | unknown | hold       | safety 18
    suicidality | suicide.safety_plan_and_contact yes            | suicide_safety_plan          | met     | hold       | safety 18
    suicidality | suicide.safety_plan_and_contact no             | suicide_safety_plan          | unmet   | hold       | safety 18
    suicidality | suicide.safety_plan_and_contact ?              | suicide_safety_plan          | unknown | hold       | safety 18
    suicidality | suicide.intent_plan_or_behaviour_3_months yes  | suicide_emergency_first      | unmet   | hold       | safety 18
    suicidality | diagnosis.major_depression_confirmed no        | major_depression             | unmet   | hold       | facts 3.1: MDD
""")


def candidate(indication: str, answers: Mapping[str, object]) -> Assessment:
    known = knowledge(indication)
    said = {key: value for key, value in {**ANSWERS, **FITS[indication], **answers}.items() if key in known.catalogue.facts}
    return assess(replace(dan(), answers=read_facts(known.catalogue, said)), known)


def told(recorded: str) -> dict[str, object]:
    key, value = recorded.split(": ")[0].split(" ", 1)
    return {key: None if value == "?" else value}


# req: S14 S16 S17 S19 S20 S21
# hazard: H41
@pytest.mark.parametrize("row", PEOPLE.rows, ids=[f"{row.treated}: {row.recorded}"[:90] for row in PEOPLE])
def test_person(row: Row) -> None:
    item = next(each for each in candidate(row.treated, told(row.recorded)).items if each.criterion.id == row.rule)
    assert item.finding.state == row.verdict
    assert item.criterion.level == row.level


@pytest.mark.parametrize("indication", sorted(FITS))
def test_who_fits_is_clear_and_each_rule_of_the_indication_has_all_three_verdicts(indication: str) -> None:
    assert [item.finding.sentence for item in candidate(indication, {}).items if item.blocks] == []
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in PEOPLE:
        seen[row.rule].add(row.verdict)
    own = [each.id for each in everything().criteria if indication in each.indications and "trd" not in each.indications]
    missing = {rule: {"met", "unmet", "unknown"} - seen[rule] for rule in own if seen[rule] != {"met", "unmet", "unknown"}}
    assert own
    assert missing == {}


@pytest.mark.parametrize("indication", sorted(FITS))
def test_what_is_asked_of_everybody_is_asked_here_too(indication: str) -> None:
    everybody = {each.id for each in everything().criteria if not each.indications}
    assert everybody <= {each.id for each in knowledge(indication).criteria}
    assert len(everybody) > 60
    questions = knowledge(indication).catalogue.facts
    elsewhere = {fact for each in everything().criteria if each.id not in {own.id for own in knowledge(indication).criteria} for fact in each.facts}
    here = {fact for each in knowledge(indication).criteria for fact in each.facts}
    assert not [key for key in elsewhere - here if key in questions and questions[key].asked_of == "staff"], "nobody is asked in vain"
