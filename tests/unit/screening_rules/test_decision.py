"""May the prescriber decide so?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.screening.rules.assessment import assess
from afterglow.pathway.screening.rules.decision import DECISIONS, Decision, Override, Signature, may_decide, override_stands
from afterglow.science.verdict import Verdict
from tests.spec.screening_library import ANA, BEN, FAYE, dan, knowledge

WHY = "Cardiology note of 12 Nov read; stable."
HELD = {"history.aortic_stenosis": "yes"}


def override(item: str = "aortic_stenosis", reason: str = WHY, signatures: tuple[Signature, ...] = (ANA, BEN)) -> Override:
    return Override(item=item, reason=reason, signatures=signatures)


def decided(answers: dict[str, Any], *overrides: Override, decision: Decision = "clear", reason: str = "", signed: Signature = ANA) -> Verdict:
    return may_decide(assess(dan(answers), knowledge()), decision, overrides, reason=reason, signed=signed)


def test_clear_when_everything_is_met() -> None:
    assert decided({}).met


# req: S14
def test_a_hold_is_lifted_by_a_reason_and_two_people() -> None:
    assert not decided(HELD).met
    verdict = decided(HELD, override())
    assert verdict.met
    assert next(finding for finding in verdict if finding.item == "aortic_stenosis").sentence.endswith(f"Overridden by Ana and Ben: {WHY}")


# req: S14
# hazard: H49
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (override(reason="ok"), "Say why"),
        (override(reason=" " * 20), "Say why"),
        (override(signatures=()), "Two different people"),
        (override(signatures=(ANA,)), "Two different people"),
        (override(signatures=(ANA, replace(ANA, name="Ana again"))), "one person counts once"),
        (override(signatures=(ANA, FAYE)), "Faye has no licence"),
        (override(signatures=(BEN, replace(BEN, by="mia", name="Mia"))), "is a prescriber's"),
    ],
)
def test_half_an_override_lifts_nothing(wrong: Override, says: str) -> None:
    verdict = decided(HELD, wrong)
    assert not verdict.met
    assert [finding.item for finding in verdict.open] == ["aortic_stenosis"]
    assert says in verdict.open[0].sentence
    assert verdict.open[0].lifted_by == "two_signatures"
    assert says in override_stands(wrong).sentence


# req: S14
@pytest.mark.parametrize(
    ("answers", "item"),
    [
        ({"history.aneurysm_or_avm": "yes"}, "aneurysm_or_avm"),
        ({"pregnancy.test": "positive"}, "pregnancy_not_positive"),
        ({"substances.intoxicated_today": "yes"}, "not_intoxicated"),
    ],
)
def test_what_nobody_lifts_stays(answers: dict[str, Any], item: str) -> None:
    verdict = decided(answers, override(item))
    assert not verdict.met
    assert {finding.item for finding in verdict.never} == {item, f"override.{item}"}


# req: S14
def test_an_unknown_is_never_overridden() -> None:
    verdict = decided({"history.aortic_stenosis": None}, override())
    assert [(finding.item, finding.state) for finding in verdict.open] == [("aortic_stenosis", "unknown"), ("override.aortic_stenosis", "unmet")]


def test_an_override_of_what_is_met_or_unheard_of_is_refused() -> None:
    assert [finding.item for finding in decided({}, override()).open] == ["override.aortic_stenosis"]
    assert [finding.item for finding in decided({}, override("nonsense")).open] == ["override.nonsense"]


def test_an_item_overridden_twice_is_refused() -> None:
    assert [finding.item for finding in decided(HELD, override(), override()).open] == ["override.twice"]


def test_only_doing_settles_a_high_interaction() -> None:
    assessment = assess(dan(medicines=("oxycodone",)), knowledge())
    verdict = may_decide(assessment, "clear", [override("medicines_high_decided")], reason="", signed=ANA)
    assert {finding.item for finding in verdict.open} == {"medicines_high_decided", "override.medicines_high_decided"}


@pytest.mark.parametrize("signed", [BEN, replace(ANA, is_licensed=False)])
@pytest.mark.parametrize("decision", DECISIONS)
def test_only_a_licensed_prescriber_decides(decision: Decision, signed: Signature) -> None:
    verdict = decided({}, decision=decision, reason="Not suitable for this service.", signed=signed)
    assert [finding.item for finding in verdict.open] == ["decision.by"]


@pytest.mark.parametrize("decision", [each for each in DECISIONS if each != "clear"])
def test_no_one_is_kept_from_saying_no(decision: Decision) -> None:
    everything_open: dict[str, Any] = {"history.aneurysm_or_avm": "yes", "history.mi": None}
    assert decided(everything_open, decision=decision, reason="Not suitable for this service.").met
    assert [finding.item for finding in decided(everything_open, decision=decision, reason=" ").open] == ["decision.reason"]
