"""What a form offers to choose from, where that is known only when the form is made."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """The choices of this field.  Raises TypeError for a field that has none."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} is no field to choose in.")
    field.choices = list(choices)
