"""The forms of distress and of touch; nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from afterglow.pathway.session.forms.course import EntryForm, one_of
from afterglow.pathway.session.rules import distress, touch


class DistressForm(EntryForm):
    """`supports`: what the plan lets one record as done."""

    rating = one_of("How distressed now, 0 to 10, as the person says", [(str(each), str(each)) for each in range(distress.HIGHEST + 1)])
    declined = forms.CharField(
        label="No number: why", required=False, max_length=distress.LONGEST, help_text="Such as: does not answer, did not want to say."
    )
    did = forms.MultipleChoiceField(label="What was done", required=False, widget=forms.CheckboxSelectMultiple)
    words = forms.CharField(label="More", required=False, max_length=distress.LONGEST, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, supports: Mapping[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["did"].choices = list(supports.items())  # type: ignore[attr-defined]

    @property
    def number(self) -> int | None:
        return int(self.cleaned_data["rating"]) if self.cleaned_data["rating"] else None


class TouchForm(EntryForm):
    stamp = one_of("What happened", [*touch.STAMPS.items()], required=True)
    words = forms.CharField(
        label="In words", required=False, max_length=touch.LONGEST, help_text="What touch, and what they said. Needed for touch without their word."
    )
