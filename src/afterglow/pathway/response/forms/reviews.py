"""The forms under a trajectory: the signed review, and carrying out what it asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.response.rules.reviews import WORDS


class ReviewForm(forms.Form):
    """Nothing is chosen beforehand; `shown` is the mark of the page that was read."""

    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    decision = forms.ChoiceField(label="What happens now", widget=forms.RadioSelect)
    reason = forms.CharField(label="What you found, and why this is right for this person", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    without_score = forms.BooleanField(label="I decide without a current score", required=False)
    password = forms.CharField(strip=False)

    def __init__(self, *args: Any, decides: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "decision", [(name, WORDS[name].capitalize()) for name in decides])


class PasswordForm(forms.Form):
    password = forms.CharField(strip=False)
