"""Corners of the trial ledger that the tables do not show."""

from __future__ import annotations

from decimal import Decimal

from afterglow.science.criteria.trd import BANDS, Definition, Trial, resistance

MGH = Definition(id="mgh_atrq", title="MGH-ATRQ", weeks=6, bar_percent=50, bar_counts=False, source="Chandler 2010", mark="W")
DRUGS = ("a", "b", "c", "d", "e", "f", "g", "h")
LEAST = {drug: Decimal(10) for drug in DRUGS}


def failed(drug: str) -> Trial:
    return Trial(drug=drug, daily_dose_mg=10, weeks=6, improvement=BANDS["none"], this_episode=True, stopped_for="still_taking")


def test_many_trials_are_counted_in_words_then_in_figures() -> None:
    assert resistance([failed(drug) for drug in DRUGS[:6]], MGH, LEAST).finding.sentence.startswith("MGH-ATRQ: six adequate trials")
    assert resistance([failed(drug) for drug in DRUGS], MGH, LEAST).finding.sentence.startswith("MGH-ATRQ: 8 adequate trials")


def test_each_trial_is_explained_in_the_order_of_the_ledger() -> None:
    answer = resistance([failed("a"), failed("z")], MGH, LEAST)
    assert [(each.counts, each.because) for each in answer.trials] == [
        (True, "a: adequate dose and weeks, 0% better"),
        (None, "z: no adequate dose is listed for it"),
    ]
    assert (answer.finding.source, answer.finding.mark) == ("Chandler 2010", "W")


def test_an_unknown_second_trial_of_a_failed_drug_adds_nothing() -> None:
    unclear = Trial(drug="a", daily_dose_mg=None, weeks=8, improvement=BANDS["none"], this_episode=True, stopped_for="other")
    assert resistance([failed("a"), unclear], MGH, LEAST).finding.state == "unmet"
