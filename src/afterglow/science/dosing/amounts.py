"""Amounts of drug and weights as whole numbers, and the way they are written.

A drug amount is whole micrograms (`_ug`), a volume whole microlitres (`_ul`), a weight whole grams (`_g`), a dose per
weight whole micrograms per kilogram.  Library files speak milligrams; `micrograms` is the only way across, and it is exact.
Nothing here uses binary floating point: 0.1 mg is 100 ug, always.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from fractions import Fraction


class ImpossibleAmount(ValueError):
    """A number that no dose, volume, weight or rate can have: zero, negative, or finer than one whole unit."""


def micrograms(milligrams: int | float | str | Decimal) -> int:
    """Whole micrograms of an amount written in milligrams; also mg/mL to ug/mL and mg/kg to ug/kg.

    Raises ImpossibleAmount when the text is no finite number or holds a part of a microgram.
    """
    try:
        scaled = Decimal(str(milligrams)) * 1000
    except InvalidOperation:
        raise ImpossibleAmount(f"{milligrams!r} is not an amount in milligrams.") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ImpossibleAmount(f"{milligrams!r} mg is not a whole number of micrograms.")
    return int(scaled)


def positive(what: str, number: int) -> int:
    """`number` itself when it is above zero.  Raises ImpossibleAmount, naming `what`, when it is not."""
    if number <= 0:
        raise ImpossibleAmount(f"{what} is {number}; it must be above zero.")
    return number


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def milligrams_text(amount_ug: int) -> str:
    """35500 -> "35.5 mg": exact, never rounded."""
    return f"{plain(Decimal(amount_ug) / 1000)} mg"


def kilograms_text(weight_g: int) -> str:
    """70400 -> "70.4 kg": exact, never rounded."""
    return f"{plain(Decimal(weight_g) / 1000)} kg"


def millilitres_text(volume_ul: int) -> str:
    """3500 -> "3.5 mL": exact, never rounded."""
    return f"{plain(Decimal(volume_ul) / 1000)} mL"


def per_kilogram_text(dose_ug: int, weight_g: int, *, away: str) -> str:
    """The dose per weight in mg/kg to three places, rounded `away` ("up" or "down") from the bound it has passed.

    So a dose a hair above 0.6 mg/kg reads 0.601, never "0.6 is above 0.6".
    """
    thousandths = Fraction(dose_ug * 1000, weight_g)
    rounding = ROUND_CEILING if away == "up" else ROUND_FLOOR
    whole = (Decimal(thousandths.numerator) / Decimal(thousandths.denominator)).to_integral_value(rounding)
    return f"{plain(whole / 1000)} mg/kg"
