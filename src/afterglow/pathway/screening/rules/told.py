"""What the chart says, in the words that screening judges by.  Pure; a missing value stays unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, cast

from afterglow.science.criteria.trd import BANDS, Improvement, Stopped, Trial

# Facts that come from the record, so that nobody types them: everything else on the form is asked.
FROM_RECORDS: Final = frozenset(
    {
        "screening.on",
        "person.age_years",
        "score.phq9_total",
        "score.phq9_on",
        "score.phq9_item9_answered",
        "score.asq_result",
        "score.pcl5_total",
        "score.pcl5_on",
        "score.ybocs_total",
        "score.ybocs_on",
        "score.asrm_total",
        "score.asrm_on",
        "body.bmi_kg_per_m2",
    }
)
# A medicine that was stopped less than five weeks ago may still act (washout of fluoxetine and of MAO inhibitors; W).
STOPPED_MAY_ACT: Final = timedelta(days=35)
BAND_OF: Final = {"none": "none", "under_25": "under_25", "25_49": "25_to_49", "50_plus": "50_or_more"}
YES_NO: Final = {"yes": True, "no": False}
KETAMINE_NAMES: Final = ("ketamin", "ketalar", "spravato")


def trial_told(*, drug: str, daily_dose_ug: int | None, weeks: int | None, improvement: str, this_episode: str, stopped_because: str) -> Trial:
    """One row of the trial ledger as the rules read it; "unknown" becomes None."""
    band: Improvement | None = BANDS[BAND_OF[improvement]] if improvement in BAND_OF else None
    return Trial(
        drug=drug,
        daily_dose_mg=None if daily_dose_ug is None else Decimal(daily_dose_ug) / 1000,
        weeks=weeks,
        improvement=band,
        this_episode=YES_NO.get(this_episode),
        stopped_for=None if stopped_because == "unknown" else cast(Stopped, stopped_because),
    )


def may_still_act(stopped_on: date | None, on: date) -> bool:
    """Is this medicine to be checked: taken now, or stopped so recently that it may still act?"""
    return stopped_on is None or on - stopped_on < STOPPED_MAY_ACT


def body_mass_index(weight_g: int | None, height_mm: int | None) -> Decimal | None:
    """kg per square metre to one decimal; None while weight or height is not measured."""
    if weight_g is None or height_mm is None:
        return None
    return (Decimal(weight_g) * 1000 / (Decimal(height_mm) ** 2)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def names_ketamine(allergies: Iterable[str]) -> bool:
    """Does a listed allergy name ketamine?  A listed allergy counts, whatever was answered on the form."""
    return any(name in allergy.casefold() for allergy in allergies for name in KETAMINE_NAMES)
