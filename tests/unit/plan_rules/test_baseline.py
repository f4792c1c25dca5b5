"""The baseline of a course: which scales, how old, and the same again after it was stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from afterglow.pathway.plan.rules.baseline import Baseline, Severity, Staged, from_stored, scales_of, stages_from, stored

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
KEPT = Baseline(
    at=AT,
    scores=(
        Severity(instrument="phq9", title="PHQ-9", total=21, band="severe", taken_at=AT - timedelta(days=12, hours=3), wording="version 1"),
        Severity(instrument="gad7", title="GAD-7"),
    ),
    stages=(Staged(title="Maudsley", sentence="9 (moderate)", parts=("Duration: 2",)),),
    decided_at=AT - timedelta(days=2),
)


# req: S30
def test_what_was_kept_reads_the_same_for_ever() -> None:
    assert from_stored(json.loads(json.dumps(stored(KEPT)))) == KEPT
    assert from_stored(stored(Baseline(at=AT))) == Baseline(at=AT)
    assert from_stored({}) is None, "a plan from before kept none, which is not an empty one"


def test_each_score_has_its_age_and_one_that_is_missing_has_none() -> None:
    assert [(score.instrument, days) for score, days in KEPT.lines] == [("phq9", 12), ("gad7", None)]


def test_the_scales_are_those_that_the_protocol_asks_for_at_the_baseline() -> None:
    asked = [{"instrument": "phq9", "when": ["baseline", "review"]}, {"instrument": "asq", "when": ["screening"]}]
    assert scales_of({"measures": asked}) == ("phq9",)
    assert scales_of({}) == ()


def test_a_decision_without_stages_has_none() -> None:
    assert stages_from({}) == ()
    assert stages_from({"stages": [{"title": "MGH-S", "sentence": "2.5", "parts": []}]}) == (Staged(title="MGH-S", sentence="2.5"),)
