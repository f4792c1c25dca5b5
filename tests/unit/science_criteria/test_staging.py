"""Staging of resistance: a missing part leaves the total unknown and shows the range, never zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from afterglow.science.criteria.staging import Failures, Stage, failures, stages
from afterglow.science.criteria.trd import BANDS, Definition, Trial, resistance

TABLES: dict[str, Any] = {
    "maudsley": {
        "title": "Maudsley",
        "source": "F",
        "mark": "W",
        "duration_months": [{"up_to": 12, "points": 1}, {"points": 3}],
        "severity": {"mild": 2, "severe": 4},
        "failures": [{"up_to": 2, "points": 1}, {"up_to": 4, "points": 2}, {"points": 5}],
        "augmentation": 1,
        "ect": 1,
        "bands": [{"up_to": 6, "name": "mild"}, {"up_to": 9, "name": "severe"}],
    },
    "mgh_s": {"title": "MGH", "source": "M", "mark": "W", "per_failed_trial": 1, "per_optimisation": 0.5, "per_failed_ect": 3},
}
ALL = {
    "episode.duration_months": Decimal(12),
    "episode.severity": "severe",
    "treatment.augmentation_tried": False,
    "treatment.optimised_or_augmented_times": Decimal(3),
    "treatment.ect": "failed",
}
MGH_ATRQ = Definition(id="mgh_atrq", title="MGH-ATRQ", weeks=6, bar_percent=50, bar_counts=False, source="C", mark="W")


def staged(at_least: int, at_most: int | None, **changes: Any) -> tuple[Stage, Stage]:
    facts = {**ALL, **{key.replace("__", "."): value for key, value in changes.items()}}
    maudsley, mgh = stages(Failures(at_least=at_least, at_most=at_most, by="MGH-ATRQ"), facts, TABLES)
    return maudsley, mgh


def test_all_known() -> None:
    maudsley, mgh = staged(3, 3)
    assert (maudsley.total, maudsley.band, maudsley.sentence) == (8, "severe", "8 (severe)")
    assert (mgh.total, mgh.band, mgh.sentence) == (Decimal("7.5"), "", "7.5")
    assert [str(part) for part in maudsley.parts] == [
        "length of the episode: 1", "severity: 4", "failed trials by MGH-ATRQ: 2", "augmentation: 0", "ECT: 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("episode__duration_months", "Not known yet: between 8 and 10. Missing: length of the episode."),
        ("episode__severity", "Not known yet: between 6 and 8. Missing: severity."),
        ("treatment__augmentation_tried", "Not known yet: between 8 and 9. Missing: augmentation."),
        ("treatment__ect", "Not known yet: between 7 and 8. Missing: ECT."),
    ],
)
def test_a_missing_answer_gives_the_range_and_no_band(fact: str, says: str) -> None:
    maudsley, _ = staged(3, 3, **{fact: None})
    assert (maudsley.total, maudsley.band, maudsley.sentence) == (None, "", says)


def test_ect_counts_in_maudsley_when_given_and_in_mgh_when_it_failed() -> None:
    assert [stage.total for stage in staged(3, 3, treatment__ect="helped")] == [8, Decimal("4.5")]
    assert [stage.total for stage in staged(3, 3, treatment__ect="not_tried")] == [7, Decimal("4.5")]
    assert staged(3, 3, treatment__ect=None)[1].sentence == "Not known yet: between 4.5 and 7.5. Missing: ECT."


def test_perhaps_failed_trials_matter_only_when_they_change_the_points() -> None:
    assert staged(1, 2)[0].total == 7
    assert staged(2, 3)[0].sentence == "Not known yet: between 7 and 8. Missing: failed trials by MGH-ATRQ."
    assert staged(1, 2)[1].sentence == "Not known yet: between 5.5 and 6.5. Missing: failed trials by MGH-ATRQ."
    assert staged(0, 1)[0].sentence == "Not known yet: between 6 and 7. Missing: failed trials by MGH-ATRQ."


def test_a_history_not_taken_has_no_upper_bound_where_the_scale_has_none() -> None:
    maudsley, mgh = staged(0, None)
    assert maudsley.sentence == "Not known yet: between 6 and 11. Missing: failed trials by MGH-ATRQ."
    assert mgh.sentence == "Not known yet: at least 4.5. Missing: failed trials by MGH-ATRQ."
    assert staged(3, 3, treatment__optimised_or_augmented_times=None)[1].sentence == (
        "Not known yet: at least 6. Missing: optimisations and augmentations."
    )


def test_without_a_failed_trial_maudsley_is_not_staged() -> None:
    maudsley, mgh = staged(0, 0)
    assert (maudsley.parts, maudsley.total, maudsley.sentence) == ((), None, "Not staged: no failed trial is recorded.")
    assert mgh.total == Decimal("4.5")


def test_a_total_beyond_every_band_has_none() -> None:
    maudsley, _ = staged(9, 9, episode__duration_months=40)
    assert (maudsley.total, maudsley.band, maudsley.sentence) == (13, "", "13")


@pytest.mark.parametrize("odd", ["12", True])
def test_an_answer_of_the_wrong_kind_is_not_known(odd: object) -> None:
    assert staged(3, 3, episode__duration_months=odd)[0].total is None
    assert staged(3, 3, treatment__augmentation_tried="no")[0].total is None


def test_failures_are_counted_as_resistance_counts_them() -> None:
    def trial(drug: str, weeks: int | None) -> Trial:
        return Trial(drug=drug, daily_dose_mg=100, weeks=weeks, improvement=BANDS["none"], this_episode=True, stopped_for="no_effect")

    doses = {"sertraline": Decimal(50), "fluoxetine": Decimal(20)}
    told = [trial("sertraline", 8), trial("sertraline", 9), trial("fluoxetine", None), trial("sertraline", None), trial("agomelatine", 2)]
    assert failures(resistance(told, MGH_ATRQ, doses)) == Failures(at_least=1, at_most=2, by="MGH-ATRQ")
    assert failures(resistance([], MGH_ATRQ, doses)) == Failures(at_least=0, at_most=None, by="MGH-ATRQ")
    assert failures(resistance([], MGH_ATRQ, doses, none_taken=True)) == Failures(at_least=0, at_most=0, by="MGH-ATRQ")
