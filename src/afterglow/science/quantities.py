"""Amounts with their units: a small closed table that would rather refuse than guess.

There is no default unit, no unit read out of a number's size, and no conversion between things of another kind (a carbon
dioxide reading in % never becomes mmHg).  Values are Decimal and conversion goes through exact fractions, so 0.3 mg is
300 ug and not 299.999...  Factors: the metric prefixes are exact by definition; the avoirdupois pound is
0.45359237 kg exactly (international yard and pound agreement, 1959); Fahrenheit is C * 9/5 + 32.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from afterglow.science.verdict import Finding

Number = int | float | str | Decimal


class QuantityRefused(ValueError):
    """A quantity that cannot be used: `code`, `sentence` (what and why) and `now` (what to do), ready for a Refusal."""

    code = "quantity.refused"

    def __init__(self, sentence: str, now: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.now = now


class UnknownUnit(QuantityRefused):
    """The unit is missing or not in the closed table."""

    code = "unit.unknown"


class UnitMismatch(QuantityRefused):
    """The two units measure different things."""

    code = "unit.mismatch"


class NotANumber(QuantityRefused):
    """The value is missing, infinite or not a number."""

    code = "quantity.not_a_number"


class NotWhole(QuantityRefused):
    """The value is not a whole number of the unit asked for."""

    code = "quantity.not_whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What it measures, how many base units one of it is, and what is added after multiplying (temperatures only)."""

    measures: str
    factor: Fraction
    offset: Fraction = Fraction(0)


UNITS: Final[dict[str, Unit]] = {
    "ug": Unit(measures="mass", factor=Fraction(1)),
    "mg": Unit(measures="mass", factor=Fraction(1_000)),
    "g": Unit(measures="mass", factor=Fraction(1_000_000)),
    "kg": Unit(measures="mass", factor=Fraction(1_000_000_000)),
    "lb": Unit(measures="mass", factor=Fraction(453_592_370)),
    "uL": Unit(measures="volume", factor=Fraction(1)),
    "mL": Unit(measures="volume", factor=Fraction(1_000)),
    "min": Unit(measures="time", factor=Fraction(1)),
    "h": Unit(measures="time", factor=Fraction(60)),
    "mmHg": Unit(measures="pressure", factor=Fraction(1)),
    "/min": Unit(measures="rate per minute", factor=Fraction(1)),
    "%": Unit(measures="share", factor=Fraction(1)),
    "degC": Unit(measures="temperature", factor=Fraction(1)),
    "degF": Unit(measures="temperature", factor=Fraction(5, 9), offset=Fraction(-160, 9)),
    "ng/mL": Unit(measures="concentration", factor=Fraction(1)),
    "mg/mL": Unit(measures="concentration", factor=Fraction(1_000_000)),
    "mg/kg": Unit(measures="dose per weight", factor=Fraction(1)),
    "mL/h": Unit(measures="flow", factor=Fraction(1)),
}
# Other exact spellings of the same units: micro sign and Greek mu, the US "mcg", and the UCUM codes that monitors and FHIR use.
SPELLINGS: Final[dict[str, str]] = {
    "mcg": "ug",
    "\u00b5g": "ug",
    "\u03bcg": "ug",
    "\u00b5L": "uL",
    "\u03bcL": "uL",
    "ml": "mL",
    "lbs": "lb",
    "[lb_av]": "lb",
    "mm[Hg]": "mmHg",
    "Cel": "degC",
    "[degF]": "degF",
    "ml/h": "mL/h",
    "mL/hr": "mL/h",
    "mg/ml": "mg/mL",
    "ng/ml": "ng/mL",
}


def unit_named(symbol: object) -> str:
    """The table's own spelling of a unit.  Raises UnknownUnit: a unit is never guessed, upper and lower case are told apart."""
    if isinstance(symbol, str):
        trimmed = symbol.strip()
        spelled = SPELLINGS.get(trimmed, trimmed)
        if spelled in UNITS:
            return spelled
    shown = repr(symbol) if symbol not in (None, "") else "no unit at all"
    raise UnknownUnit(f"The unit is not one that is known here: {shown}.", f"Choose one of {', '.join(UNITS)}.")


@dataclass(frozen=True, slots=True, init=False)
class Quantity:
    """A finite number with a unit of the table.  Raises UnknownUnit, NotANumber."""

    value: Decimal
    unit: str

    def __init__(self, value: Number, unit: str) -> None:
        object.__setattr__(self, "value", _finite(value))
        object.__setattr__(self, "unit", unit_named(unit))

    def __str__(self) -> str:
        return f"{shown(self.value)} {self.unit}"

    def to(self, unit: str) -> Quantity:
        """The same amount in another unit of the same kind.  Raises UnknownUnit, UnitMismatch."""
        wanted = unit_named(unit)
        return Quantity(_decimal(self._in(wanted)), wanted)

    def whole(self, unit: str) -> int:
        """The same amount as a whole number of `unit` (stored drug amounts are whole ug, volumes whole uL).

        Raises NotWhole instead of rounding: how a dose is rounded is decided where the dose is, in the open.
        """
        exact = self._in(unit_named(unit))
        if exact.denominator != 1:
            raise NotWhole(f"{self} is not a whole number of {unit_named(unit)}.", "Round it where the rounding rule is written, then store it.")
        return exact.numerator

    def ratio_to(self, other: Quantity) -> Fraction:
        """This amount divided by another of the same kind, exactly.  Raises UnitMismatch, NotANumber when the other is zero."""
        base = other._in(self.unit)
        if base == 0:
            raise NotANumber("A ratio to zero is not a number.", "Check the earlier value.")
        return Fraction(self.value) / base

    def _in(self, wanted: str) -> Fraction:
        mine, theirs = UNITS[self.unit], UNITS[wanted]
        if mine.measures != theirs.measures:
            raise UnitMismatch(f"{self} is a {mine.measures}; {wanted} is a {theirs.measures}.", "Enter the value again with its own unit.")
        return (Fraction(self.value) * mine.factor + mine.offset - theirs.offset) / theirs.factor


def weight_question(previous: Quantity | None, new: Quantity) -> Finding:
    """Could a weight have been entered in the wrong unit?  Safety rule 16: new / previous of 0.42-0.50 or 2.0-2.4 is refused.

    A pound is 0.4536 kg, so a mistaken unit moves a weight by 0.45 or 2.2; the bands leave room for a real change between the
    two weighings.  Nobody lifts it: either the new weight is entered with its right unit, or the earlier one is corrected first.
    """
    for weight in (previous, new):
        if weight is not None and UNITS[weight.unit].measures != "mass":
            raise UnitMismatch(f"{weight} is not a weight.", "Enter the weight in kg or lb.")
        if weight is not None and weight.value <= 0:
            raise NotANumber(f"A weight of {weight} is not possible.", "Weigh again and choose the unit.")
    if previous is None:
        return Finding.met("weight_unit", "First weight on record: there is no earlier one to compare it with.")
    ratio = new.ratio_to(previous)
    if Fraction(42, 100) <= ratio <= Fraction(1, 2) or 2 <= ratio <= Fraction(24, 10):
        return Finding.unmet(
            "weight_unit",
            f"Pounds or kilograms? The new weight {new} is {float(ratio):.2f} times the earlier {previous}: that is what a mistaken unit looks like.",
            source="Afterglow safety rule 16",
            mark="J",
            lifted_by="nobody",
            who="Weigh again and choose the unit, or correct the earlier weight first.",
        )
    return Finding.met("weight_unit", f"The new weight is {float(ratio):.2f} times the earlier one.")


def shown(value: Decimal) -> str:
    """A number for reading: no exponent, no trailing zeros, at most four places."""
    trimmed = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if trimmed in ("-0", "") else trimmed


def _finite(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise NotANumber(f"A number is needed, not {value!r}.", "Enter the value again.")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise NotANumber(f"A number is needed, not {value!r}.", "Enter the value again.") from None
    if not number.is_finite():
        raise NotANumber(f"A finite number is needed, not {value!r}.", "Enter the value again.")
    return number


def _decimal(exact: Fraction) -> Decimal:
    """The nearest Decimal of 28 digits."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)
