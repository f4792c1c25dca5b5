"""The channels of a bedside monitor and of the room: what each is, its unit, and which numbers no body can have.

Two layers, kept apart: *impossible* lives here and no site can widen it; *concerning* is a site limit (`limits.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ZERO_BELOW = 0.5
"""Under this a measured channel has given nothing: monitors write 0 (or round to it) when a sensor is silent (safety log H11)."""

Word = Literal["number", "nothing", "implausible"]


class UnknownChannel(ValueError):
    """The message names a channel that is not in `CHANNELS`."""


class WrongUnit(ValueError):
    """The unit is not one of the channel's own.  Nothing is converted silently (a CO2 fraction in % is another channel than a pressure)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel.  `possible` is inclusive; a zero is a reading only where `zero_is_a_score`."""

    code: str
    title: str
    unit: str
    also_written: tuple[str, ...] = ()
    possible: tuple[float, float]
    zero_is_a_score: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a screen may show for one stored value: a zero or an impossible number is never shown as a plain number."""

    word: Word
    number: float | None
    text: str


def _rate(code: str, title: str, highest: float, *, written: tuple[str, ...] = ()) -> Channel:
    return Channel(code=code, title=title, unit="/min", also_written=("bpm", "1/min", *written), possible=(0.0, highest))


def _pressure(code: str, title: str, lowest: float, highest: float) -> Channel:
    return Channel(code=code, title=title, unit="mmHg", also_written=("mm[Hg]",), possible=(lowest, highest))


# What no adult body gives, not what worries: chosen wide on purpose so that a dying person is never called implausible.  J.
# A pulse oximeter's rate ends at 250 to 300 on the makes we know; a "pulse" of 277 beside a heart rate of 0 is a probe that moves.
CHANNELS: Mapping[str, Channel] = {
    channel.code: channel
    for channel in (
        _rate("hr", "Heart rate", 300.0),
        _rate("pulse", "Pulse", 250.0),
        _rate("rr", "Breathing rate", 100.0, written=("breaths/min",)),
        Channel(code="spo2", title="Oxygen saturation", unit="%", possible=(0.0, 100.0)),
        _pressure("sbp", "Systolic pressure", 20.0, 300.0),
        _pressure("dbp", "Diastolic pressure", 5.0, 200.0),
        _pressure("map", "Mean pressure", 10.0, 250.0),
        _pressure("etco2", "End-tidal CO2", 0.0, 150.0),
        Channel(code="etco2_fraction", title="End-tidal CO2, fraction", unit="vol%", possible=(0.0, 20.0)),
        Channel(code="temp", title="Temperature", unit="degC", also_written=("Cel",), possible=(25.0, 45.0)),
        Channel(code="no_breath", title="Time without a breath", unit="s", possible=(0.0, 600.0), zero_is_a_score=True),
        Channel(code="moaas", title="Alertness (MOAA/S)", unit="score", possible=(0.0, 5.0), zero_is_a_score=True),
        Channel(code="detached", title="How detached (0 to 10)", unit="score", possible=(0.0, 10.0), zero_is_a_score=True),
        Channel(code="pain", title="Pain (0 to 10)", unit="score", possible=(0.0, 10.0), zero_is_a_score=True),
        Channel(code="nausea", title="Nausea (0 to 10)", unit="score", possible=(0.0, 10.0), zero_is_a_score=True),
    )
}


def channel_value(code: str, value: float, unit: str) -> float:
    """The value in the channel's own unit.

    Raises UnknownChannel for a code that is not listed, WrongUnit for any unit but the channel's own spellings.  The value is not judged
    here: an impossible number is still stored, and marked when it is read.
    """
    channel = CHANNELS.get(code)
    if channel is None:
        raise UnknownChannel(f"{code!r} is not a channel. Known: {', '.join(CHANNELS)}.")
    if unit not in (channel.unit, *channel.also_written):
        raise WrongUnit(f"{channel.title} is read in {channel.unit}, not in {unit!r}. Nothing is converted silently.")
    return float(value)


def is_nothing(code: str, value: float) -> bool:
    """True for a zero of a channel that measures: the sensor gave nothing (a zero of a score is a score)."""
    return not CHANNELS[code].zero_is_a_score and -ZERO_BELOW < value < ZERO_BELOW


def is_possible(code: str, value: float) -> bool:
    """False for a number that no body gives (and for not-a-number).  Zeros are asked about first, by `is_nothing`."""
    low, high = CHANNELS[code].possible
    return low <= value <= high


def number_text(value: float) -> str:
    """At most one decimal, so that a shown number lies on the same side of a limit as the stored one: 89.5 is never shown as 90."""
    return f"{value:.1f}".removesuffix(".0")


def shown(code: str, value: float | None) -> Shown:
    """What the screen shows for a stored value: the number, "no reading", or the number called implausible."""
    if value is None or is_nothing(code, value):
        return Shown(word="nothing", number=None, text="no reading")
    if not is_possible(code, value):
        return Shown(word="implausible", number=None, text=f"{number_text(value)} (implausible)")
    return Shown(word="number", number=value, text=number_text(value))
