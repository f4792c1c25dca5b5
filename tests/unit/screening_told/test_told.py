"""What the chart says, in the words of screening; and the decision's memory, which can be judged again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from afterglow.pathway.screening.rules.assessment import assess
from afterglow.pathway.screening.rules.decision import Override, may_decide
from afterglow.pathway.screening.rules.saw import saw
from afterglow.pathway.screening.rules.told import FROM_RECORDS, body_mass_index, may_still_act, names_ketamine, trial_told
from afterglow.science.criteria.catalogue import read_facts
from tests.spec.screening_library import ANA, BEN, dan, everything, knowledge

ON = date(2026, 12, 7)


def test_a_trial_as_told_and_one_of_which_nothing_is_known() -> None:
    told = trial_told(drug="sertraline", daily_dose_ug=150_000, weeks=8, improvement="25_49", this_episode="yes", stopped_because="no_effect")
    assert (told.daily_dose_mg, told.weeks, str(told.improvement), told.this_episode, told.stopped_for) == (150, 8, "25 to 49%", True, "no_effect")
    blank = trial_told(drug="x", daily_dose_ug=None, weeks=None, improvement="unknown", this_episode="unknown", stopped_because="unknown")
    assert (blank.daily_dose_mg, blank.weeks, blank.improvement, blank.this_episode, blank.stopped_for) == (None,) * 5
    assert trial_told(drug="x", daily_dose_ug=1, weeks=1, improvement="none", this_episode="no", stopped_because="other").this_episode is False


@pytest.mark.parametrize(("days", "acts"), [(0, True), (34, True), (35, False)])
def test_a_stopped_medicine(days: int, acts: bool) -> None:
    assert may_still_act(None, ON)
    assert may_still_act(ON - timedelta(days=days), ON) is acts


def test_body_mass_index_is_known_or_unknown() -> None:
    assert body_mass_index(70_000, 1780) == Decimal("22.1")
    assert body_mass_index(None, 1780) is None
    assert body_mass_index(70_000, None) is None


def test_a_listed_ketamine_allergy() -> None:
    assert names_ketamine(["latex", "Esketamine"])
    assert not names_ketamine(["latex"])
    assert not names_ketamine([])


def test_what_comes_from_records_is_in_the_catalogue() -> None:
    assert set(everything().catalogue.facts) >= FROM_RECORDS


# req: S28
@pytest.mark.parametrize("medicines", [None, (), ("oxycodone", "metformin"), ("oxycodone", "alprazolam")])
def test_a_decision_can_be_judged_again_from_what_it_kept(medicines: tuple[str, ...] | None) -> None:
    facts = dan({"workup.prescription_monitoring_checked": "no"}, medicines=medicines)
    assessment = assess(facts, knowledge())
    override = Override(item="prescription_monitoring", reason="The register is down today.", signatures=(ANA, BEN))
    verdict = may_decide(assessment, "clear", [override], reason="", signed=ANA)
    kept = json.loads(json.dumps(saw("trd", assessment, facts, [override], verdict, {"criteria/adult": {"version": 1, "sha256": "0"}})))
    again = assess(dan(read_facts(knowledge().catalogue, kept["facts"]), medicines=medicines), knowledge())
    assert [item.finding.state for item in again.items] == [each["state"] for each in kept["criteria"]]
    assert kept["overrides"][0]["signatures"][1]["name"] == "Ben"
    assert (kept["medicines"] is None) is (medicines is None)
    assert all(each["source"] for each in kept["criteria"])
