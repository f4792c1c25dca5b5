"""The session strip in words: the table behind the picture, and one sentence for people who do not see it.  Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from afterglow.ground.face.strip_series import Pressure, Reading, Row, Series, is_number

EVERY_MIN = 5  # a continuous channel gets a line of the table at least this often


def rows(series: Series) -> tuple[Row, ...]:
    """A line for each cuff reading, score and event, and one every five minutes while a channel was running."""
    minutes = (
        {round(p.minute) for p in series.pressures}
        | {round(e.minute) for e in series.events}
        | {round(m) for s in series.scores for m, _ in s.values}
    )
    traces = [trace for trace in (series.pulse, series.saturation, series.breathing) if trace]
    if traces:
        first = min(trace[0].minute for trace in traces)
        last = series.now_min if series.now_min is not None else max(trace[-1].minute for trace in traces)
        minutes |= set(range(int(-(-first // EVERY_MIN) * EVERY_MIN), int(last) + 1, EVERY_MIN))
    return tuple(_row(series, minute) for minute in sorted(minutes))


def _row(series: Series, minute: int) -> Row:
    scores = [f"{s.label} {text}" for s in series.scores for m, text in s.values if round(m) == minute]
    events = [f"({e.number}) {e.text}" for e in series.events if round(e.minute) == minute]
    cuff = [p for p in series.pressures if round(p.minute) == minute]
    return Row(
        minute=minute,
        pressure=pressure_words(cuff[-1]) if cuff else "",
        pulse=_at(series.pulse, minute, series.gap_min),
        saturation=_at(series.saturation, minute, series.gap_min),
        breathing=_at(series.breathing, minute, series.gap_min),
        what=". ".join([*events, *scores]),
    )


def pressure_words(pressure: Pressure) -> str:
    if not pressure.systolic or not pressure.diastolic:
        return "no reading"
    return f"{pressure.systolic:g}/{pressure.diastolic:g}"


def _at(readings: Sequence[Reading], minute: int, gap_min: float) -> str:
    """The latest value at that minute, not older than a gap (or half a minute); "no data" says that the channel was on but silent."""
    if not readings:
        return ""
    index = bisect_right(readings, float(minute), key=lambda r: r.minute) - 1
    if index >= 0 and readings[index].minute >= minute - max(gap_min, 0.5) and is_number(readings[index]):
        return f"{readings[index].value:g}"
    return "no data"


def summary(series: Series) -> str:
    """What the picture shows, in one sentence: the last numbers, their minute, and the dose."""
    parts = [
        _last("pulse", series.pulse, "per minute"),
        _last("saturation", series.saturation, "%"),
        _last("breathing", series.breathing, "per minute"),
    ]
    cuff = [p for p in series.pressures if p.systolic and p.diastolic]
    if cuff:
        parts.insert(0, f"pressure {pressure_words(cuff[-1])} mmHg at minute {cuff[-1].minute:.0f}")
    parts += [dose.label for dose in series.doses]
    said = "; ".join(part for part in parts if part)
    return f"Session strip from minute {series.first_min:.0f} to {series.last_min:.0f}. Last: {said or 'no readings yet'}."


def _last(name: str, readings: Sequence[Reading], unit: str) -> str:
    if not readings:
        return ""
    if not is_number(readings[-1]):
        return f"{name}: no data"
    return f"{name} {readings[-1].value:g} {unit} at minute {readings[-1].minute:.0f}"
