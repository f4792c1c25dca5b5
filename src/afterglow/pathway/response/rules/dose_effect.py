"""Dose and effect of each session in one picture, the next planned dose beside them (N2).  Pure: shapes and rows, no advice.

Every dose has a place of its own on the axis, evenly, because doses are compared and not dates.  What nobody asked is a cross, never a zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from afterglow.ground.face.shapes import Circle, Label, Line, Path, Scale, Shape, Sheet
from afterglow.pathway.response.rules.peaks import SITES, Predicted, Range
from afterglow.pathway.response.rules.trajectory import Point
from afterglow.science.dosing.amounts import milligrams_text

WIDTH: Final = 800.0
LEFT, RIGHT, NAMES_X = 48.0, 620.0, 632.0
HIGH, APART = 64.0, 34.0
HIGHEST_RATING: Final = 10.0
LEAST_RISE_MMHG: Final = 40.0
WHOLE_WORDS: Final = 8
"""Up to so many doses every cross has its words beside it; of more, the sentence under the picture says what a cross is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One dose.  `started_at` None: it is planned, not given.  Any other None: nobody charted, asked or could score it, which is never zero.

    `own_sbp` the person's own systolic pressure before, `highest_sbp` the highest charted one, mmHg; `nausea`, `detached` the worst of 0 to 10.
    """

    number: int
    started_at: datetime | None
    is_running: bool = False
    amount_ug: int | None
    over_min: int
    weight_g: int | None
    predicted: Predicted
    own_sbp: float | None = None
    highest_sbp: float | None = None
    nausea: int | None = None
    detached: int | None = None
    cadss: str = ""
    before: Point | None = None
    after: Point | None = None

    @property
    def is_planned(self) -> bool:
        return self.started_at is None

    @property
    def per_kg(self) -> float | None:
        return None if self.amount_ug is None or not self.weight_g else self.amount_ug / self.weight_g

    @property
    def amount(self) -> str:
        if self.amount_ug is None:
            return "amount not known"
        if self.is_running:
            return f"{milligrams_text(self.amount_ug)} so far, the infusion is not over"
        return f"{milligrams_text(self.amount_ug)} over {self.over_min} min"

    @property
    def per_kg_words(self) -> str:
        return "not known" if self.per_kg is None else f"{self.per_kg:.2f} mg/kg"

    @property
    def rise_mmhg(self) -> float | None:
        """The highest charted pressure above the person's own of before."""
        return None if self.own_sbp is None or self.highest_sbp is None else self.highest_sbp - self.own_sbp

    @property
    def rise_words(self) -> str:
        """'+24 (118 to 142)', with what is missing said."""
        if self.highest_sbp is None:
            return "not charted"
        if self.own_sbp is None:
            return f"highest {self.highest_sbp:g}; none before the dose"
        return f"{self.rise_mmhg:+g} ({self.own_sbp:g} to {self.highest_sbp:g})"

    @property
    def nausea_words(self) -> str:
        return "not asked" if self.nausea is None else str(self.nausea)

    @property
    def detached_words(self) -> str:
        return "not asked" if self.detached is None else str(self.detached)

    @property
    def total_after(self) -> int | None:
        return None if self.after is None else self.after.total

    @property
    def score_words(self) -> str:
        """'20 to 11', 'none' for what is missing."""
        return " to ".join("none" if point is None else str(point.total) for point in (self.before, self.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPicture:
    """A finished picture: size, shapes in drawing order, and what is in it in a sentence."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    summary: str


@dataclass(slots=True)
class _Page:
    rows: Sequence[EffectRow]
    sheet: Sheet = field(default_factory=Sheet)
    y: float = 40.0

    def x(self, place: int) -> float:
        return round(LEFT + (place + 0.5) * (RIGHT - LEFT) / len(self.rows), 1)

    def panel(self, title: str, low: float, high: float) -> Scale:
        """Axis, highest value and name of one panel; the page grows by it."""
        scale = Scale(low=low, high=high, near=self.y + HIGH, far=self.y)
        self.sheet.add(
            Line(x1=LEFT, y1=self.y + HIGH, x2=RIGHT, y2=self.y + HIGH, css="s-axis"),
            Line(x1=LEFT, y1=self.y, x2=RIGHT, y2=self.y, css="s-grid"),
            Label(x=LEFT - 6, y=self.y + HIGH + 4, text=f"{low:g}", css="s-end"),
            Label(x=LEFT - 6, y=self.y + 4, text=f"{high:.3g}", css="s-end"),
            *(Label(x=NAMES_X, y=self.y + 14 + 15 * at, text=words, css="t-rule-name") for at, words in enumerate(title.split("\n"))),
        )
        self.y += HIGH + APART
        return scale


def draw(rows: Sequence[EffectRow], *, scale_title: str, scale_highest: int) -> EffectPicture:
    """Top to bottom: dose, predicted peak for each sampling site, detachment, pressure, nausea, the score after it."""
    page = _Page(rows=rows)
    for place, row in enumerate(rows):
        page.sheet.add(Label(x=page.x(place), y=18, text=f"{row.number}{' planned' if row.is_planned else ''}", css="s-label s-middle"))
    page.sheet.add(Label(x=4, y=18, text="dose"))
    _values(page, "Dose, mg/kg\n(ring: not all given)", [row.per_kg for row in rows], high=_top(rows, lambda row: row.per_kg, 0.6), words="{:.2f}")
    for site, words in SITES.items():
        _ranges(page, site, words)
    _given(page, "Most detached, 0 to 10", [row.detached for row in rows], HIGHEST_RATING)
    _given(page, "Rise of systolic\npressure, mmHg", [row.rise_mmhg for row in rows], _top(rows, lambda row: row.rise_mmhg, LEAST_RISE_MMHG))
    _given(page, "Worst nausea, 0 to 10", [row.nausea for row in rows], HIGHEST_RATING)
    _given(page, f"{scale_title},\nlast before the next dose", [row.total_after for row in rows], float(scale_highest))
    return EffectPicture(width=WIDTH, height=round(page.y, 1), shapes=tuple(page.sheet.shapes), summary=summary(rows))


def _top(rows: Sequence[EffectRow], value: Callable[[EffectRow], float | None], least: float) -> float:
    return max([least, *(found for found in map(value, rows) if found is not None)])


def _values(page: _Page, title: str, values: Sequence[float | None], *, high: float, words: str) -> None:
    scale = page.panel(title, 0, high)
    for place, value in enumerate(values):
        _mark(page, place, value, scale, ring=page.rows[place].is_planned or page.rows[place].is_running, words=words)


def _given(page: _Page, title: str, values: Sequence[float | None], high: float) -> None:
    """A panel for what only a given dose can have.  A fall of pressure stands on the axis with its number."""
    scale = page.panel(title, 0, high)
    for place, (row, value) in enumerate(zip(page.rows, values, strict=True)):
        if not row.is_planned:
            _mark(page, place, value, scale, ring=False, words="{:g}")


def _mark(page: _Page, place: int, value: float | None, scale: Scale, *, ring: bool, words: str) -> None:
    x = page.x(place)
    if value is None:
        y = scale(scale.low)
        page.sheet.add(Path(d=f"M{x - 5:g},{y - 5:g} l10,10 m0,-10 l-10,10", css="t-missed"))
        if len(page.rows) <= WHOLE_WORDS:
            page.sheet.add(Label(x=x, y=round(y - 9, 1), text="not known", css="s-middle t-small"))
        return
    y = scale(value)
    page.sheet.add(
        Circle(cx=x, cy=y, r=4, css="t-point t-point--open" if ring else "t-point"),
        Label(x=x, y=round(y - 9, 1), text=words.format(value), css="s-label s-middle"),
    )


def _ranges(page: _Page, site: str, words: str) -> None:
    """A bar from the lowest to the highest typical peak of this site's models; the panel is left out where no model has this site."""
    found: list[tuple[int, Range]] = [(place, each) for place, row in enumerate(page.rows) for each in row.predicted.ranges if each.site == site]
    if not found:
        return
    scale = page.panel(f"Predicted peak, ng/mL\n{words}", 0, max(each.high for _, each in found))
    for place, each in found:
        x, low, high = page.x(place), scale(each.low), scale(each.high)
        page.sheet.add(
            Path(d=f"M{x - 6:g},{low:g} h12 M{x:g},{low:g} V{high:g} M{x - 6:g},{high:g} h12", css="s-predicted"),
            Label(
                x=x, y=round(high - 6, 1), text=f"{each.low:.0f} to {each.high:.0f}" if each.models > 1 else f"{each.low:.0f}", css="s-middle t-small"
            ),
        )


def summary(rows: Sequence[EffectRow]) -> str:
    """What a reader who does not see the picture needs first."""
    given = [row for row in rows if not row.is_planned]
    if not given:
        return "No dose has been given yet."
    said = [
        f"Dose {row.number}: {row.per_kg_words}{' so far' if row.is_running else ''}, most detached {row.detached_words}, pressure {row.rise_words}"
        for row in given
    ]
    return "; ".join(said) + "."
