"""Curves as lines on a grid: where each point lies, which ticks the axes have.  It draws nothing; a page or a command does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from afterglow.science.pk.model import FloatArray

WIDTH: Final = 720
HEIGHT: Final = 360
LEFT: Final = 56
RIGHT: Final = 16
TOP: Final = 16
BOTTOM: Final = 40
TICKS_ABOUT: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One curve: its name and its points as SVG writes them, "x,y x,y"."""

    name: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Where a number of an axis stands (x of the time axis, y of the other)."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What lies between two edges: its name and its outline as SVG writes it."""

    name: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All of a picture in its own coordinates; `marks` are single observations as (x, y, from y, to y, name)."""

    lines: tuple[Line, ...]
    marks: tuple[tuple[float, float, float, float, str], ...]
    times: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    areas: tuple[Area, ...] = ()
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A published observation: level at a time, and the spread around it (0 where none was published)."""

    name: str
    at_min: float
    level: float
    spread: float = 0.0


def drawing(
    curves: Sequence[tuple[str, FloatArray]],
    times_min: FloatArray,
    seen: Sequence[Seen] = (),
    *,
    areas: Sequence[tuple[str, FloatArray, FloatArray]] = (),
    at_least: float = 0.0,
) -> Drawing:
    """Named curves (each of shape (times,)), areas between two of them and observations on one grid that starts at zero and holds everything.

    `at_least`: the level that the grid reaches in any case, so that several pictures stand on one scale.
    """
    last = max([float(times_min[-1]), *(one.at_min for one in seen)]) or 1.0
    edges = [*(float(curve.max()) for _, curve in curves), *(float(high.max()) for _, _, high in areas)]
    highest = max([at_least, *edges, *(one.level + one.spread for one in seen)]) or 1.0
    time_ticks, level_ticks = _ticks(last), _ticks(highest)
    wide, tall = max(last, time_ticks[-1]), max(highest, level_ticks[-1])

    def x(minute: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * minute / wide, 1)

    def y(level: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * level / tall, 1)

    def points(curve: FloatArray) -> str:
        return " ".join(f"{x(float(minute)):g},{y(float(level)):g}" for minute, level in zip(times_min, curve, strict=True))

    def outline(low: FloatArray, high: FloatArray) -> str:
        back = " ".join(reversed(points(low).split(" ")))
        return f"{points(high)} {back}"

    return Drawing(
        areas=tuple(Area(name=name, points=outline(low, high)) for name, low, high in areas),
        lines=tuple(Line(name=name, points=points(curve)) for name, curve in curves),
        marks=tuple((x(one.at_min), y(one.level), y(max(0.0, one.level - one.spread)), y(one.level + one.spread), one.name) for one in seen),
        times=tuple(Tick(at=x(value), text=f"{value:g}") for value in time_ticks),
        levels=tuple(Tick(at=y(value), text=f"{value:g}") for value in level_ticks),
    )


def _ticks(highest: float) -> tuple[float, ...]:
    """Round numbers from 0 on, the last one at or above `highest`, about six of them: steps of 1, 2, 3 or 5 times a power of ten, or of 6 or 12 tens."""
    rough = highest / TICKS_ABOUT
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 3, 5, 6, 10) if power * factor >= rough * (1 - 1e-9))
    return tuple(float(value) for value in np.round(step * np.arange(math.ceil(highest / step - 1e-9) + 1), 10))
