"""What published models say of the highest level of an infusion: one line for each, grouped by where blood was taken.  Pure.

For learning beside past doses, never an order (safety 73, 75).  Levels of artery and vein, and of sites nobody stated, are never one range
(safety 22).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from afterglow.science import pk
from afterglow.science.dosing.given import Segment

SITES: Final = {"venous": "vein", "arterial": "artery", "unknown": "site not stated"}
UG_PER_MG: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPeak:
    """One model's typical peak, ng/mL, and minutes from the start; `low`, `high`: 5th and 95th percentile, None where nobody published them."""

    name: str
    version: int
    reviewed: bool
    site: str
    value: float
    at_min: float
    low: float | None
    high: float | None
    says: tuple[str, ...]

    @property
    def site_words(self) -> str:
        return SITES[self.site]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A model that did not run, and why."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Typical peaks of the models of one sampling site, lowest and highest, ng/mL."""

    site: str
    low: float
    high: float
    models: int

    @property
    def words(self) -> str:
        """'vein: 140 to 190 ng/mL (3 models)'."""
        levels = f"{self.low:.3g}" if self.models == 1 else f"{self.low:.3g} to {self.high:.3g}"
        return f"{SITES[self.site]}: {levels} ng/mL ({self.models} {'model' if self.models == 1 else 'models'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """What the models said of one infusion.  `why_none`: why nothing was worked out at all, '' otherwise."""

    peaks: tuple[ModelPeak, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    why_none: str = ""

    @property
    def ranges(self) -> tuple[Range, ...]:
        found = {site: [each.value for each in self.peaks if each.site == site] for site in SITES}
        return tuple(Range(site=site, low=min(values), high=max(values), models=len(values)) for site, values in found.items() if values)


def as_given(segments: Sequence[Segment], *, given_ug: int) -> tuple[pk.Dose, ...]:
    """The stretches of pumping as doses, minutes from the first one on, together the amount that went in.

    A stretch takes its share by rate and time; what was read off the pump at its end counts over that.  () while the pump runs, or where
    nothing ran.
    """
    if given_ug <= 0 or any(each.ended_at is None for each in segments):
        return ()
    ran = [(each.started_at, each.ended_at, each.rate_ul_per_h) for each in segments if each.ended_at is not None and each.rate_ul_per_h > 0]
    parts = [(start, _minutes(start, end), rate * _minutes(start, end)) for start, end, rate in ran if end > start]
    whole = sum(part for _, _, part in parts)
    return tuple(
        pk.Dose(amount_mg=given_ug / UG_PER_MG * part / whole, route="iv", at_min=_minutes(parts[0][0], start), over_min=lasted)
        for start, lasted, part in parts
    )


def as_planned(*, dose_ug: int, over_min: int) -> tuple[pk.Dose, ...]:
    """One even infusion."""
    return (pk.Dose(amount_mg=dose_ug / UG_PER_MG, route="iv", over_min=float(over_min)),)


def _minutes(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds() / 60
