"""The picture of a course: shapes for an SVG and the same as rows of a table.  Pure; it draws what a `Trajectory` holds and judges nothing.

One time axis for everything, from before the first dose until now.  Lines are broken where an answer is missing and the missing one is marked
and named; thresholds are thin rules with their name; what else happened is numbered, and the text stands beside the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from afterglow.ground.face.shapes import Circle, Label, Line, Path, Scale, Shape, Sheet, apart, polyline
from afterglow.ground.face.words import day_words, thousandth
from afterglow.pathway.response.rules.trajectory import DoseTick, Mark, Missed, Point, ScaleLine, Trajectory, pieces

WIDTH: Final = 800.0
LEFT, RIGHT = 44.0, 650.0
NAMES_X = RIGHT + 10
BEFORE = timedelta(days=60)  # older scores stay in the table: a year of them would squeeze the course
LEAST_SPAN = timedelta(days=7)
HIGH, LOW_PANEL, STRIP = 150.0, 110.0, 54.0
PX_A_DOSE, PX_A_NUMBER, PX_A_GAP = 42.0, 16.0, 60.0
TICKS = (1, 2, 4, 7, 14, 28, 56, 91, 182, 364)  # days between two dates on the axis
MOST_TICKS = 8
KINDS: Final = {"visit": "Visit", "medicine": "Medicine", "review": "Review", "event": "Event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A mark on the axis with its number; its text stands beside the picture."""

    number: int
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table, in order of time."""

    at: datetime
    what: str
    value: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture: size, shapes in drawing order, what is in it in a sentence, the numbered marks, and its table."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    summary: str
    numbered: tuple[Numbered, ...]
    rows: tuple[Row, ...]


@dataclass(slots=True)
class _Page:
    course: Trajectory
    since: datetime
    x: Scale
    sheet: Sheet = field(default_factory=Sheet)
    y: float = 48.0

    def at(self, moment: datetime) -> float:
        return self.x((moment - self.since).total_seconds())

    def shows(self, moment: datetime) -> bool:
        return self.since <= moment <= self.course.at

    def panel(self, low: float, high: float, height: float) -> Scale:
        scale = Scale(low=low, high=high, near=self.y + height, far=self.y)
        self.y += height + 34
        return scale


def draw(course: Trajectory) -> Picture:
    """The whole picture, top to bottom; a scale that nobody was asked is left out."""
    since = _since(course)
    page = _Page(course=course, since=since, x=Scale(low=0, high=(course.at - since).total_seconds(), near=LEFT, far=RIGHT))
    shown = [(scale, HIGH if index == 0 else LOW_PANEL) for index, scale in enumerate(course.scales) if not scale.is_empty]
    if course.today is not None and not course.today.is_empty:
        shown.append((course.today, STRIP))
    bottom = page.y + sum(height + 34 for _, height in shown) - 20
    _doses(page, bottom)
    for scale, height in shown:
        _scale(page, scale, height)
    numbered = _marks(page)
    _axis(page)
    return Picture(
        width=WIDTH, height=round(page.y, 1), shapes=tuple(page.sheet.shapes), summary=_summary(course), numbered=numbered, rows=rows(course)
    )


def rows(course: Trajectory) -> tuple[Row, ...]:
    """Everything in the picture, and the scores too old for it, by time."""
    found = [Row(at=dose.started_at, what=f"Dose {dose.number}", value=_amount(dose), note="") for dose in course.doses]
    for scale in _all_scales(course):
        found += [Row(at=p.taken_at, what=scale.title, value="no total" if p.total is None else str(p.total), note=p.note) for p in scale.points]
        found += [Row(at=each.due_at, what=scale.title, value="no answer", note=_missed_note(each)) for each in scale.missed]
    found += [Row(at=mark.at, what=KINDS[mark.kind], value="", note=mark.text) for mark in course.marks]
    return tuple(sorted(found, key=lambda row: row.at))


def _since(course: Trajectory) -> datetime:
    """A day before the first thing shown, and a week of course at least."""
    first = course.first_dose_at
    seen = [point.taken_at for scale in _all_scales(course) for point in scale.points]
    if first is not None:
        seen = [first, *(moment for moment in seen if moment >= first - BEFORE)]
    return min([*(moment - timedelta(days=1) for moment in seen), course.at - LEAST_SPAN])


def _all_scales(course: Trajectory) -> tuple[ScaleLine, ...]:
    return course.scales if course.today is None else (*course.scales, course.today)


def _doses(page: _Page, bottom: float) -> None:
    """A rule through all panels for each dose, its number above it, and its amount where there is room."""
    ticks = [dose for dose in page.course.doses if page.shows(dose.started_at)]
    xs = [page.at(dose.started_at) for dose in ticks]
    roomy = all(after - before >= PX_A_DOSE for before, after in zip(xs, xs[1:], strict=False))
    for dose, x, label_x in zip(ticks, xs, apart(xs, PX_A_NUMBER), strict=True):
        page.sheet.add(
            Line(x1=x, y1=26, x2=x, y2=bottom, css="t-dose"),
            Path(d=f"M{x - 4:g},22 h8 l-4,6 Z", css="t-dose-head"),
            Label(x=label_x, y=18, text=str(dose.number), css="s-label s-middle"),
        )
        if roomy:
            page.sheet.add(Label(x=x, y=38, text=_amount(dose), css="s-middle t-small"))
    if ticks:
        page.sheet.add(Label(x=4, y=18, text="dose"))


def _scale(page: _Page, scale: ScaleLine, height: float) -> None:
    y = page.panel(scale.lowest, scale.highest, height)
    page.sheet.add(
        Line(x1=LEFT, y1=y(scale.lowest), x2=RIGHT, y2=y(scale.lowest), css="s-axis"),
        Line(x1=LEFT, y1=y(scale.highest), x2=RIGHT, y2=y(scale.highest), css="s-grid"),
        Label(x=LEFT - 6, y=y(scale.lowest) + 4, text=str(scale.lowest), css="s-end"),
        Label(x=LEFT - 6, y=y(scale.highest) + 4, text=str(scale.highest), css="s-end"),
    )
    _names(page, scale, y)
    for piece in pieces([point for point in scale.points if page.shows(point.taken_at)], scale.missed):
        _piece(page, piece, y)
    gaps = [(point.taken_at, "no total") for point in scale.points if point.total is None] + [(each.due_at, "no answer") for each in scale.missed]
    _gaps(page, sorted(gap for gap in gaps if page.shows(gap[0])), y(scale.lowest))


def _names(page: _Page, scale: ScaleLine, y: Scale) -> None:
    """The scale's name beside its last point, and each rule's name beside its line."""
    seen = [point.total for point in scale.points if point.total is not None and page.shows(point.taken_at)]
    wanted = [(y(line.value) + 4, line.name, "t-rule-name") for line in scale.lines if y.holds(line.value)]
    wanted.append((y(seen[-1]) + 4 if seen else y(scale.highest) + 14, scale.title, "s-rose"))
    for line in scale.lines:
        if y.holds(line.value):
            page.sheet.add(Line(x1=LEFT, y1=y(line.value), x2=RIGHT, y2=y(line.value), css="s-threshold"))
    wanted.sort()
    for name_y, (_, text, css) in zip(apart([each[0] for each in wanted], 15.0), wanted, strict=True):
        page.sheet.add(Label(x=NAMES_X, y=name_y, text=text, css=css))


def _piece(page: _Page, piece: Sequence[Point], y: Scale) -> None:
    """One unbroken stretch of the line; an open ring for a total of a questionnaire with open questions."""
    places = [(page.at(point.taken_at), y(point.total or 0)) for point in piece]
    if len(places) > 1:
        page.sheet.add(Path(d=polyline(places), css="t-line"))
    last_x = -PX_A_NUMBER
    for point, (x, point_y) in zip(piece, places, strict=True):
        page.sheet.add(Circle(cx=x, cy=point_y, r=4, css="t-point" if point.complete else "t-point t-point--open"))
        if x - last_x >= PX_A_NUMBER:
            page.sheet.add(Label(x=x, y=round(point_y - 9, 1), text=str(point.total), css="s-label s-middle"))
            last_x = x


def _gaps(page: _Page, gaps: Sequence[tuple[datetime, str]], y: float) -> None:
    """A cross for each.  Where the cross before is near, the same words stand once for both, and other words stand a line higher."""
    near: tuple[float, str, float] = (-PX_A_GAP, "", 0.0)  # where the last words stand, which, and how high
    for moment, text in gaps:
        x = page.at(moment)
        page.sheet.add(Path(d=f"M{x - 5:g},{y - 5:g} l10,10 m0,-10 l-10,10", css="t-missed"))
        crowded = x - near[0] < PX_A_GAP
        if crowded and text == near[1]:
            continue
        above = 21.0 if crowded and near[2] == 9.0 else 9.0
        page.sheet.add(Label(x=x, y=round(y - above, 1), text=text, css="s-middle t-small"))
        near = (x, text, above)


def _marks(page: _Page) -> tuple[Numbered, ...]:
    """Numbers in a lane under the scales, in order of time."""
    shown = [mark for mark in sorted(page.course.marks, key=lambda mark: mark.at) if page.shows(mark.at)]
    if not shown:
        return ()
    page.sheet.add(Label(x=4, y=page.y + 4, text="also"))
    numbered = tuple(Numbered(number=number, mark=mark) for number, mark in enumerate(shown, start=1))
    for each, x in zip(numbered, apart([page.at(mark.at) for mark in shown], 18.0), strict=True):
        page.sheet.add(Circle(cx=x, cy=page.y, r=8, css="s-event"), Label(x=x, y=round(page.y + 4, 1), text=str(each.number), css="s-event-n"))
    page.y += 28
    return numbered


def _axis(page: _Page) -> None:
    """Dates under the picture, never more than fit; the last one is now."""
    zone = ZoneInfo(page.course.zone)
    span = page.course.at - page.since
    step = next((days for days in TICKS if span / timedelta(days=days) <= MOST_TICKS), TICKS[-1])
    page.sheet.add(Line(x1=LEFT, y1=page.y, x2=RIGHT, y2=page.y, css="s-axis"))
    moment = page.course.at
    while moment >= page.since:
        x = page.at(moment)
        said = "now" if moment == page.course.at else f"{moment.astimezone(zone).day} {moment.astimezone(zone):%b}"
        page.sheet.add(Line(x1=x, y1=page.y, x2=x, y2=page.y + 5, css="s-axis"), Label(x=x, y=page.y + 19, text=said, css="s-middle"))
        moment -= timedelta(days=step)
    page.y += 28


def _amount(dose: DoseTick) -> str:
    return "amount not known" if dose.given_ug is None else thousandth(round(dose.given_ug, -2), "mg")


def _missed_note(missed: Missed) -> str:
    return f"{missed.title}: {missed.why}" if missed.why else missed.title


def _summary(course: Trajectory) -> str:
    """What a reader who does not see the picture needs first."""
    zone, said = ZoneInfo(course.zone), []
    if course.doses:
        days = [day_words(dose.started_at.astimezone(zone).date()) for dose in course.doses]
        said.append(f"{len(days)} {'dose' if len(days) == 1 else 'doses'}, {days[0]}{f' to {days[-1]}' if len(days) > 1 else ''}.")
    for scale in _all_scales(course):
        totals = [str(point.total) for point in scale.points if point.total is not None]
        missing = len(scale.missed)
        if totals or missing:
            said.append(f"{scale.title}: {', '.join(totals) or 'no total'}{f'; {missing} not answered' if missing else ''}.")
    return " ".join(said) or "Nothing was measured and no dose was given yet."
