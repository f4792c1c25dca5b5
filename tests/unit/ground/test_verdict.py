"""A verdict: met only when something was asked and everything is met."""

from __future__ import annotations

from afterglow.science.verdict import Finding, Verdict

MET, UNMET, UNKNOWN = (
    Finding.met("a"),
    Finding.unmet("b", "B is open.", lifted_by="nobody"),
    Finding.unknown("c", "C was not asked.", lifted_by="two_signatures"),
)


def test_unknown_is_not_met_and_silence_is_no_answer() -> None:
    assert Verdict.of(MET).met
    assert not Verdict.of(MET, UNKNOWN).met
    assert not Verdict.of().met


def test_it_tells_what_is_open_and_who_may_lift_it() -> None:
    verdict = Verdict.of(MET, UNMET, UNKNOWN)
    assert (verdict.open, verdict.never, verdict.liftable) == ((UNMET, UNKNOWN), (UNMET,), (UNKNOWN,))
    assert verdict.sentence == "B is open. C was not asked."
    assert list(verdict) == [MET, UNMET, UNKNOWN]
    assert Verdict.of(MET).sentence == "Everything asked is met."
