"""The gate's question about the scale that a protocol asks before each dose: in its hours, since the last dose, or open with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from afterglow.pathway.session.rules.gate import lift, may_start
from afterglow.pathway.session.rules.gate_facts import GateFacts, ScaleBefore
from afterglow.pathway.session.rules.gate_scale import Wanted, about_the_scale, wanted_from
from afterglow.science.verdict import Finding
from tests.unit.session_rules.facts import READY, limits

H = timedelta(hours=1)


def rated(ymrs_h: float | None, asrm_h: float | None, *, may: bool = True, dose_h: float | None = None) -> GateFacts:
    """Each scale rated so many hours ago (None: never), and the last dose (None: none was given)."""
    scales = tuple(
        ScaleBefore(within_h=within, rated_at=None if hours is None else READY.at - hours * H, may_be_asked=may)
        for hours, within in ((ymrs_h, 48), (asrm_h, 168))
    )
    return replace(READY, scales_before=scales, last_dose_at=None if dose_h is None else READY.at - dose_h * H)


def found(facts: GateFacts) -> Finding:
    (finding,) = about_the_scale(facts)
    return finding


# req: S19
# hazard: H41
@pytest.mark.parametrize(
    ("ymrs_h", "asrm_h", "dose_h", "state"),
    [
        (None, None, None, "unknown"),
        (2, None, None, "met"),
        (48, None, None, "met"),
        (48.1, None, None, "unmet"),
        (None, 168, None, "met"),
        (None, 168.1, None, "unmet"),
        (60, 60, None, "met"),
        (2, None, 72, "met"),
        (None, 73, 72, "unmet"),
        (None, 72, 72, "unmet"),
        (None, 71, 72, "met"),
        (-1, None, None, "unmet"),
    ],
)
def test_one_scale_in_its_hours_and_since_the_last_dose_is_enough(
    ymrs_h: float | None, asrm_h: float | None, dose_h: float | None, state: str
) -> None:
    finding = found(rated(ymrs_h, asrm_h, dose_h=dose_h))
    assert (finding.state, finding.item) == (state, "scale_before")
    assert state == "met" or finding.lifted_by == "two_signatures"
    assert "mania" not in finding.sentence.lower(), "the list is read on a shared screen"


# req: S19
def test_without_a_licence_it_says_that_it_cannot_be_asked_here() -> None:
    assert "holds no licence" in found(rated(None, None, may=False)).sentence
    assert "holds no licence" in found(rated(60, None, may=False)).sentence
    assert "Rate it now" in found(rated(None, None)).sentence
    assert found(rated(2, None, may=False)).is_met, "a rating that is on file counts, whatever became of the licence"


# req: S19
def test_it_is_part_of_the_gate_only_where_the_protocol_asks_for_it() -> None:
    assert may_start(READY, limits()).met and about_the_scale(READY) == ()
    verdict = may_start(rated(None, None), limits())
    assert [each.item for each in verdict.open] == ["scale_before"]
    assert not lift(verdict, (), at=READY.at).met


def test_what_a_protocol_says_is_read_as_it_stands() -> None:
    assert wanted_from({}) == ()
    said = {"before_each_dose": {"any_of": [{"instrument": "ymrs", "within_h": 48}]}}
    assert wanted_from(said) == (Wanted(instrument="ymrs", within_h=48),)
