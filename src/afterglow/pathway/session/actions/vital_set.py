"""A set of vital signs as a person types it: each number with its unit, impossible ones refused, worrying ones kept and marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from afterglow.ground.errors import Refusal
from afterglow.science.quantities import Quantity, QuantityRefused
from afterglow.science.vitals.channels import CHANNELS, UnknownChannel, WrongUnit, channel_value, is_nothing, is_possible, number_text

BY_HAND = ("sbp", "dbp", "hr", "spo2", "rr", "moaas", "temp", "etco2", "etco2_fraction", "detached", "nausea", "pain")
WHOLE = frozenset({"moaas", "detached", "nausea", "pain"})
CHOICES: Mapping[str, tuple[str, ...]] = {
    "orientation": ("full", "partly", "not"),
    "contact": ("answers", "slow", "none"),
    "iv_site": ("sound", "not_sound", "removed"),
    "oxygen": ("air", "oxygen"),
    "distress": tuple(str(number) for number in range(11)),
}
"""What is charted beside the channels, in closed words; distress is 0 to 10 in the person's own judgement."""


def channels(typed: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """`{code: {"value": number, "unit": unit}}` in each channel's own unit, with what the screen shows.

    Raises Refusal `session.unit`, `session.channel`, `session.not_a_number`, `session.zero`, `session.impossible`.
    """
    found = {code: _one(code, each) for code, each in typed.items()}
    upper, lower = found.get("sbp"), found.get("dbp")
    if (upper is None) != (lower is None):
        raise Refusal(
            "session.half_pressure", "A pressure has two numbers.", "Enter both, systolic and diastolic.", field="sbp" if upper is None else "dbp"
        )
    if upper is not None and lower is not None and lower["value"] >= upper["value"]:
        said = f"{upper['shown']}/{lower['shown']}"
        raise Refusal(
            "session.impossible", f"{said}: the lower pressure is not below the upper.", "Check the numbers, or repeat the cuff.", field="dbp"
        )
    return found


def _one(code: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    if code not in BY_HAND:
        raise Refusal("session.channel", "This is not a value that is charted here.", f"Known: {', '.join(BY_HAND)}.", field=code)
    channel = CHANNELS[code]
    try:
        value = _in_own_unit(code, typed.get("value"), str(typed.get("unit") or ""))
    except (UnknownChannel, WrongUnit) as wrong:
        raise Refusal("session.unit", str(wrong), f"Choose {channel.unit}, or check the value.", field=code) from None
    except QuantityRefused as wrong:
        raise Refusal("session.unit", wrong.sentence, wrong.now, field=code) from None
    except (TypeError, ValueError):
        raise Refusal("session.not_a_number", f"{channel.title} is not a number.", "Enter the number as it is read.", field=code) from None
    if is_nothing(code, value):
        raise Refusal(
            "session.zero",
            f"{channel.title} 0 is not charted as a number.",
            "If there is none, this is an emergency: press Emergency. If the sensor is off, leave the field empty and write a note.",
            field=code,
        )
    if not is_possible(code, value) or (code in WHOLE and value != int(value)):
        low, high = channel.possible
        sentence = f"{channel.title} {number_text(value)} {channel.unit} is not possible ({number_text(low)} to {number_text(high)})."
        raise Refusal("session.impossible", sentence, "Read it again and enter what you read.", field=code)
    return {"value": value, "unit": channel.unit, "shown": number_text(value)}


def _in_own_unit(code: str, value: Any, unit: str) -> float:
    """Only a temperature may come in another unit; it is converted exactly and rounded to a tenth."""
    if isinstance(value, bool) or value is None:
        raise TypeError(value)
    number = float(str(value).replace(",", "."))
    if code == "temp" and unit in ("degF", "[degF]"):
        return round(float(Quantity(str(number), unit).to("degC").value), 1)
    return channel_value(code, number, unit)


def choices(typed: Mapping[str, str]) -> dict[str, str]:
    """The closed words.  Raises Refusal `session.choice`."""
    for name, word in typed.items():
        if word not in CHOICES.get(name, ()):
            raise Refusal(
                "session.choice", f"{name.replace('_', ' ').capitalize()} cannot be charted as that.", "Choose one of the words.", field=name
            )
    return dict(typed)


def as_numbers(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Only the numbers, for the rules."""
    return {code: float(each["value"]) for code, each in found.items()}
