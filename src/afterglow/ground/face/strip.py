"""The session strip: a series of readings becomes an anaesthetic record.  Pure; the picture is drawn on the server and only shown.

Conventions of the paper record: systolic as a caret pointing down, diastolic as a caret pointing up, pulse as dots, saturation as a
line of its own, drugs as bars with dose and time, events numbered on the axis.  Time is minutes from the start of dosing.

Two rules keep it honest (safety 8, 9).  A value that is missing or not above zero is never drawn: it opens a gap, and a gap is hatched
and named, never bridged.  Thinning keeps the lowest and the highest value of every pixel column, so a short fall stays visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from afterglow.ground.face import strip_rows
from afterglow.ground.face.shapes import Circle, Label, Line, Path, Rect, Scale, Shape, Sheet, apart, area, caret, dots, polyline
from afterglow.ground.face.strip_series import Band, Dose, Event, Gap, Pressure, Reading, Row, Score, Series, Threshold, pieces, thin

__all__ = ["Band", "Dose", "Drawing", "Event", "Gap", "Pressure", "Reading", "Row", "Score", "Series", "Threshold", "draw"]

WIDTH = 800.0
LEFT, RIGHT = 56.0, 786.0
HATCH = "url(#strip-hatch)"
WIDE_ENOUGH = 46.0  # px: room for the words "no data"
PX_A_LETTER = 6.6  # of a label, a little more than it is
CAPTION_PX = 170.0  # px: room for a trace's name to the right of now

Panel = Literal["pressure", "pulse", "saturation", "breathing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A finished picture: size, shapes in order, one sentence that says what is in it, and its table."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    summary: str
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Page:
    """Where the pen is: the time scale, the sheet, and the next free line."""

    series: Series
    x: Scale
    sheet: Sheet = field(default_factory=Sheet)
    y: float = 12.0

    def panel(self, low: float, high: float, height: float) -> Scale:
        scale = Scale(low=low, high=high, near=self.y + height, far=self.y)
        self.y += height + 22
        return scale

    @property
    def caption_x(self) -> float:
        now = self.series.last_min if self.series.now_min is None else self.series.now_min
        return self.x(now)

    def caption(self, y: float, text: str, css: str = "s-label") -> None:
        """A trace's name: right of now where there is room, otherwise left of it."""
        if self.caption_x + CAPTION_PX < RIGHT:
            self.sheet.add(Label(x=self.caption_x + 8, y=round(y, 1), text=text, css=css))
        else:
            self.sheet.add(Label(x=self.caption_x - 8, y=round(y, 1), text=text, css=f"{css} s-end"))


def draw(series: Series) -> Drawing:
    """The whole strip, top to bottom; panels without a single value or reason to be there are left out."""
    page = _Page(series=series, x=Scale(low=series.first_min, high=series.last_min, near=LEFT, far=RIGHT))
    _circulation(page)
    _saturation(page)
    if series.breathing:
        _breathing(page)
    for score in series.scores:
        _score(page, score)
    for dose in series.doses:
        _dose(page, dose)
    if series.band is not None:
        _band(page, series.band)
    _axis(page)
    return Drawing(
        width=WIDTH, height=round(page.y, 1), shapes=tuple(page.sheet.shapes), summary=strip_rows.summary(series), rows=strip_rows.rows(series)
    )


def _circulation(page: _Page) -> None:
    series = page.series
    values = [v for p in series.pressures for v in (p.systolic, p.diastolic) if v] + [r.value for r in (*series.pulse, *series.heart_rate) if r.value]
    values += [t.value for t in series.thresholds if t.panel in ("pressure", "pulse")]
    scale = page.panel(_down(min([50.0, *values]), 20.0, least=20.0), _up(max([170.0, *values]), 20.0, most=260.0), 190)
    _grid(page, scale, step=40)
    _thresholds(page, scale, ("pressure", "pulse"))
    _traces(page, scale, series.pulse, "s-dots", "no pulse", strip_height=12)
    _traces(page, scale, series.heart_rate, "s-rings", "", strip_height=0)
    _pressures(page, scale)
    _circulation_captions(page, scale)


def _circulation_captions(page: _Page, scale: Scale) -> None:
    series = page.series
    wanted: list[tuple[float, str, str]] = []
    if seen := [p for p in series.pressures if p.systolic]:
        wanted.append((scale(seen[-1].systolic or 0) - 2, "systolic / diastolic, mmHg", "s-label"))
    if pulse := [r for r in series.pulse if r.value]:
        wanted.append((scale(pulse[-1].value or 0) + 4, "pulse, per min", "s-pulse-label"))
    if rate := [r for r in series.heart_rate if r.value]:
        wanted.append((scale(rate[-1].value or 0) + 4, "heart rate (ECG), per min", "s-label"))
    wanted.sort()
    for y, (_, text, css) in zip(apart([y for y, _, _ in wanted], 15.0), wanted, strict=True):
        page.caption(y, text, css)


def _pressures(page: _Page, scale: Scale) -> None:
    whole = [p for p in page.series.pressures if p.systolic and p.diastolic]
    for key in ("systolic", "diastolic"):
        path = polyline((page.x(p.minute), scale(getattr(p, key))) for p in whole)
        if len(whole) > 1:
            page.sheet.add(Path(d=path, css="s-caret-link"))
        for p in whole:
            value = getattr(p, key)
            page.sheet.add(Path(d=caret(page.x(p.minute), scale(value), down=key == "systolic"), css="s-caret"))
            _off_scale(page, scale, p.minute, value)


def _saturation(page: _Page) -> None:
    values = [r.value for r in page.series.saturation if r.value] + [t.value for t in page.series.thresholds if t.panel == "saturation"]
    scale = page.panel(_down(min([88.0, *values]), 4.0, least=40.0), 100.0, 66)
    _grid(page, scale, step=4 if scale.low >= 80 else 20)
    _thresholds(page, scale, ("saturation",))
    _traces(page, scale, page.series.saturation, "s-line", "no data")
    _trace_caption(page, scale, page.series.saturation, "saturation, %")


def _breathing(page: _Page) -> None:
    values = [r.value for r in page.series.breathing if r.value] + [t.value for t in page.series.thresholds if t.panel == "breathing"]
    scale = page.panel(0.0, _up(max([24.0, *values]), 8.0, most=60.0), 40)
    _grid(page, scale, step=12)
    _thresholds(page, scale, ("breathing",))
    _traces(page, scale, page.series.breathing, "s-line s-line--breathing", "no data")
    _trace_caption(page, scale, page.series.breathing, "breathing, per min")


def _trace_caption(page: _Page, scale: Scale, readings: Sequence[Reading], text: str) -> None:
    seen = [r.value for r in readings if r.value]
    if seen:
        page.caption(scale(seen[-1]) + 4, text)
    else:
        page.sheet.add(Label(x=LEFT + 6, y=round(scale.far + 14, 1), text=f"{text}: no data", css="s-label"))


def _traces(page: _Page, scale: Scale, readings: Sequence[Reading], css: str, gap_words: str, *, strip_height: float | None = None) -> None:
    """A continuous trace in pieces, with every gap hatched; `strip_height` puts the hatch at the panel's foot (shared panels)."""
    if not readings:
        return
    found, gaps = pieces(readings, gap_min=page.series.gap_min, until=page.series.now_min)
    said_at = float("-inf")
    for gap in gaps if strip_height != 0 else ():
        left, right = page.x(gap.start), page.x(gap.end)
        height = scale.near - scale.far if strip_height is None else strip_height
        page.sheet.add(
            Rect(x=left, y=round(scale.near - height, 1), width=max(round(right - left, 1), 1.0), height=round(height, 1), css="s-gap", fill=HATCH)
        )
        inside = right - left >= WIDE_ENOUGH and strip_height is None
        words_y = scale.near - height / 2 + 4 if inside else scale.near - height - 3
        middle = round((left + right) / 2, 1)
        if middle - said_at < WIDE_ENOUGH + 6:
            continue  # the words of the gap before stand here; the hatch says the rest
        page.sheet.add(Label(x=middle, y=round(words_y, 1), text=gap_words, css="s-label s-middle"))
        said_at = middle
    for piece in found:
        thinned = thin(piece, page.series.last_min - page.series.first_min, int(RIGHT - LEFT) // 2)
        line = [(page.x(r.minute), scale(r.value or 0)) for r in thinned]
        page.sheet.add(
            Path(d=polyline(line) if css.startswith("s-line") and len(line) > 1 else dots(line), css=css if len(line) > 1 else f"{css} s-lone")
        )
        for reading in thinned:
            _off_scale(page, scale, reading.minute, reading.value or 0)


def _off_scale(page: _Page, scale: Scale, minute: float, value: float) -> None:
    """A value beyond the panel stands at its edge with its number, so that clamping never hides it."""
    if not scale.holds(value):
        y = scale.far + 10 if value > scale.high else scale.near - 2
        page.sheet.add(Label(x=page.x(minute), y=round(y, 1), text=f"{value:g}", css="s-off"))


def _grid(page: _Page, scale: Scale, *, step: int) -> None:
    first = int(-(-scale.low // step) * step)
    for value in range(first, int(scale.high) + 1, step):
        page.sheet.add(
            Line(x1=LEFT, y1=scale(value), x2=RIGHT, y2=scale(value), css="s-grid"),
            Label(x=LEFT - 8, y=scale(value) + 4, text=str(value), css="s-end"),
        )


def _thresholds(page: _Page, scale: Scale, panels: tuple[Panel, ...]) -> None:
    for threshold in page.series.thresholds:
        if threshold.panel in panels and scale.holds(threshold.value):
            y = scale(threshold.value)
            page.sheet.add(
                Line(x1=LEFT, y1=y, x2=RIGHT, y2=y, css="s-threshold"),
                Label(x=RIGHT - 2, y=round(y - 4, 1), text=threshold.label, css="s-end"),
            )


def _score(page: _Page, score: Score) -> None:
    y = page.y + 11
    for minute, text in score.values:
        page.sheet.add(
            Circle(cx=page.x(minute), cy=y, r=10.0, css="s-score"),
            Label(x=page.x(minute), y=y + 4, text=text, css="s-label s-middle"),
        )
    page.caption(y + 4, score.label)
    page.y += 27


def _dose(page: _Page, dose: Dose) -> None:
    """Solid: given.  Outline: still to come.  Dashed: paused.  Name, amount and time stand beside it."""
    series, top = page.series, page.y + 2
    reached = min(
        dose.ended_min if dose.ended_min is not None else dose.planned_end_min, series.last_min if series.now_min is None else series.now_min
    )
    if dose.ended_min is None and reached < dose.planned_end_min:
        page.sheet.add(_bar(page, reached, dose.planned_end_min, top, "s-dose-rest"))
    start = dose.start_min
    for pause_from, pause_to in (*dose.pauses, (reached, reached)):
        if pause_from > start:
            page.sheet.add(_bar(page, start, pause_from, top, "s-dose"))
        if pause_to > pause_from:
            page.sheet.add(_bar(page, pause_from, pause_to, top, "s-dose-pause"))
        start = max(pause_to, start)
    end = page.x(max(reached, dose.planned_end_min if dose.ended_min is None else dose.ended_min))
    if end + 8 + PX_A_LETTER * len(dose.label) <= RIGHT:
        page.sheet.add(Label(x=round(end + 8, 1), y=top + 13, text=dose.label, css="s-label"))
    else:
        page.sheet.add(Label(x=page.x(dose.start_min), y=top + 31, text=dose.label, css="s-label"))
        page.y += 18
    page.y += 30


def _bar(page: _Page, start: float, end: float, top: float, css: str) -> Rect:
    left, right = page.x(start), page.x(end)
    return Rect(x=left, y=round(top, 1), width=max(round(right - left, 1), 1.0), height=16.0, rx=3.0, css=css)


def _band(page: _Page, band: Band) -> None:
    scale = page.panel(0.0, max(_up(max(band.high, default=1.0), 50.0, most=100_000.0), 50.0), 92)
    upper = [(page.x(m), scale(v)) for m, v in zip(band.minutes, band.high, strict=True)]
    lower = [(page.x(m), scale(v)) for m, v in zip(band.minutes, band.low, strict=True)]
    middle = [(page.x(m), scale(v)) for m, v in zip(band.minutes, band.middle, strict=True)]
    _grid(page, scale, step=50 if scale.high <= 150 else 100)
    page.sheet.add(Path(d=area(upper, lower), css="s-band"), Path(d=polyline(middle), css="s-predicted"))
    page.sheet.add(
        Label(x=RIGHT - 2, y=round(scale.far + 10, 1), text=band.label, css="s-rose s-end"),
        Label(x=RIGHT - 2, y=round(scale.far + 26, 1), text=band.note, css="s-end"),
    )


def _axis(page: _Page) -> None:
    series, foot = page.series, round(page.y, 1)
    page.sheet.add(Line(x1=LEFT, y1=foot, x2=RIGHT, y2=foot, css="s-axis"))
    for minute in range(int(-(-series.first_min // 20) * 20), int(series.last_min) + 1, 20):
        x = page.x(minute)
        page.sheet.add(Line(x1=x, y1=foot, x2=x, y2=foot + 5, css="s-axis"))
        if series.now_min is None or abs(page.x(series.now_min) - x) > 34:
            at_edge = x > RIGHT - 8  # a word in the middle of the last tick would be cut off by the edge
            page.sheet.add(Label(x=WIDTH - 2 if at_edge else x, y=foot + 44, text=f"{minute} min", css="s-end" if at_edge else "s-middle"))
    if series.now_min is not None:
        x = page.x(series.now_min)
        page.sheet.add(Line(x1=x, y1=8, x2=x, y2=foot + 30, css="s-now"), Label(x=x, y=foot + 44, text="now", css="s-label s-middle"))
    shown = [e for e in series.events if series.first_min <= e.minute <= series.last_min]
    for event, x in zip(shown, apart([page.x(e.minute) for e in shown], 19.0), strict=True):
        page.sheet.add(
            Line(x1=page.x(event.minute), y1=foot, x2=x, y2=foot + 9, css="s-axis"),
            Circle(cx=x, cy=foot + 18, r=9.0, css="s-event"),
            Label(x=x, y=foot + 22, text=str(event.number), css="s-event-n"),
        )
    page.y = foot + 52


def _down(value: float, step: float, *, least: float) -> float:
    return max(value // step * step, least)


def _up(value: float, step: float, *, most: float) -> float:
    return min(-(-value // step) * step, most)
