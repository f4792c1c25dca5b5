"""Staging against worked cases of the published scales.

Maudsley: 26 months, severe without psychosis, 5 failures, augmented, no ECT = 11; 6 months, moderate, 2 failures, neither = 5
(point table of Fekadu 2009, J Clin Psychiatry 70:177; range 3 to 15, Fekadu 2018, doi:10.1186/s12888-018-1679-x).
MGH-S: a point for each adequate failed trial, half for each optimisation or augmentation, three for failed ECT
(Fava 2003, Biol Psychiatry 53:649); sums worked by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.criteria.staging import Failures, stages

TABLES: Mapping[str, Any] = next(file.content for file in load_kind(LIBRARY_ROOT, "codes") if file.id == "resistance_staging")


def totals(months: int, severity: str, failed: int, augmented: bool, ect: str, times: int = 0) -> dict[str, tuple[Decimal | None, str]]:
    facts: dict[str, Any] = {
        "episode.duration_months": months,
        "episode.severity": severity,
        "treatment.augmentation_tried": augmented,
        "treatment.optimised_or_augmented_times": times,
        "treatment.ect": ect,
    }
    return {stage.id: (stage.total, stage.band) for stage in stages(Failures(at_least=failed, at_most=failed, by="MGH-ATRQ"), facts, TABLES)}


# req: S12
@pytest.mark.parametrize(
    ("case", "total", "band"),
    [
        ((26, "severe", 5, True, "not_tried"), 11, "severe"),
        ((6, "moderate", 2, False, "not_tried"), 5, "mild"),
        ((1, "subsyndromal", 1, False, "not_tried"), 3, "mild"),
        ((36, "severe_psychotic", 11, True, "failed"), 15, "severe"),
        ((24, "severe_psychotic", 11, True, "helped"), 14, "severe"),
        ((12, "moderate", 2, True, "not_tried"), 6, "mild"),
        ((13, "moderate", 2, True, "not_tried"), 7, "moderate"),
        ((25, "severe", 3, True, "not_tried"), 10, "moderate"),
        ((24, "mild", 4, False, "not_tried"), 6, "mild"),
        ((24, "mild", 6, False, "not_tried"), 7, "moderate"),
        ((24, "mild", 7, False, "not_tried"), 8, "moderate"),
        ((24, "mild", 10, False, "not_tried"), 8, "moderate"),
        ((24, "mild", 11, False, "not_tried"), 9, "moderate"),
    ],
)
def test_maudsley(case: tuple[int, str, int, bool, str], total: int, band: str) -> None:
    assert totals(*case)["maudsley"] == (total, band)


# req: S12
@pytest.mark.parametrize(
    ("failed", "times", "ect", "total"),
    [(2, 0, "not_tried", "2"), (3, 1, "not_tried", "3.5"), (4, 3, "failed", "8.5"), (4, 3, "helped", "5.5"), (0, 0, "not_tried", "0")],
)
def test_mgh(failed: int, times: int, ect: str, total: str) -> None:
    assert totals(12, "moderate", failed, False, ect, times)["mgh_s"] == (Decimal(total), "")


# req: S12
def test_the_vignettes_of_the_library_are_these_cases() -> None:
    for vignette in TABLES["vignettes"]:
        case = (vignette["months"], vignette["severity"], vignette["failures"], vignette["augmented"], vignette["ect"])
        assert totals(*case)["maudsley"][0] == vignette["gives"], vignette["says"]
