"""What the session strip is drawn from, and the two operations on it that must not lie: cutting at gaps and thinning.  Pure.

All times are minutes from the start of dosing (negative: before).  A value of None, or one that is not above zero, means "no number":
it is never drawn (safety 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a continuous channel (1 a second, or 1 a minute)."""

    minute: float
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """One cuff reading, mmHg."""

    minute: float
    systolic: float | None
    diastolic: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A limit the site accepted, drawn as a thin rule with its name, e.g. "notify above 160"."""

    panel: Literal["pressure", "pulse", "saturation", "breathing"]
    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A drug as a bar: label carries name, amount and time ("ketAMINE 35 mg over 40 min, 20.7 mg given")."""

    label: str
    start_min: float
    planned_end_min: float
    ended_min: float | None = None
    pauses: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A row of short scores in circles: awake, detached, nausea."""

    label: str
    values: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened; its number stands on the axis and in the timeline beside its words."""

    number: int
    minute: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A prediction with its interval, ng/mL; `note` names the model and what it is not for."""

    minutes: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    label: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Everything on one strip, each trace in order of time.  `gap_min`: longer silence than this is a gap; `now_min` None: the session is over."""

    first_min: float
    last_min: float
    now_min: float | None
    gap_min: float
    pressures: tuple[Pressure, ...] = ()
    pulse: tuple[Reading, ...] = ()
    heart_rate: tuple[Reading, ...] = ()
    saturation: tuple[Reading, ...] = ()
    breathing: tuple[Reading, ...] = ()
    scores: tuple[Score, ...] = ()
    doses: tuple[Dose, ...] = ()
    events: tuple[Event, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    band: Band | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without a number, in minutes."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the strip's table; an empty string means nothing was due or charted there."""

    minute: int
    pressure: str
    pulse: str
    saturation: str
    breathing: str
    what: str


def is_number(reading: Reading) -> bool:
    """True when there is something to draw: a zero is a silent sensor or an emergency, never a number."""
    return reading.value is not None and reading.value > 0


def pieces(readings: Sequence[Reading], *, gap_min: float, until: float | None = None) -> tuple[list[list[Reading]], list[Gap]]:
    """Unbroken runs of numbers in a trace in order of time, and the gaps before, between and after them (to `until`, when the trace should still be running)."""
    found: list[list[Reading]] = []
    gaps: list[Gap] = []
    heard: float | None = None  # when the latest number came, or when the trace began
    silent = False  # was a reading without a number seen since then?
    latest = 0.0
    for reading in readings:
        latest = reading.minute
        heard = latest if heard is None else heard
        if not is_number(reading):
            silent = True
            continue
        broken = silent or latest - heard > gap_min
        if broken and latest > heard:
            gaps.append(Gap(start=heard, end=latest))
        if broken or not found:
            found.append([])
        found[-1].append(reading)
        heard, silent = latest, False
    end = latest if until is None else max(until, latest)
    if heard is not None and end > heard and (silent or end - heard > gap_min):
        gaps.append(Gap(start=heard, end=end))
    return found, gaps


def thin(piece: Sequence[Reading], span_min: float, columns: int) -> list[Reading]:
    """At most four readings a pixel column: first, lowest, highest, last, in order of time.  The extremes always stay."""
    if len(piece) <= 2 or span_min <= 0:
        return list(piece)
    kept: list[Reading] = []
    width = span_min / columns
    start, place = 0, piece[0].minute // width
    for index, reading in enumerate(piece):
        if (here := reading.minute // width) != place:
            kept.extend(_corners(piece[start:index]))
            start, place = index, here
    return kept + _corners(piece[start:])


def _corners(column: Sequence[Reading]) -> list[Reading]:
    values = [reading.value or 0 for reading in column]
    return [column[i] for i in sorted({0, values.index(min(values)), values.index(max(values)), len(column) - 1})]
