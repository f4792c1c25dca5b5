"""Two signatures lift what may be lifted, say so, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from afterglow.pathway.session.rules.gate import GOOD_FOR, lift, may_start
from afterglow.pathway.session.rules.gate_facts import Escort
from afterglow.pathway.session.rules.taking_over import taken_over
from afterglow.science.verdict import Finding, Verdict
from tests.unit.session_rules.facts import ANA, AT, BEN, finding, limits, minutes, override, ready

NO_ESCORT = ready(escort=Escort(kind="none"))


# req: N1
# hazard: H49
def test_a_reason_and_two_people_lift_an_item_and_the_verdict_says_who() -> None:
    verdict = may_start(NO_ESCORT, limits())
    open_ = finding(verdict, "escort")
    lifted = lift(verdict, [override(open_)], at=AT)
    assert lifted.met and not verdict.met
    said = finding(lifted, "escort").sentence
    assert said == "Nobody takes the person home. Lifted by Ana and Ben: Seen by the cardiologist this morning."


# hazard: H49
@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"reason": "   fine   "}, "it gives no reason"),
        ({"second": ANA}, "both signatures are by the same person"),
        ({"second": replace(BEN, of_this_site=False)}, "both must be of this site's staff"),
        ({"first": replace(ANA, of_this_site=False)}, "both must be of this site's staff"),
        ({"second": replace(BEN, licensed=False)}, "both must be licensed"),
        ({"first": replace(ANA, licensed=False)}, "both must be licensed"),
        ({"first": replace(ANA, prescriber=False)}, "one of the two must be a prescriber"),
        ({"signed_at": AT - GOOD_FOR - minutes(1)}, "it was not signed at this visit"),
        ({"signed_at": AT + minutes(1)}, "it was not signed at this visit"),
        ({"saw": "Another sentence."}, "the reason for the stop has changed"),
    ],
)
def test_an_override_that_does_not_count_leaves_the_item_open_and_says_why(changes: dict[str, Any], because: str) -> None:
    verdict = may_start(NO_ESCORT, limits())
    after = lift(verdict, [override(finding(verdict, "escort"), **changes)], at=AT)
    open_ = finding(after, "escort")
    assert not after.met and open_.state == "unmet" and because in open_.sentence


def test_the_second_signer_may_be_the_prescriber_and_an_older_valid_override_still_counts() -> None:
    verdict = may_start(NO_ESCORT, limits())
    open_ = finding(verdict, "escort")
    good = override(open_, first=BEN, second=ANA, signed_at=AT - minutes(30))
    bad = override(open_, second=ANA, signed_at=AT - minutes(1))
    assert lift(verdict, [good, bad], at=AT).met
    assert not lift(verdict, [bad], at=AT).met


# req: N1
@pytest.mark.parametrize("facts", [ready(intoxicated=True), ready(identifiers=None), ready(order=None), ready(iv_site_sound=None)])
def test_what_nobody_lifts_and_what_is_simply_done_stays_open(facts: Any) -> None:
    verdict = may_start(facts, limits())
    (open_,) = verdict.open
    assert lift(verdict, [override(open_)], at=AT) == verdict


def test_an_override_of_another_item_or_of_a_met_one_changes_nothing() -> None:
    verdict = may_start(NO_ESCORT, limits())
    other = override(finding(verdict, "night"))
    assert lift(verdict, [other], at=AT) == verdict
    assert lift(verdict, [], at=AT) == verdict


# hazard: H6
def test_a_gap_that_only_grows_keeps_its_signatures() -> None:
    """30 h ago at the signature, 30 h 20 min at the start: the sentence counted on, the reason did not change."""
    seen = replace(Finding.unmet("interval.last", "Another dose is 30 h away: say why.", lifted_by="two_signatures"), stands_on="Lozenges on Sunday")
    now = replace(seen, sentence="Another dose is 30 h 20 min away: say why.")
    assert lift(Verdict.of(now), [override(seen)], at=AT).met
    assert not lift(Verdict.of(replace(now, stands_on="Lozenges on Monday")), [override(seen)], at=AT).met
    assert not lift(Verdict.of(replace(now, stands_on="")), [override(seen)], at=AT).met
    hard = replace(now, lifted_by="nobody")
    assert not lift(Verdict.of(hard), [override(seen)], at=AT).met


def test_answers_taken_over_are_never_milder() -> None:
    mild = Finding.unmet("order.signed", "Ended.", lifted_by="two_signatures")
    assert taken_over("order", mild, "missing") == (mild,)
    assert taken_over("order", mild, "missing", never=True) == (replace(mild, lifted_by="nobody"),)
    assert taken_over("order", Verdict.of(mild, Finding.met("order.days")), "missing", never=True)[1].is_met
    for nothing in (None, Verdict.of()):
        assert [each.lifted_by for each in taken_over("order", nothing, "missing", never=True)] == ["nobody"]
        assert [each.lifted_by for each in taken_over("dose", nothing, "missing")] == [""]
