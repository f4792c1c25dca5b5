"""Shapes of a drawing: what a template writes into an SVG, with the class that gives each its look.  Pure.

Coordinates are SVG user units, already rounded to one decimal, so that the same series always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    css: str
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    d: str
    css: str
    kind: Literal["path"] = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    cx: float
    cy: float
    r: float
    css: str
    kind: Literal["circle"] = "circle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    css: str
    fill: str = ""
    rx: float = 0.0
    kind: Literal["rect"] = "rect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    x: float
    y: float
    text: str
    css: str = ""
    kind: Literal["text"] = "text"


Shape = Line | Path | Circle | Rect | Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight scale from values to pixels; `far` may lie above `near` on the page (y grows downward)."""

    low: float
    high: float
    near: float
    far: float

    def __call__(self, value: float) -> float:
        """Pixel of a value; a value off the scale is put on its edge (`holds` says so, and the drawing writes the number)."""
        kept = min(max(value, self.low), self.high)
        return round(self.near + (kept - self.low) / (self.high - self.low) * (self.far - self.near), 1)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(slots=True)
class Sheet:
    """Shapes in drawing order: what is added later lies on top."""

    shapes: list[Shape] = field(default_factory=list)

    def add(self, *shapes: Shape) -> None:
        self.shapes.extend(shapes)


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Path data through the points, straight from one to the next."""
    return " ".join(f"{'M' if index == 0 else 'L'}{x:g},{y:g}" for index, (x, y) in enumerate(points))


def dots(points: Iterable[tuple[float, float]]) -> str:
    """Path data of one dot per point: lines of no length, which round caps make round."""
    return "".join(f"M{x:g},{y:g}h0" for x, y in points)


def area(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> str:
    """Closed path between two lines that share their x."""
    return polyline([*upper, *reversed(lower)]) + " Z"


def caret(x: float, y: float, *, down: bool, half: float = 6.0) -> str:
    """A caret whose tip is at (x, y): systolic points down to its value, diastolic up."""
    back = round(y - 7 if down else y + 7, 1)
    return f"M{round(x - half, 1):g},{back:g} L{x:g},{y:g} L{round(x + half, 1):g},{back:g}"


def apart(wanted: Sequence[float], least: float) -> list[float]:
    """Positions moved apart so that neighbours are at least `least` away; order is kept, the first stays where it is."""
    placed: list[float] = []
    for position in wanted:
        placed.append(round(position if not placed else max(position, placed[-1] + least), 1))
    return placed
