"""The forms of distress and touch, with nothing chosen beforehand, and of the setting as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from afterglow.ground.face.choosing import offer
from afterglow.pathway.session.forms.course import EntryForm, one_of
from afterglow.pathway.session.rules import distress, setting, touch


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
        offer(self, "did", supports.items())

    @property
    def number(self) -> int | None:
        return int(self.cleaned_data["rating"]) if self.cleaned_data["rating"] else None


class TouchForm(EntryForm):
    stamp = one_of("What happened", [*touch.STAMPS.items()], required=True)
    words = forms.CharField(
        label="In words", required=False, max_length=touch.LONGEST, help_text="What touch, and what they said. Needed for touch without their word."
    )


class SettingForm(EntryForm):
    """Everything as it is now; what stands is filled in.  `crew`: who is on site."""

    here = forms.MultipleChoiceField(label="Who is in the room with the person", required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(label="Anybody else there", required=False, max_length=setting.LONGEST)
    intention = forms.CharField(label="Intention today, in the person's words", required=False, max_length=setting.LONGEST)
    music = forms.CharField(label="Music", required=False, max_length=setting.LONGEST)
    light = forms.CharField(label="Light", required=False, max_length=setting.LONGEST)
    eyeshade = one_of("Eyeshade", [(value, words.capitalize()) for value, words in setting.EYESHADE.items()])

    def __init__(self, *args: Any, crew: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "here", crew)
