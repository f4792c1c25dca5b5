"""A form offers what is known when it is made."""

from __future__ import annotations

import pytest
from django import forms

from afterglow.ground.face.choosing import offer


class _Form(forms.Form):
    room = forms.ChoiceField()
    note = forms.CharField()


def test_only_what_is_offered_can_be_chosen() -> None:
    form = _Form({"room": "2", "note": "x"})
    offer(form, "room", (pair for pair in [("1", "Room 1")]))
    assert not form.is_valid()
    offer(form, "room", [("2", "Room 2")])
    form.full_clean()
    assert form.is_valid()


def test_a_field_without_choices_is_refused() -> None:
    with pytest.raises(TypeError, match="note"):
        offer(_Form(), "note", [("1", "one")])
