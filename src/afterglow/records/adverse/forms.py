"""The forms of adverse events.  Times are the site's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afterglow.ground.face.choosing import offer

LOCAL = "%Y-%m-%dT%H:%M"


class _TimeInput(forms.DateTimeInput):
    """A browser's own picker of day and time."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format=LOCAL)


class UpdateForm(forms.Form):
    key = forms.CharField(max_length=80, widget=forms.HiddenInput)
    grade = forms.ChoiceField(label="Grade", required=False, help_text="Leave it open when nobody has graded it yet.")
    ended = forms.DateTimeField(label="Ended", required=False, input_formats=[LOCAL], widget=_TimeInput())
    done_text = forms.CharField(label="What was done, and how it went", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, grades: dict[int, str], zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = ZoneInfo(zone)
        offer(self, "grade", [("", "not graded"), *((str(grade), f"{grade}, {word}") for grade, word in grades.items())])

    def moment(self, name: str) -> datetime | None:
        """What was typed, as an aware time of the site."""
        typed: datetime | None = self.cleaned_data[name]
        return None if typed is None else typed.replace(tzinfo=self.zone)

    @property
    def grade_number(self) -> int | None:
        return int(self.cleaned_data["grade"]) if self.cleaned_data["grade"] else None


class EventForm(UpdateForm):
    kind = forms.ChoiceField(label="What happened")
    began = forms.DateTimeField(label="Began", input_formats=[LOCAL], widget=_TimeInput())
    field_order = ("key", "kind", "grade", "began", "ended", "done_text")

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "kind", [("", "choose"), *kinds])
