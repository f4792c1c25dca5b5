"""Curves as pictures: one for each sampling site and substance, a name beside each curve, those of one substance on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from afterglow.science.pk.drawing import Drawing, Seen, drawing
from afterglow.science.pk.model import FloatArray, Site

TITLES: Final[dict[Site, str]] = {
    "venous": "Blood from a vein",
    "arterial": "Blood from an artery",
    "unknown": "Where blood was taken is not stated: no threshold may be laid over it",
}
NAMES_WIDE: Final = 210
NAME_TALL: Final = 16.0
PATTERNS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What one model says of one substance, ng/mL; `levels` is None where only a band may be shown, the band where no variability is known."""

    name: str
    analyte: str
    is_drug: bool
    site: Site
    levels: FloatArray | None
    low: FloatArray | None
    high: FloatArray | None

    def told(self, at: int) -> str:
        """The level at one place of the grid, with its band."""
        band = f"{self.low[at]:.3g} to {self.high[at]:.3g}" if self.low is not None and self.high is not None else ""
        if self.levels is None:
            return band
        return f"{self.levels[at]:.3g} ({band})" if band else f"{self.levels[at]:.3g}"

    @property
    def peak(self) -> str:
        """The highest level, with the band of that minute."""
        tallest = self.levels if self.levels is not None else self.high
        return "" if tallest is None else self.told(int(tallest.argmax()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A curve's name at its end: where it stands, and which line pattern it has."""

    text: str
    y: float
    pattern: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture: `wide` leaves room for the names at the right."""

    title: str
    summary: str
    picture: Drawing
    names: Sequence[Name]
    wide: int


def panels(curves: Sequence[Curve], times_min: FloatArray, seen: Sequence[Seen]) -> list[Panel]:
    """The drug first, then each metabolite by itself: what one model counts in its own mass and another as the drug's never share a picture.

    Measured levels stand in the picture of unknown sites: none of the studies that were read says where blood was taken.
    """
    made = []
    for substance in dict.fromkeys("" if curve.is_drug else curve.analyte for curve in sorted(curves, key=lambda curve: not curve.is_drug)):
        alike = [curve for curve in curves if curve.is_drug is not bool(substance) and substance in ("", curve.analyte)]
        points = () if substance else seen
        highest = max([*(_highest(curve) for curve in alike), *(one.level + one.spread for one in points)])
        for site in TITLES:
            here = [curve for curve in alike if curve.site == site]
            points_here = points if site == "unknown" else ()
            if here or points_here:
                made.append(_panel(site, here, times_min, points_here, highest))
    return made


def _highest(curve: Curve) -> float:
    return max(float(each.max()) for each in (curve.levels, curve.high) if each is not None)


def _panel(site: Site, curves: Sequence[Curve], times_min: FloatArray, seen: Sequence[Seen], highest: float) -> Panel:
    lines = [(curve.name, curve.levels) for curve in curves if curve.levels is not None]
    areas = [(curve.name, curve.low, curve.high) for curve in curves if curve.low is not None and curve.high is not None]
    substance = " / ".join(sorted({curve.analyte for curve in curves})).replace("_apparent", " (apparent)") or "ketamine"
    picture = drawing(lines, times_min, seen, areas=areas, at_least=highest)
    said = "; ".join(f"{curve.name} {curve.analyte}: highest {curve.peak} ng/mL" for curve in curves)
    title = f"{substance[:1].upper()}{substance[1:]}. {TITLES[site]}"
    return Panel(title=title, summary=f"{title}. {said}.", picture=picture, names=_names(picture), wide=picture.width + NAMES_WIDE)


def _names(picture: Drawing) -> list[Name]:
    """Beside the end of each curve, pushed apart from below so that none covers another."""
    ends = [(float(line.points.rsplit(",", 1)[1]), line.name, number % PATTERNS) for number, line in enumerate(picture.lines)]
    placed, limit = [], float(picture.bottom)
    for end, text, pattern in sorted(ends, reverse=True):
        limit = min(end, limit)
        placed.append(Name(text=text, y=round(limit, 1), pattern=pattern))
        limit -= NAME_TALL
    return placed
