"""What is treated: the list, what may be chosen from it, and which protocol belongs to what."""

from __future__ import annotations

import pytest

from afterglow.pathway.screening.rules.indications import FIRST, in_order, indication_from, is_planned_by, may_be_chosen
from afterglow.pathway.screening.rules.knowledge import NEVER_LIFTED, KnowledgeRefused, knowledge_from
from tests.spec.screening_library import changed_criteria, codes, contents, everything, knowledge

KNOWN = in_order(indication_from(content) for content in contents("indications"))
BY_ID = {each.id: each for each in KNOWN}


# req: S12 S15 S16 S17 S18 S19 S20 S21 S23
def test_the_conditions_of_the_programmes_are_listed_and_those_without_a_protocol_say_why() -> None:
    assert [each.id for each in KNOWN] == ["trd", "bipolar", "suicidality", "ptsd", "ocd", "alcohol", "anxiety", "chronic_pain", "crps"]
    assert KNOWN[0].id == FIRST
    assert [each.id for each in KNOWN if not each.is_offered] == ["anxiety", "chronic_pain", "crps"]
    assert all(bool(each.why_none) is not each.is_offered for each in KNOWN)
    assert all({"phq9", "asq"} <= set(each.measures) for each in KNOWN), "item 9 and the ASQ are asked of everybody"
    assert BY_ID["alcohol"].primary == "" and "Days of use" in BY_ID["alcohol"].missing


def test_each_protocol_belongs_to_one_indication() -> None:
    owners = [protocol for each in KNOWN for protocol in each.protocols]
    assert sorted(owners) == sorted(content["id"] for content in contents("protocols"))


@pytest.mark.parametrize(("wished", "state", "words"), [("ptsd", "met", ""), ("anxiety", "unmet", "none is assumed"), ("gout", "unmet", "no such")])
def test_what_may_be_chosen(wished: str, state: str, words: str) -> None:
    finding = may_be_chosen(wished, KNOWN)
    assert finding.state == state
    assert words in finding.sentence


def test_a_protocol_is_planned_for_what_it_is_for() -> None:
    assert is_planned_by(BY_ID["ptsd"], "iv_ptsd").is_met
    other = is_planned_by(BY_ID["ptsd"], "iv_mdd_standard")
    assert (other.state, other.lifted_by) == ("unmet", "nobody")
    assert "cleared this person for PTSD" in other.sentence
    assert is_planned_by(None, "iv_ptsd").state == "unknown"


@pytest.mark.parametrize("criterion_id", sorted(NEVER_LIFTED))
def test_what_nobody_may_lift_is_asked_of_everybody(criterion_id: str) -> None:
    with pytest.raises(KnowledgeRefused, match=criterion_id):
        knowledge_from(criteria=changed_criteria(criterion_id, indications=["trd"]), interactions=contents("interactions"), codes=codes())


def test_what_is_asked_for_one_thing_leaves_out_what_only_others_ask() -> None:
    here, whole = knowledge("ptsd"), everything()
    assert {"ptsd_confirmed", "adult"} <= {each.id for each in here.criteria}
    assert not {"major_depression", "treatment_resistant", "ocd_confirmed"} & {each.id for each in here.criteria}
    assert "diagnosis.major_depression_confirmed" not in here.catalogue.facts
    assert "diagnosis.major_depression_confirmed" in whole.catalogue.facts
    assert "score.phq9_total" in here.catalogue.facts, "what is measured stays"
    assert "treatment.mood_stabiliser" in here.catalogue.facts, "asked of everybody with bipolar disorder"
