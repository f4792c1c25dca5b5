"""Numbers as they are typed at the bedside: a plain box that keeps what was typed, and an error that says how to write it.

A browser's own number box is not used: it drops letters without a word, turns on the mouse wheel and gives nothing back of a slip.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

BOX = {"inputmode": "decimal", "autocomplete": "off"}
MISSING = "Write the number."


def how_to_write(typed: Any) -> str:
    """What is wrong with `typed`, and how the number is written."""
    said = str(typed).strip()
    if "," in said:
        return f"“{said[:20]}” has a comma. Write decimals with a point, such as 36.6, and no comma between thousands."
    return f"“{said[:20]}” is not a number. Write it in digits, such as 120 or 36.6."


class Reading(forms.FloatField):
    """A number that was read from a person or a device."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=BOX), error_messages={"required": MISSING}, **more)

    def to_python(self, value: Any) -> Any:
        try:
            number = super().to_python(value)
        except ValidationError:
            raise ValidationError(how_to_write(value), code="invalid") from None
        if number is not None and not isfinite(number):
            raise ValidationError(how_to_write(value), code="invalid")
        return number


class Amount(forms.DecimalField):
    """An exact amount of a drug, a volume or a rate."""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=BOX), error_messages={"required": MISSING}, **more)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            raise ValidationError(how_to_write(value), code="invalid") from None
